"""Text files: find the encoding, cut records strictly, keep what cannot be cut."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
_SPAN = 200  # a quoted cell that runs over more lines than this was never closed


class Decoded(NamedTuple):
    """A text with the encoding that it was in and, where that is not UTF-8, three samples."""

    text: str
    encoding: str
    samples: list[str]


class Record(NamedTuple):
    """One record: the line it begins on, its cells, or its raw text and what is wrong with it."""

    line: int
    cells: list[str]
    raw: str = ""
    fault: str = ""


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Return bytes as text: UTF-8 (with BOM or not), UTF-16 with BOM, gb18030, cp1252, in this order.

    Bytes that also fit gb18030 but hardly use the common characters of GB2312
    are taken for cp1252. A given `encoding` is the only one tried.

    Raises
    ------
    UnicodeDecodeError, LookupError
        Where nothing fits; where the encoding has no such name.

    Examples
    --------
    >>> decode("客户,金额\\n甲,1\\n".encode("gb18030"))[1:]
    ('gb18030', ['客户,金额', '甲,1'])
    >>> decode("Café Münster".encode("cp1252")).encoding
    'cp1252'
    """
    if encoding is not None:
        name = codecs.lookup(encoding).name
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
        return Decoded(text.removeprefix("\ufeff"), name, [] if name.startswith("utf-8") else _samples(text))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16")
        return Decoded(text, "utf-16", _samples(text))
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8", [])
    except UnicodeDecodeError as error:
        first = error
    for name in ("gb18030", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "gb18030" and not _likely_chinese(data):
            continue
        return Decoded(text, name, _samples(text))
    raise first


def _likely_chinese(data: bytes) -> bool:
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", data)
    common = sum(1 for p in pairs if p[0] >= 0xA1 and p[1] >= 0xA1)
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return True
    return common * 2 > len(pairs)


def _samples(text: str) -> list[str]:
    found: dict[str, None] = {}
    for line in text.splitlines():
        if not line.isascii():
            found.setdefault(line.strip()[:60])
        if len(found) == 3:
            break
    return list(found)


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Cut a text into records by the strict rules of CSV; never lose a line.

    Where a quote is not closed, or something follows a closed one, the line on
    which the record begins is given back whole with the fault ``quote`` and
    reading goes on with the next line. Cells per record are not checked here.

    Examples
    --------
    >>> [(r.line, r.cells, r.fault) for r in records('a,"b\\nc"\\n1,"2\\n3,4\\n', ",")]
    [(1, ['a', 'b\\nc'], ''), (3, [], 'quote'), (4, ['3', '4'], '')]
    """
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    total = len(lines)
    position = 0

    def feed() -> Iterator[str]:
        nonlocal position
        while position < total:
            if position - at > _SPAN:
                raise csv.Error("span")
            position += 1
            yield lines[position - 1]

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while at < total:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            yield Record(at + 1, [], lines[at].rstrip("\r\n"), "quote")
            at = position = at + 1
            reader = csv.reader(feed(), delimiter=delimiter, strict=True)
            continue
        yield Record(at + 1, cells, "".join(lines[at:position]).rstrip("\r\n"))
        at = position


def guess_delimiter(text: str, wanted: set[str]) -> str:
    """Return the delimiter that shows the most `wanted` columns in one line, else the most even cells."""
    head = text[:20000].splitlines()[:30]

    def score(delimiter: str) -> tuple[int, int, int]:
        rows = [next(csv.reader([line], delimiter=delimiter), []) for line in head]
        seen = max((len({c.strip() for c in row} & wanted) for row in rows), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        most = max(widths, key=widths.count, default=0)
        return seen, widths.count(most) if most > 1 else 0, most

    return max(DELIMITERS, key=score)
