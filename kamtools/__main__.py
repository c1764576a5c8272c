"""``python -m kamtools`` is ``kam``: it also works where a script's path has spaces in it."""

from __future__ import annotations

import sys

from kamtools.cli import main

if __name__ == "__main__":
    sys.exit(main())
