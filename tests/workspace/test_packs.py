from __future__ import annotations

import datetime as dt
import os
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.errors import KamError
from kamtools.workspace import (
    check_workspace,
    new_workspace,
    open_workspace,
    read_table,
    slug,
    write_pack,
    write_table,
)
from kamtools.workspace.csvtext import csv_bytes, read_csv
from kamtools.workspace.folder import FORMAT, content_hash
from kamtools.workspace.tables import TABLES, arrow_schema

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("x")',
    r"A $\frac$ B",
    'say "hi", twice',
    " spaces ",
    "two\nlines",
    "carriage\rreturn",
    "NA",
    "None",
    "nan",
    "00123",
    "1e5",
    "澜汀超市",
    "-1",
    "'",
    "null",
]


def small(tmp_path: Path):
    """A workspace with hostile names, a dossier and every kind of number."""
    workspace = new_workspace(tmp_path / "空 间", choices={"as_of": "2026-10-31", "currency": "EUR"})
    ids = [f"{n:05d}" for n in range(len(HOSTILE))]
    write_table(workspace, "accounts", pa.table({"account": ids, "name_en": HOSTILE}))
    money = [Decimal("0.0001"), Decimal("-99999999999999.9999"), Decimal("1200"), None]
    write_table(
        workspace,
        "ledger",
        pa.table(
            {
                "line_id": ["1", "2", "3", "4"],
                "date": pa.array([dt.date(2026, 10, 31)] * 4),
                "account": ["00000", "NA", "", None],
                "kind": ["sale", "return", "sale", "adjustment"],
                "quantity": pa.array(money, pa.decimal128(18, 4)),
                "amount": pa.array(
                    [Decimal(1), Decimal("2.5"), Decimal("0"), Decimal("-3.10")], pa.decimal128(18, 4)
                ),
                "currency": ["EUR"] * 4,
            }
        ),
    )
    return workspace


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_pack_to_workspace_to_pack_is_equal_byte_for_byte(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    write_pack(workspace, tmp_path / "one")
    again = new_workspace(tmp_path / "again", source=tmp_path / "one")
    write_pack(again, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    packed = open_workspace(tmp_path / "one", cache_dir=tmp_path / "cache")
    assert again.data_hash() == workspace.data_hash() == packed.data_hash()
    assert read_table(packed, "accounts")["name_en"].tolist() == HOSTILE


def test_the_sample_goes_round(tmp_path: Path, sample_pack: Path) -> None:
    write_pack(new_workspace(tmp_path / "w", source=sample_pack), tmp_path / "p")
    kept = files(tmp_path / "p")
    assert all((sample_pack / name).read_bytes() == content for name, content in kept.items())
    assert {"facts/ledger.csv", "settings.yml", "pack.yml"} <= set(kept)


def test_ids_and_words_stay_text_and_missing_stays_missing(tmp_path: Path) -> None:
    ledger = read_table(small(tmp_path), "ledger")
    assert ledger["account"].isna().tolist() == [False, False, True, True]
    assert ledger["account"].tolist()[:2] == ["00000", "NA"]
    assert ledger["quantity"].isna().tolist() == [False, False, False, True]
    assert ledger["quantity"].tolist()[:3] == [0.0001, -99999999999999.9999, 1200]
    assert ledger["amount"].sum() == pytest.approx(0.4)
    assert str(ledger["date"].dtype) == "datetime64[us]"


def test_a_pack_is_read_only(tmp_path: Path) -> None:
    write_pack(small(tmp_path), tmp_path / "p")
    pack = open_workspace(tmp_path / "p", cache_dir=tmp_path / "cache")
    assert pack.read_only
    with pytest.raises(KamError) as error:
        write_table(pack, "accounts", arrow_schema("accounts").empty_table())
    assert error.value.key == "workspace.read_only"
    for lang in ("zh", "en"):
        assert "kam new" in error.value.text(lang)


def test_a_changed_pack_is_built_again(tmp_path: Path) -> None:
    write_pack(small(tmp_path), tmp_path / "p")
    before = open_workspace(tmp_path / "p", cache_dir=tmp_path / "cache")
    ledger = tmp_path / "p" / "facts" / "ledger.csv"
    ledger.write_bytes(ledger.read_bytes().replace(b"2.5", b"2.6"))
    after = open_workspace(tmp_path / "p", cache_dir=tmp_path / "cache")
    assert before.root != after.root
    assert before.data_hash() != after.data_hash()
    assert list((tmp_path / "cache" / "packs").glob(".*")) == []  # nothing half-made is left


def test_the_hash_is_of_the_content_not_of_the_file(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    before = workspace.data_hash()
    import pyarrow.parquet as pq

    path = workspace.table_path("ledger")
    pq.write_table(pq.read_table(path), path, compression="none", row_group_size=2)
    assert open_workspace(workspace.root).data_hash() == before
    (workspace.root / "settings.yml").write_text(
        (workspace.root / "settings.yml").read_text("utf-8").replace("EUR", "USD"), encoding="utf-8"
    )
    assert open_workspace(workspace.root).data_hash() != before


def test_an_older_pack_is_read_and_its_words_go_into_a_workspace_and_a_newer_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import kamtools.store as store

    # built packs are kept by their content: one of an earlier run would bring that run's times
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache"))
    old = write_pack(small(tmp_path), tmp_path / "old")
    (old / "pack.yml").write_text(
        (old / "pack.yml").read_text("utf-8").replace("format: 2", "format: 1"), "utf-8"
    )
    (old / "dossiers").mkdir()
    (old / "dossiers" / f"{slug('00001')}.yml").write_text(
        "account: 00001\nnotes: NO\nratings:\n- {criterion: relationship, value: 4.5, source: 会谈}\n",
        encoding="utf-8",
    )
    (old / "designations.csv").write_text(
        "account,since,status\nB,2026-01-31,entered\n00001,2026-01-31,entered\n"
    )
    pack = open_workspace(old)
    assert (pack.format, pack.is_old, pack.read_only) == (2, False, True)
    records, changes = store.written(pack)
    assert {(r.account, r.form): {n: f.value for n, f in r.fields.items()} for r in records} == {
        ("00001", "grading"): {"relationship": 4.5},
        ("00001", "dossier"): {"notes": "NO"},
        ("B", "designation"): {"2026-01-31": {"status": "entered", "place": 1}},
        ("00001", "designation"): {"2026-01-31": {"status": "entered", "place": 2}},
    }
    assert len(changes) == 4
    with store.open_store(pack) as opened:
        assert opened.everything()[0] == records
    for made in (new_workspace(tmp_path / "w", old), store.new_workspace(tmp_path / "w2", old)):
        assert store.written(made) == (records, changes)
        newer = store.write_pack(made, tmp_path / f"pack of {made.root.name}")
        assert not (newer / "dossiers").exists() and "format: 2" in (newer / "pack.yml").read_text("utf-8")
        again = open_workspace(newer, cache_dir=tmp_path / "cache")
        assert again.format == FORMAT and store.written(again) == (records, changes)
        assert again.data_hash() == pack.data_hash()


def test_what_people_write_is_no_part_of_the_hash_of_the_data(tmp_path: Path) -> None:
    import kamtools.store as store

    workspace = small(tmp_path)
    before = workspace.data_hash()
    with store.open_store(workspace) as opened:
        at = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
        opened.write("00001", "grading", {"a": store.FieldValue(3)}, version=None, who="Li", at=at)
    assert workspace.data_hash() == before


def test_nothing_is_written_over(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    for act in (lambda: new_workspace(tmp_path / "full"), lambda: write_pack(workspace, tmp_path / "full")):
        with pytest.raises(KamError) as error:
            act()
        assert error.value.key == "workspace.not_empty"
    write_pack(workspace, tmp_path / "p")
    (tmp_path / "p" / "facts" / "budget.csv").write_text("old")
    write_pack(workspace, tmp_path / "p")  # an older pack is brought up to date
    assert not (tmp_path / "p" / "facts" / "budget.csv").exists()


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    write_pack(small(tmp_path), tmp_path / "p")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KamError) as error:
        open_workspace(tmp_path / "p", cache_dir=tmp_path / "file")
    assert error.value.key == "workspace.no_cache"


def test_choices_go_with_the_template_only(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    assert (workspace.settings.currency, workspace.settings.as_of) == ("EUR", "2026-10-31")
    with pytest.raises(ValueError, match="choices"):
        new_workspace(tmp_path / "x", source=workspace.root, choices={"currency": "EUR"})
    with pytest.raises(KamError) as error:
        new_workspace(tmp_path / "y", choices={"colour": "red"})
    assert error.value.key == "workspace.unknown_choice"
    assert not (tmp_path / "y").exists()


def test_no_folder_and_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(KamError) as error:
        open_workspace(tmp_path / "none")
    assert error.value.key == "workspace.no_folder"
    with pytest.raises(KamError) as error:
        open_workspace(tmp_path)
    assert error.value.key == "workspace.not_a_workspace"


def test_write_table_refuses_what_does_not_fit(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    with pytest.raises(KamError) as error:
        write_table(workspace, "accounts", pa.table({"account": ["A"], "nmae": ["x"]}))
    assert error.value.key == "workspace.bad_columns"
    assert "nmae" in error.value.text("en")
    with pytest.raises(KamError) as error:
        write_table(
            workspace,
            "service",
            pa.table({"account": ["A"], "month": ["no date"], "driver": ["x"], "quantity": [1]}),
        )
    assert error.value.key == "workspace.bad_type"
    with pytest.raises(KamError) as error:
        write_table(workspace, "leger", pa.table({"a": [1]}))
    assert error.value.key == "workspace.unknown_table"


TEXTS = st.none() | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
MONEY = st.none() | st.decimals(min_value=-(10**13), max_value=10**13, places=4)
DAYS = st.none() | st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31))


@given(st.lists(st.tuples(TEXTS, MONEY, DAYS), max_size=8))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_any_table_goes_through_csv(rows: list[tuple]) -> None:
    import tempfile

    schema = arrow_schema("receivables")
    columns = {name: [None] * len(rows) for name in schema.names}
    columns |= {
        "document": [r[0] for r in rows],
        "amount": [r[1] for r in rows],
        "due_date": [r[2] for r in rows],
    }
    data = pa.table({n: pa.array(columns[n], schema.field(n).type) for n in schema.names}, schema=schema)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receivables.csv"
        path.write_bytes(csv_bytes(data))
        read, lines, findings = read_csv(path, TABLES["receivables"], "receivables.csv")
    assert findings == []
    assert read is not None
    assert read.equals(data)
    assert content_hash(read) == content_hash(data)
    assert len(lines) == len(rows)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
@pytest.mark.parametrize("name", ["facts/budget.csv", "locks/2026-07.csv", "store", "settings.yml", "facts"])
def test_a_pack_follows_no_link_out_of_itself(tmp_path: Path, sample_pack: Path, name: str) -> None:
    pack = Path(shutil.copytree(sample_pack, tmp_path / "pack"))
    place = pack / name
    outside = tmp_path / "outside"
    if place.exists():
        place.rename(outside)
    else:
        outside.write_text("account,line\n", "utf-8")
    place.symlink_to(outside)
    before = files(outside) if outside.is_dir() else outside.read_bytes()
    work = open_workspace(sample_pack)
    for attempt in (
        lambda: open_workspace(pack),
        lambda: check_workspace(pack),
        lambda: new_workspace(tmp_path / "new", pack),
        lambda: write_pack(work, pack),
    ):
        with pytest.raises(KamError) as caught:
            attempt()
        assert caught.value.key == "workspace.link_out" and caught.value.params["file"] == name
    assert not (tmp_path / "new").exists()
    assert (files(outside) if outside.is_dir() else outside.read_bytes()) == before
    place.unlink()
    shutil.move(outside, pack / "real")
    place.symlink_to(pack / "real")  # a link that stays inside leads nowhere else
    if name != "locks/2026-07.csv":
        open_workspace(pack)


@pytest.mark.parametrize("cut", ["gone", "short"])
def test_a_pack_that_is_not_whole_is_named(tmp_path, cut):
    pack = Path(shutil.copytree(Path(__file__).parents[2] / "data" / "samples", tmp_path / "pack"))
    table = pack / "facts" / "wallets.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    if cut == "gone":
        table.unlink()
    else:
        table.write_text("".join(lines[:-10]), encoding="utf-8")
    found = [f for f in check_workspace(pack).findings if f.level == "error"]
    assert [(f.file, f.params["rows"], f.params["found"]) for f in found] == [
        ("facts/wallets.csv", 736, 0 if cut == "gone" else 726)
    ]
    with pytest.raises(KamError) as caught:
        open_workspace(pack, tmp_path / "cache")
    assert "pack.yml" in caught.value.text("en")
