"""Who reads, in which language, and what ids are called: what every view needs beside its result."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kamtools.words import check_language, has_message, say

SIDES = " // "  # between the Chinese and the English of a text written in both
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


@dataclass(frozen=True)
class Context:
    """What views need to know of their reader.

    Parameters
    ----------
    lang : {"zh", "en"}
    names : mapping
        Account id -> name in `lang`. An id without a name is shown as the id.
    currency : str
        ISO 4217, for example ``"CNY"``.
    account : str or None
        The reader's own account, drawn in the accent colour everywhere.
    fictional : bool
        Whether the data are invented; stated beside figures.
    terms : mapping
        Id, or ``kind:id``, -> name in `lang` of the company's own terms:
        criteria, strategies, segments, categories.
    conventions : mapping
        What all figures stand on (basis, roll-up, period, …): printed under
        each chart.

    Examples
    --------
    >>> context = Context("en", {"00123": "Harbour Stores"}, account="00123")
    >>> context.name("00123"), context.name("00124"), context.term("net_sales")
    ('Harbour Stores', '00124', 'Net sales')
    """

    lang: str = "zh"
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    currency: str = "CNY"
    account: str | None = None
    fictional: bool = False
    terms: Mapping[str, str] = field(default_factory=dict, hash=False)
    conventions: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_language(self.lang)

    @classmethod
    def from_settings(
        cls,
        settings: Any,
        lang: str,
        names: Mapping[str, str] | None = None,
        account: str | None = None,
        conventions: Mapping[str, object] | None = None,
    ) -> Context:
        """Return the context for a company's settings (criteria, strategies, segments, categories)."""
        kinds: Mapping[str, Iterable[Any]] = {
            "criterion": settings.criteria,
            "strategy": settings.strategies,
            "segment": settings.segments,
            "category": settings.categories,
            "activity": settings.finance.activities,
            "brand": settings.finance.brands,
        }
        terms: dict[str, str] = {}
        for kind, items in kinds.items():
            for item in items:
                terms[f"{kind}:{item.id}"] = item.name(lang)
                terms.setdefault(item.id, item.name(lang))
        fictional = settings.fictional
        return cls(lang, names or {}, settings.currency, account, fictional, terms, conventions or {})

    def of(self, account: str | None) -> Context:
        """Return the same context for another account."""
        return replace(self, account=account)

    def name(self, account: str) -> str:
        """Return an account's name as it was written; its id where it has none."""
        return self.names.get(account) or account or self.say("show.unattributed")

    def term(self, key: str, kind: str = "") -> str:
        """Return what an id (criterion, strategy, P&L line, quadrant, …) is called.

        Parameters
        ----------
        key : str
        kind : {"", "criterion", "strategy", "segment", "category", "activity", "brand", "method"}
            A criterion and a strategy may have the same id: the kind tells
            which is meant. Without one, our own terms come first, then the
            company's.
        """
        if kind and f"{kind}:{key}" in self.terms:
            return self.terms[f"{kind}:{key}"]
        company = self.terms.get(key)
        for family in ("show.method", "show.term") if kind == "method" else ("show.term",):
            if (not kind or company is None or kind == "method") and has_message(family, key):
                return say(family, self.lang, key)
        return company or key

    def say(self, key: str, /, *ids: object, **params: object) -> str:
        """Return a message, or what a family of words calls an id, in the reader's language."""
        return say(key, self.lang, *ids, **params)


def one_line(text: object, width: int | None = None) -> str:
    """Return text without control, joining or direction marks, on one line, cut to a width.

    Parameters
    ----------
    text : object
    width : int, optional
        In half-width cells: a hanzi counts two. Longer text ends in "…".

    Examples
    --------
    >>> one_line("华东\\n连锁\\u202e", 7)
    '华东 …'
    >>> one_line("Harbour Stores", 9)
    'Harbour …'
    """
    raw = str(text)
    if width is not None:
        raw = raw[: 8 * width + 64]
    kept = []
    for char in unicodedata.normalize("NFC", raw):
        kind = unicodedata.category(char)
        if kind in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif kind in ("Cf", "Cs", "Co", "Cn") or 0xFE00 <= ord(char) <= 0xFE0F:
            continue
        else:
            kept.append(char)
    line = " ".join("".join(kept).split())
    if width is None:
        return line
    used = 0
    for i, char in enumerate(line):
        used += _cells(char)
        if used > width:
            return _cut(line[:i], width) + "…"
    return line


def in_language(text: object, lang: str) -> str:
    """Return the reader's side of a text written in both languages; any other text as it is.

    Parameters
    ----------
    text : object
        ``中文 // English`` or ``English // 中文``: one separator, and Han
        characters on exactly one side of it.
    lang : {"zh", "en"}

    Examples
    --------
    >>> in_language("华东门店 // Stores in the east", "en"), in_language("华东门店 // Stores in the east", "zh")
    ('Stores in the east', '华东门店')
    >>> in_language("and // or", "zh"), in_language("a // b // 丙", "en")
    ('and // or', 'a // b // 丙')
    """
    check_language(lang)
    raw = str(text)
    sides = raw.split(SIDES)
    if len(sides) != 2:
        return raw
    first, second = (HAN.search(side) is not None for side in sides)
    if first == second or not all(side.strip() for side in sides):
        return raw
    return sides[0 if first == (lang == "zh") else 1].strip()


def cells(text: str) -> int:
    """Return the width of text in half-width cells: a hanzi counts two.

    Examples
    --------
    >>> cells("华东 A1")
    7
    """
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str, width: int) -> str:
    """Return the longest beginning that leaves one cell of `width` free."""
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text


def escape(text: object) -> str:
    """Return text that is text on a page, whatever it holds.

    Examples
    --------
    >>> escape("<img src=x onerror=alert(1)>")
    '&lt;img src=x onerror=alert(1)&gt;'
    """
    return html.escape(one_line(text), quote=True)


def escape_markdown(text: object) -> str:
    """Return text that is text in Markdown too: nothing is a link, emphasis, formula or tag.

    Examples
    --------
    >>> escape_markdown("A $x$ *B* <i>")
    'A &#36;x&#36; &#42;B&#42; &lt;i&gt;'
    """
    special = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]()#+!|~$"}
    return html.escape(one_line(text), quote=False).translate(special)
