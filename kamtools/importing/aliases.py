"""Other names of accounts: ``aliases.csv`` in a workspace (from, to), applied at import; near names are only proposed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Dict
from pathlib import Path

from kamtools.errors import KamError

FILE = "aliases.csv"


def load_aliases(root: Path) -> dict[str, str]:
    """Return the aliases of a workspace: old id or name -> id; empty where it has none.

    Raises
    ------
    KamError
        Where the file has other columns, an empty cell, one name for two accounts, or an alias of an alias.
    """
    import csv

    path = root / FILE
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if [str(n).strip() for n in reader.fieldnames or ()][:2] != ["from", "to"]:
                raise KamError("importing.aliases_columns", file=path)
            for row in reader:
                old, new = (str(row[k] or "").strip() for k in ("from", "to"))
                if not old and not new:
                    continue
                if not old or not new or found.get(old, new) != new:
                    raise KamError("importing.aliases_row", file=path, row=reader.line_num, value=old or new)
                found[old] = new
    except (UnicodeDecodeError, csv.Error) as error:
        raise KamError("importing.unreadable", file=path, detail=error) from None
    for old, new in found.items():
        if found.get(new, new) != new:
            raise KamError("importing.aliases_chain", file=path, value=old, other=new, third=found[new])
    return {old: new for old, new in found.items() if old != new}


def near_names(ids: Dict[str, int]) -> list[tuple[str, str]]:
    """Return pairs of ids that are likely one account: (other name, the one that more rows have).

    Ids are near where they differ in width, case, blanks, brackets, signs or zeros in front only.

    Parameters
    ----------
    ids : dict
        Id or name -> rows.

    Examples
    --------
    >>> near_names({"C01": 9, "ｃ０１": 2, "00123": 5, "123": 1, "甲（北京）": 3, "甲(北京) ": 1, "乙": 1})
    [('ｃ０１', 'C01'), ('123', '00123'), ('甲(北京) ', '甲（北京）')]
    """
    groups: dict[str, list[str]] = {}
    for name in ids:
        plain = unicodedata.normalize("NFKC", name).casefold()
        plain = re.sub(r"[\W_]+", "", plain)
        groups.setdefault(plain.lstrip("0") or plain or name, []).append(name)
    pairs = []
    for names in groups.values():
        best = max(names, key=lambda n: (ids[n], len(n)))
        pairs += [(name, best) for name in names if name != best]
    return pairs


__all__ = ["FILE", "load_aliases", "near_names"]
