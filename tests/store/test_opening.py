"""Opening: places that are refused, databases of others, older and newer forms, packs."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from kamtools.errors import KamError
from kamtools.store import FieldValue, open_store, upgrade_store, write_pack
from kamtools.store.copies import load_backup
from kamtools.store.models import NEWEST, Base
from kamtools.store.opening import MIGRATIONS, open_file, prepare
from kamtools.workspace import new_workspace, open_workspace
from kamtools.workspace.places import check_place, is_unc, network_kind, synced_by

AT = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "folder",
    [
        "OneDrive",
        "OneDrive - 澜汀",
        "onedrive-personal",
        "Dropbox (Lanting)",
        "iCloudDrive",
        "Library/Mobile Documents/com~apple~CloudDocs",
        "Library/CloudStorage/Box",
        "我的坚果云",
        "Nutstore/1",
        "BaiduSyncdisk",
        "百度网盘同步空间",
        "WPS云盘",
    ],
)
def test_synchronised_folders_are_refused_with_advice(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder / "公司"
    place.mkdir(parents=True)
    workspace = new_workspace(place / "ws")
    with pytest.raises(KamError) as error:
        open_store(workspace)
    assert error.value.key == "store.synced_folder"
    for lang in ("zh", "en"):
        assert "PostgreSQL" in error.value.text(lang) and "kam backup" in error.value.text(lang)
    assert not (place / "ws" / "kam.sqlite").exists()


@pytest.mark.parametrize("folder", ["OneDriver", "my dropbox notes", "icloud", "坚果", "work"])
def test_folders_that_only_sound_like_it_are_not(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    check_place(tmp_path / folder)


def test_a_link_into_a_synchronised_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "mine").symlink_to(tmp_path / "Dropbox")
    with pytest.raises(KamError):
        open_store(tmp_path / "mine" / "kam.sqlite")


def test_a_service_is_known_by_its_marks_and_variables(tmp_path: Path, monkeypatch) -> None:
    inner = tmp_path / "any" / "ws"
    inner.mkdir(parents=True)
    assert synced_by(inner, {"OneDrive": str(tmp_path)}) == "OneDrive"
    (tmp_path / "any" / ".stfolder").mkdir()
    assert synced_by(inner, {}) == "any/.stfolder"
    (tmp_path / "any" / ".stfolder").rmdir()
    (tmp_path / "any" / ".dropbox").mkdir()  # as in a home: Dropbox keeps its settings there
    assert synced_by(inner, {}) is None
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "any"))
    with pytest.raises(KamError) as error:
        check_place(inner)
    assert error.value.params["service"] == "OneDriveCommercial"


MOUNTS = """/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
filer:/vol /mnt/team nfs4 rw 0 0
//srv/share /mnt/win\\040dows cifs rw 0 0
sshfs#x /home/li/remote fuse.sshfs rw 0 0
/dev/sdb1 /media/stick fuseblk rw 0 0
overlay /srv/box fuse.fuse-overlayfs rw 0 0
C:\\134 /mnt/c 9p rw 0 0
tmpfs /mnt/team/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/li/kam", None),
        ("/mnt/team", "nfs4"),
        ("/mnt/team/kam/ws", "nfs4"),
        ("/mnt/teams", None),
        ("/mnt/win dows/kam", "cifs"),
        ("/home/li/remote/kam", "fuse.sshfs"),
        ("/media/stick/kam", None),
        ("/srv/box/kam", None),
        ("/mnt/c/Users/li", "9p"),
        ("/mnt/team/local/x", None),
    ],
)
def test_network_drives_by_the_mounts(path: str, kind: str | None) -> None:
    assert network_kind(path, MOUNTS) == kind


def test_a_network_drive_is_refused_with_advice(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "mounts").write_text(f"/dev/sda1 / ext4 rw 0 0\nfiler:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr("kamtools.workspace.places._MOUNTS", tmp_path / "mounts")
    with pytest.raises(KamError) as error:
        open_store(tmp_path / "kam.sqlite")
    assert error.value.key == "store.network_drive" and "nfs" in error.value.text("en")
    with pytest.raises(KamError):
        open_store(Path(r"\\server\share\kam") / "kam.sqlite")
    assert is_unc(r"\\server\share") and not is_unc("/srv/share")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kam.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs(title)")
    connection.close()
    with pytest.raises(KamError) as error:
        open_store(path)
    assert error.value.key == "store.not_ours"
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    connection.close()


@pytest.mark.parametrize("content", [b"no database at all, " * 100, None])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "kam.sqlite"
    if content is None:
        with open_store(path) as store:
            for n in range(50):
                store.write(f"A{n}", "f", {"x": FieldValue("长" * 999)}, version=None, who="x", at=AT)
        whole = path.read_bytes()
        content = whole[:4096] + b"\xff" * (len(whole) - 4096)
    path.write_bytes(content)
    with pytest.raises(KamError) as error, open_store(path) as store:
        store.everything()
    assert error.value.key == "store.damaged"
    assert "kam restore" in error.value.text("zh")


def test_a_newer_store_is_refused(new_store_target) -> None:
    target = new_store_target()
    with open_store(target) as store, store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE kam_schema SET version_num = '9999'"))
    with pytest.raises(KamError) as error:
        open_store(target)
    assert error.value.key == "store.newer" and "9999" in error.value.text("zh")


def test_an_older_store_is_upgraded_and_keeps_its_words(new_store_target, tmp_path: Path) -> None:
    target = new_store_target()
    steps = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, steps)
    (steps / "versions" / "v0002_note.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\n"
        f"down_revision = {NEWEST!r}\n"
        "def upgrade():\n    op.add_column('kam_record', sa.Column('note', sa.Text))\n"
    )
    with open_store(target) as store:
        store.write("A", "f", {"x": FieldValue("kept")}, version=None, who="x", at=AT)
        prepare(store.engine, "here", steps, "0002")
        with store.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT note FROM kam_record")).all() == [(None,)]
        assert store.read("A", "f").fields["x"].value == "kept"  # type: ignore[union-attr]
    with pytest.raises(KamError) as error:  # and the program of before does not touch it
        open_store(target)
    assert error.value.key == "store.newer"


def test_an_older_store_is_read_and_not_written_until_it_is_upgraded(
    new_store_target, tmp_path: Path, monkeypatch
) -> None:
    target = new_store_target()
    with open_store(target) as store:
        store.write("A", "f", {"x": FieldValue("旧")}, version=None, who="x", at=AT)
        store.write("A", "f", {"x": FieldValue("新")}, version=1, who="y", at=AT)
        whole = store.everything()
    steps = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, steps)
    (steps / "versions" / "v0002_note.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\n"
        f"down_revision = {NEWEST!r}\n"
        "def upgrade():\n    op.add_column('kam_record', sa.Column('note', sa.Text))\n"
    )
    monkeypatch.setattr("kamtools.store.opening.MIGRATIONS", steps)
    monkeypatch.setattr("kamtools.store.opening.NEWEST", "0002")
    with open_store(target) as store:
        assert store.everything() == whole
        with pytest.raises(KamError) as error:
            store.write("A", "f", {}, version=2, who="x", at=AT)
    assert error.value.key == "store.older" and "kam upgrade" in error.value.text("en")
    monkeypatch.undo()
    with open_store(target) as store:  # nothing was changed: the program of before goes on
        store.write("B", "f", {}, version=None, who="x", at=AT)
    monkeypatch.setattr("kamtools.store.opening.MIGRATIONS", steps)
    monkeypatch.setattr("kamtools.store.opening.NEWEST", "0002")

    made = upgrade_store(target, tmp_path / "backups", AT)
    assert made is not None and made.name.startswith("store-0001-")
    records, changes = load_backup(made)
    assert len(records) == 2 and changes[:2] == whole[1]
    assert upgrade_store(target, tmp_path / "backups", AT) is None
    with open_store(target) as store:
        assert store.read("A", "f").fields["x"].value == "新"  # type: ignore[union-attr]
        store.write("A", "f", {}, version=2, who="x", at=AT)


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(new_store_target, tmp_path: Path) -> None:
    target = new_store_target()
    steps = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, steps)
    (steps / "versions" / "v0002_bad.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\n"
        f"down_revision = {NEWEST!r}\n"
        "def upgrade():\n    op.add_column('kam_record', sa.Column('note', sa.Text))\n"
        "    raise RuntimeError('power cut')\n"
    )
    with open_store(target) as store:
        with pytest.raises(RuntimeError):
            prepare(store.engine, "here", steps, "0002")
        columns = [c["name"] for c in sa.inspect(store.engine).get_columns("kam_record")]
        assert "note" not in columns
    open_store(target).close()


def test_the_steps_lead_to_the_tables_of_the_models(new_store_target) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST
    with open_store(new_store_target()) as store, store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "kam_schema"})
        assert compare_metadata(context, Base.metadata) == []


def test_the_steps_go_with_the_package() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert "*.toml" in project["tool"]["setuptools"]["package-data"]["*"]
    for folder in (MIGRATIONS, MIGRATIONS / "versions"):
        assert (folder / "__init__.py").is_file()  # else it would be no package and stay behind


@pytest.mark.parametrize("url", ["mysql://x/y", "nothing://", "http://x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(KamError) as error:
        open_store(url)
    assert error.value.key == "store.bad_url"


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(KamError) as error:
        open_store(f"postgresql://li:secret@/kam?host={tmp_path}")
    assert error.value.key == "store.unreachable"
    assert "secret" not in error.value.text("en") + error.value.text("zh")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KamError) as error:
        open_file(tmp_path / "none" / "kam.sqlite")
    assert error.value.key == "store.no_folder"


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="Windows has no such permissions")
def test_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    with open_store(tmp_path / "kam.sqlite") as store:
        store.write("A", "f", {}, version=None, who="x", at=AT)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.rollback()
        with pytest.raises(KamError) as error:
            store.write("B", "f", {}, version=None, who="x", at=AT)
        assert error.value.key == "store.cannot_use"


def test_a_pack_is_read_and_never_written(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "ws")
    with open_store(workspace) as store:
        store.write("A", "f", {"x": FieldValue(1)}, version=None, who="x", at=AT)
        write_pack(workspace, tmp_path / "pack")
        opened = open_workspace(tmp_path / "pack", cache_dir=tmp_path / "cache")
        with open_store(opened) as packed:
            assert packed.everything() == store.everything()
            with pytest.raises(KamError) as error:
                packed.write("A", "f", {}, version=1, who="x", at=AT)
        assert error.value.key == "workspace.read_only" and "kam new" in error.value.text("en")
    assert not list((tmp_path / "cache").rglob("kam.sqlite*"))


def test_a_pack_without_a_store_is_empty(tmp_path: Path) -> None:
    write_pack(new_workspace(tmp_path / "ws"), tmp_path / "pack")
    assert not (tmp_path / "pack" / "store").exists()
    with open_store(open_workspace(tmp_path / "pack", cache_dir=tmp_path / "cache")) as store:
        assert store.is_empty() and store.read("A", "f") is None
