"""No message holds a password, wherever it stands in the address of a database."""

from __future__ import annotations

import socket

import pytest

from kamtools import cli
from kamtools.errors import KamError
from kamtools.store import open_store

SECRETS = ("hunter2", "hun", "ter2", "h%75nter2", "T0p", "s3cret")


@pytest.fixture(scope="module")
def closed() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


ADDRESSES = (
    "postgresql://kam:hunter2@127.0.0.1:{port}/books",
    "postgresql://kam:h%75nter2@127.0.0.1:{port}/books",
    "postgresql://kam:hun@ter2@127.0.0.1:{port}/books",
    "postgresql://kam:T0p/s3cret@127.0.0.1:{port}/books",
    "postgresql://kam:T0p s3cret@127.0.0.1:{port}/books",
    "postgresql://127.0.0.1:{port}/books?user=kam&password=hunter2",
    "postgresql://127.0.0.1:{port}/books?user=kam&p%61ssword=h%75nter2",
    "postgresql://127.0.0.1:{port}/books?sslpassword=hunter2",
    "postgresql://127.0.0.1:{port}/books?paasword=hunter2",
    "postgresql+psycopg://kam:hunter2@127.0.0.1:{port}/books?options=-c%20x",
    "postgresql://kam@127.0.0.1:hunter2/books",
    "postgresql://127.0.0.1:hunter2/books",
    "mysql://kam:hunter2@127.0.0.1:{port}/books",
    "kam:hunter2@127.0.0.1://books",
    "host=127.0.0.1 port={port} password='hunter2' dbname=books",
    "kam:hunter2@127.0.0.1/books",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_message_holds_a_password(address, closed, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("KAM_RAISE")
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache"))
    text = address.format(port=closed)
    with pytest.raises(KamError) as caught:
        open_store(text)
    said = [caught.value.text(lang) for lang in ("zh", "en")]
    for option in ("--store", "--workspace"):
        file = tmp_path / "b.sqlite"
        assert cli.main(["backup", str(file), option, text, "--lang", "en"]) == 2
    assert cli.main(["backup", "a", text, "--lang", "en"]) == 2  # one argument too many
    shown = capsys.readouterr()
    said += [shown.out, shown.err]
    assert not [(secret, line) for line in said for secret in SECRETS if secret in line]


def test_what_is_no_password_stays_in_the_message(closed):
    with pytest.raises(KamError) as caught:
        open_store(f"postgresql://kam:hunter2@127.0.0.1:{closed}/books")
    assert caught.value.key == "store.unreachable"
    assert f"postgresql://kam:***@127.0.0.1:{closed}/books" in caught.value.text("en")
    assert "refused" in caught.value.text("en")
