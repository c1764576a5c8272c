"""Open a store: find it, make or upgrade its tables, and set the database up to lose nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import StaticPool

from kamtools.errors import KamError
from kamtools.store.access import Store
from kamtools.store.brought import take_in, with_words_in_files
from kamtools.store.models import NEWEST, VERSION_TABLE
from kamtools.store.text import FOLDER, load_text
from kamtools.store.values import Change, Record
from kamtools.words.masking import HARMLESS, passwords, without_passwords
from kamtools.workspace import Workspace, open_workspace
from kamtools.workspace.paths import as_given
from kamtools.workspace.places import FILE, check_place
from kamtools.workspace.upgrade import format_2

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

WAIT = 60.0  # seconds that a writer waits for its turn
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6B616D  # the advisory lock under which PostgreSQL's tables are made


def open_store(target: str | Path | Workspace) -> Store:
    """Open the store of a workspace, or a PostgreSQL database.

    Its tables are made where there are none. A store of an older form is read
    as a copy, brought to today's form in memory, and cannot be written until
    :func:`upgrade_store` was asked for; nor can the store of a pack (built in
    memory from its text) or of a workspace of an older format.

    Parameters
    ----------
    target : Workspace, path or str
        An opened workspace, the folder of one or of a pack, a file that ends in
        ``.sqlite``, or a URL (``postgresql://…``; leave the password to
        ``~/.pgpass`` or ``PGPASSWORD``).

    Raises
    ------
    KamError
        On a network drive or in a synchronised folder, for a database that is
        not ours or newer than this program, or that cannot be reached.

    Examples
    --------
    >>> import datetime as dt, tempfile
    >>> from kamtools.store import FieldValue
    >>> folder = tempfile.TemporaryDirectory()
    >>> store = open_store(Path(folder.name) / "kam.sqlite")
    >>> day = dt.datetime(2026, 10, 31, 9, 30, tzinfo=dt.UTC)
    >>> first = store.write("00123", "profile", {"staff": FieldValue(40)}, version=None, who="Li", at=day)
    >>> second = store.write("00123", "profile", {"staff": FieldValue(41)}, version=1, who="Wu", at=day)
    >>> second.version, [(c.before.value, c.after.value) for c in store.history("00123")[1:]]
    (2, [(40, 41)])
    >>> store.write("00123", "profile", {}, version=1, who="Li", at=day)
    Traceback (most recent call last):
    ...
    kamtools.store.values.Conflict: ...
    >>> store.close(); folder.cleanup()
    """
    if isinstance(target, str) and "://" in target:
        return _ready(_server(target))
    if isinstance(target, str | Path) and Path(target).suffix == ".sqlite":
        return open_file(as_given(target))
    workspace = target if isinstance(target, Workspace) else open_workspace(target)
    if workspace.read_only:
        return _open_to_read(workspace)
    store = open_file(workspace.root / FILE)
    _take_in(store, workspace)
    with _closed_on_error(store):
        take_in(store, workspace.root)
    return store


def upgrade_store(target: str | Path, backups: Path, at: dt.datetime) -> Path | None:
    """Bring a store of an older form to the newest, in one transaction; a backup is written first.

    Parameters
    ----------
    target : path or str
        The file of a store, or a URL.
    backups : Path
        A folder; the backup in it is a store as text, which ``kam restore`` takes.
    at : datetime
        Now; it names the backup.

    Returns
    -------
    Path or None
        The backup, None where there was nothing to do.
    """
    from kamtools.store.copies import backup

    with (
        _server(str(target)) if "://" in str(target) else _file(Path(target)) as store,
        store.spoken_errors(),
    ):
        older = _older(_form(store.engine))
        if older is None:
            prepare(store.engine, store.place)
            return None
        made = backup(target, backups / f"store-{older}-{at.astimezone(dt.UTC):%Y%m%d-%H%M%S}").path
        prepare(store.engine, store.place)
    return made


def reading_fault(url: str) -> tuple[str, KamError | None]:
    """Return the name of a database by its address (without a password) and why it cannot be read, None where it can.

    A database without tables of ours is well: they are made when it is first written to. Nothing is made here.
    """
    place = ""
    try:
        with _server(url) as store:
            place = store.place
            with store.spoken_errors():
                revision = _form(store.engine)
                if revision == NEWEST:
                    store.everything()
                elif revision is not None and _older(revision) is None:
                    return place, KamError("store.newer", place=place, found=revision, known=NEWEST)
    except KamError as error:
        return place, error
    return place, None


def has_tables(url: str) -> bool:
    """Tell whether a database by its address has tables of ours."""
    with _server(url) as store, store.spoken_errors():
        return _form(store.engine) is not None


def has_store(workspace: Workspace) -> bool:
    """Tell whether a workspace has a store, as a file or as a pack's text."""
    root = workspace.root
    places = [
        root / FILE,
        root / format_2.BROUGHT,
        *(format_2.files(root) if workspace.has_words_in_files else ()),
    ]
    return (root / FOLDER).is_dir() or any(path.is_file() for path in places)


def open_file(path: Path) -> Store:
    """Open the SQLite store in a file, or make it."""
    return _ready(_file(path))


def _file(path: Path) -> Store:
    check_place(path.parent)
    if not path.parent.is_dir():
        raise KamError("store.no_folder", path=path.parent)
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, connect_args={"timeout": WAIT, "check_same_thread": False})
    _sqlite_events(engine)
    store = Store(engine, str(path))
    with _closed_on_error(store), store.spoken_errors():
        _use_wal(engine, path)
    return store


def _open_to_read(workspace: Workspace) -> Store:
    """Open the store of a pack or of a workspace of an older format: a copy in memory, with what stands in files."""
    root = workspace.root
    if (root / FILE).is_file():
        with open_file(root / FILE) as found:
            records, changes = found.everything()
    else:
        records, changes = load_text(root / FOLDER)
    if workspace.has_words_in_files:
        records, changes = with_words_in_files(root, records, changes)
    store = in_memory(str(workspace.source), records, changes)
    key = "workspace.old_format" if workspace.is_old else "workspace.read_only"
    store.refusal = KamError(key, path=workspace.source)
    return store


def in_memory(place: str, records: Iterable[Record], changes: Iterable[Change]) -> Store:
    """Return a store in memory with these words in it."""
    store = _in_memory(place)
    with _closed_on_error(store):
        prepare(store.engine, store.place)
        store.load(records, changes)
    return store


def _in_memory(place: str) -> Store:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _sqlite_events(engine)
    return Store(engine, place)


def _take_in(store: Store, workspace: Workspace) -> None:
    """Load the text that came with a pack into a store that has nothing yet."""
    folder = workspace.root / FOLDER
    if not folder.is_dir():
        return
    with _closed_on_error(store):
        if store.load(*load_text(folder), only_if_empty=True):
            shutil.rmtree(folder, ignore_errors=True)


def _server(text: str) -> Store:
    scheme = text.split("://")[0]
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):  # the second for a port that is no number
        scheme = scheme if re.fullmatch(r"[\w+.-]+", scheme) else "?"
        raise KamError("store.bad_url", scheme=scheme, allowed="postgresql://") from None
    if url.drivername == "sqlite" and url.database:
        return _file(Path(url.database))
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise KamError("store.bad_url", scheme=url.drivername, allowed="postgresql://")
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 20},
    )

    @event.listens_for(engine, "connect")
    def _durable(connection: DBAPIConnection, record: Any) -> None:
        """Acknowledge a write only when it is on disk, whatever the server's default."""
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()

    shown = {k: v for k, v in url.query.items() if k in HARMLESS}
    place = without_passwords(url.set(query=shown).render_as_string(hide_password=True))
    return Store(engine, place, passwords(text))


def _ready(store: Store) -> Store:
    """Make the tables of a new store; give one of an older form as a copy that can only be read."""
    with _closed_on_error(store), store.spoken_errors():
        revision = _form(store.engine)
        if revision == NEWEST:
            return store
        older = _older(revision)
        if older is None:
            prepare(store.engine, store.place)
            return store
        copy = _in_memory(store.place)
        prepare(copy.engine, store.place, newest=older)
        _copy_rows(store.engine, copy.engine)
        prepare(copy.engine, store.place)
        copy.refusal = KamError("store.older", place=store.place)
    store.close()
    return copy


def _copy_rows(source: sa.Engine, target: sa.Engine) -> None:
    """Copy every row of our tables as of one moment; both have the same form."""
    reading = source.execution_options(kam_reading=True)
    if source.dialect.name == "postgresql":
        reading = reading.execution_options(isolation_level="REPEATABLE READ")
    with reading.connect() as there, target.begin() as here:
        for name in sa.inspect(here).get_table_names():
            table = sa.Table(name, sa.MetaData(), autoload_with=here)
            rows = [dict(row) for row in there.execute(sa.select(table)).mappings()]
            if name != VERSION_TABLE and rows:
                here.execute(sa.insert(table), rows)


@contextlib.contextmanager
def _closed_on_error(store: Store) -> Iterator[None]:
    try:
        yield
    except BaseException:
        store.close()
        raise


def _sqlite_events(engine: sa.Engine) -> None:
    """Begin every writing transaction with the lock; wait for it; sync every commit; overwrite what is deleted."""

    @event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, record: Any) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # no BEGIN of sqlite3's own
        for pragma in ("synchronous = FULL", "secure_delete = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("kam_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _use_wal(engine: sa.Engine, path: Path) -> None:
    """Switch a file to WAL, once; switching does not wait for its turn by itself."""
    until = time.monotonic() + WAIT
    connection = engine.raw_connection()
    try:
        while True:
            try:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]  # type: ignore[attr-defined]
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.01)
    finally:
        connection.close()
    if mode != "wal":
        raise KamError("store.no_wal", path=path)


def _form(engine: sa.Engine) -> str | None:
    """Return the form of a store, None where it has no tables of ours."""
    with engine.execution_options(kam_reading=True).connect() as connection:
        return _revision(connection)


def _older(revision: str | None) -> str | None:
    """Return a form that this program knows and that is not the newest, else None."""
    if revision in (None, NEWEST):
        return None
    from alembic.script import ScriptDirectory

    known = {r.revision for r in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    return revision if revision in known else None  # else `prepare` refuses it


def prepare(engine: sa.Engine, place: str, migrations: Path | None = None, newest: str | None = None) -> None:
    """Make the tables of a store, or upgrade them; leave a database alone that is not ours or newer."""
    migrations, newest = migrations or MIGRATIONS, newest or NEWEST
    if _form(engine) == newest:
        return
    # alembic takes a moment to import: only where there is something to do
    from alembic.migration import MigrationContext
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(migrations))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = _revision(connection)  # again, now that nobody else can be at it
        if revision == newest:
            return
        if revision is not None and revision not in {r.revision for r in script.walk_revisions()}:
            raise KamError("store.newer", place=place, found=revision, known=newest)
        if (
            revision is None
            and connection.dialect.name == "sqlite"
            and sa.inspect(connection).get_table_names()
        ):
            raise KamError("store.not_ours", place=place)

        def steps(at: Any, context: MigrationContext) -> list[Any]:
            return script._upgrade_revs(newest, at)

        with EnvironmentContext(_config(), script, fn=steps, destination_rev=newest) as environment:
            environment.configure(connection=connection, version_table=VERSION_TABLE)
            environment.run_migrations()


def _config() -> Any:
    from alembic.config import Config

    return Config()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
