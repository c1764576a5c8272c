from __future__ import annotations

import io
from contextlib import redirect_stderr

from kamtools.fleet import AccountStatus, bar


def test_the_bar_goes_to_standard_error_and_counts_accounts():
    status = AccountStatus("A1", "name", "A1", True, 1.0)
    said = io.StringIO()
    with redirect_stderr(said), bar(disable=False) as progress:
        progress(0, 2, None)
        progress(1, 2, status)
        progress(2, 2, status)
    assert "2/2" in said.getvalue() and "A1" in said.getvalue()
