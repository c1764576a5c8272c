"""For tests in more than one folder: a PostgreSQL server of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["KAM_RAISE"] = "1"  # a fault of the program is an exception here, not a log

INSTALL = "PostgreSQL is missing: sudo apt-get install postgresql"


class Server:
    """A PostgreSQL server in a folder of its own, reached by a socket only."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.data = folder / "data"
        import pwd  # not on Windows

        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # it refuses to run as root
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        if self.user:
            command = [
                "setpriv",
                f"--reuid={self.user.pw_uid}",
                f"--regid={self.user.pw_gid}",
                "--clear-groups",
                *command,
            ]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def make(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", "kam", "-A", "trust", "-E", "UTF8", "--locale=C")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 60\n"
            )
        self.start()

    def start(self) -> None:
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "start")

    def stop(self, how: str = "fast") -> None:
        """Stop the server; `how` = immediate is as a crash: nothing is written any more."""
        self.run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "-t", "60", "stop")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://kam@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        name = f"kam_{uuid.uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def postgres_programs() -> Path | None:
    """Return the folder with ``initdb``: Debian keeps it out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server; the test is skipped, with the line that installs it, where there is none."""
    programs = postgres_programs()
    if programs is None or os.name == "nt":
        pytest.skip(INSTALL)
    folder = Path(tempfile.mkdtemp(prefix="kam-pg-", dir="/tmp"))  # a socket's path must be short
    server = Server(programs, folder)
    try:
        server.make()
        yield server
    finally:
        with contextlib.suppress(AssertionError):
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store_target(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str | Path]:
    """A function that gives a place for one more empty store, on each kind of database in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").new_database
    return lambda: tmp_path / f"{uuid.uuid4().hex}.sqlite"
