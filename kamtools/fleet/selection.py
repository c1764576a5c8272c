"""Which accounts a run is for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kamtools.errors import KamError


@dataclass(frozen=True)
class Selection:
    """A choice of accounts: named ones, all, the key accounts, the top N by sales share, or one owner's.

    Examples
    --------
    >>> Selection.of(accounts=["A001", "A002"]).arguments()
    ['A001', 'A002']
    >>> Selection.of(top=20).arguments()
    ['--top', '20']
    >>> Selection.of().kind
    'key'
    """

    kind: Literal["accounts", "all", "key", "top", "owner"] = "key"
    accounts: tuple[str, ...] = ()
    top: int = 0
    owner: str = ""

    @classmethod
    def of(
        cls,
        accounts: Sequence[str] = (),
        *,
        all: bool = False,  # noqa: A002 - the option is called so
        key: bool = False,
        top: int | None = None,
        owner: str | None = None,
    ) -> Selection:
        """Return the selection that command-line options ask for; none given means the key accounts.

        Raises
        ------
        KamError
            ``fleet.two_selections`` where more than one way to select is given,
            ``fleet.bad_top`` where `top` is below 1.
        """
        given = [bool(accounts), all, key, top is not None, owner is not None]
        if sum(given) > 1:
            raise KamError("fleet.two_selections")
        if accounts:
            return cls("accounts", tuple(dict.fromkeys(accounts)))
        if all:
            return cls("all")
        if top is not None:
            if top < 1:
                raise KamError("fleet.bad_top", top=top)
            return cls("top", top=top)
        if owner is not None:
            return cls("owner", owner=owner)
        return cls("key")

    def arguments(self) -> list[str]:
        """Return the selection as command-line arguments."""
        if self.kind == "accounts":
            option_like = any(a.startswith("-") for a in self.accounts)
            return ["--", *self.accounts] if option_like else list(self.accounts)
        if self.kind == "top":
            return ["--top", str(self.top)]
        if self.kind == "owner":
            return ["--owner", self.owner]
        return [f"--{self.kind}"]


def alike(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of `names` that are spelled like `name` but for width, case and blanks, sorted.

    Examples
    --------
    >>> alike("Li Ming", ["Wang", "li  ming", "Li Ming", "ＬＩ　ＭＩＮＧ "])
    ('Li Ming', 'li  ming', 'ＬＩ\\u3000ＭＩＮＧ ')
    """
    key = _letters(name)
    return tuple(sorted(n for n in names if key and _letters(n) == key))


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
