"""Who writes, by form and by command alike."""

from __future__ import annotations

import pytest

from kamtools.errors import KamError
from kamtools.user import user_name


def test_who_writes(monkeypatch):
    import getpass

    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    for name in ("KAM_USER", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    assert user_name() == "login"
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert user_name() == "hub"
    monkeypatch.setenv("KAM_USER", "王芳")
    assert user_name() == "王芳"

    def nobody():
        raise OSError

    monkeypatch.setattr(getpass, "getuser", nobody)
    for name in ("KAM_USER", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name)
    with pytest.raises(KamError, match="KAM_USER"):
        user_name()
