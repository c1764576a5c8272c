"""Who writes: the name that stands in every history, whether a form or a command wrote."""

from __future__ import annotations

import os

from kamtools.errors import KamError


def user_name() -> str:
    """Return who writes: ``KAM_USER``, else the user of JupyterHub, else who is logged in.

    Raises
    ------
    KamError
        Where none of them can be told.
    """
    for variable in ("KAM_USER", "JUPYTERHUB_USER"):
        if name := os.environ.get(variable, "").strip():
            return name
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, no such module
        raise KamError("words.no_user") from None
