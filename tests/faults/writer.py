"""One process of the fault test: read, then write, again and again, until killed or done.

    python writer.py TARGET NAME COUNT LOG SEED

Each transaction adds one to the counter of an account that all processes write
to. A line goes to LOG when the store has acknowledged the write, never before.
Started again after a kill, it goes on where LOG ends.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import random
import sys
import time
from pathlib import Path

from kamtools.errors import KamError
from kamtools.store import Conflict, FieldValue, Store, open_store

ACCOUNTS = ("A001", "A002", "A003", "A004")
PATIENCE = 60  # seconds to wait for a server that is starting again


def main(target: str, name: str, count: int, log: Path, seed: int) -> None:
    chance = random.Random(seed)
    done = len(log.read_bytes().splitlines()) if log.exists() else 0
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    store = patiently(lambda: open_store(target if "://" in target else Path(target)))
    conflicts = 0
    for step in range(done, count):
        token = f"{name}-{step}-{os.getpid()}"
        account = chance.choice(ACCOUNTS)
        while True:
            try:
                version = one(store, account, token)
                break
            except Conflict:
                conflicts += 1
            except KamError as error:  # the server went away: was it written? look before writing again
                if error.key != "store.unreachable":
                    raise
                written = patiently(functools.partial(versions, store, account, token))
                if written:
                    version = written[0]
                    break
        os.write(handle, f"{account} {version} {token} {conflicts}\n".encode())
        conflicts = 0
    store.close()


def one(store: Store, account: str, token: str) -> int:
    """Read the counter, add one, write it with our token; return the version written."""
    record = store.read(account, "count")
    number = record.fields["counter"].value["number"] if record else 0
    field = FieldValue({"number": number + 1, "token": token})
    version = record.version if record else None
    at = dt.datetime.now(dt.UTC)
    return store.write(account, "count", {"counter": field}, version=version, who=token, at=at).version


def versions(store: Store, account: str, token: str) -> list[int]:
    """Return the versions that our token wrote: one or none."""
    changes = store.history(account)
    return [c.version for c in changes if c.after is not None and c.after.value["token"] == token]


def patiently(act):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except KamError as error:
            if error.key != "store.unreachable" or time.monotonic() > until:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    target, name, count, log, seed = sys.argv[1:]
    main(target, name, int(count), Path(log), int(seed))
