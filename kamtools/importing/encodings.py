"""Which encoding a text file is in, decided over all of its bytes, and the file as UTF-8 in pieces."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kamtools.errors import KamError

CHUNK = 16 << 20  # bytes read at once
_SAMPLE = 1 << 20  # bytes in which characters are counted
_COMMON = 0.2  # of the hanzi of a text in the right encoding, more than this part are common ones
# The most frequent characters of running text and of headers; those of Taiwan and Hong Kong beside them.
_HANZI = {
    "gb18030": frozenset(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法"
        "所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开合还因由其前外天四日那事"
        "平形相全表间样与关各重新线内数正心明看原利比质第向道变条只没结解问建月公无系情者最立代已通并提直程五果料员位入常文总次"
        "品式设及管特件长求基资路级少图统接计别期区西先取南色保北百口东金收单安名称编号码客户票据额价税折扣销售类备注仓库门店经"
        "理员省市县股份有限司集团商贸连锁超贸易科技食药医器材服装贷借余款账付回甲乙丙丁张王李赵陈"
    ),
    "big5hkscs": frozenset(
        "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法"
        "所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開合還因由其前外天四日那事"
        "平形相全表間樣與關各重新線內數正心明看原利比質第向道變條只沒結解問建月公無系情者最立代已通並提直程五果料員位入常文總次"
        "品式設及管特件長求基資路級少圖統接計別期區西先取南色保北百口東金收單安名稱編號碼客戶票據額價稅折扣銷售類備註倉庫門店經"
        "理員省市縣股份有限司集團商貿連鎖超貿易科技食藥醫器材服裝貸借餘款賬帳付回甲乙丙丁張王李趙陳"
    ),
}


class Encoding(NamedTuple):
    """How a file is written, and up to three of its lines, where that is not plain UTF-8."""

    name: str
    samples: list[str]


def find_encoding(path: Path, wanted: str | None = None) -> Encoding:
    """Return the encoding of a text file: UTF-8, UTF-16 (with BOM or not), gb18030, Big5, cp1252, in this order.

    The whole file must be readable in it. Between gb18030 and Big5, which take each
    other's bytes, the one in which more of the hanzi are common ones is right; where
    neither has them, bytes that hardly use the area of GB2312 are cp1252.

    Raises
    ------
    UnicodeDecodeError, LookupError, KamError
        Where nothing fits; where the encoding has no such name; where NUL bytes stand in it.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if wanted is not None:
        names = [codecs.lookup(wanted).name]
    else:
        names = _candidates(head)
    first: UnicodeDecodeError | None = None
    for name in names:
        try:
            for _ in _texts(path, name):
                pass
        except UnicodeDecodeError as error:
            first = first or error
            continue
        start = next(_texts(path, name), "")
        return Encoding(name, [] if name == "utf-8" else samples(start[:_SAMPLE]))
    assert first is not None  # a file without bytes is UTF-8
    raise first


def decode(data: bytes, wanted: str | None = None) -> tuple[str, str]:
    """Return bytes as text, and the encoding, chosen as :func:`find_encoding` does.

    Examples
    --------
    >>> decode("客户,金额".encode("gb18030")), decode("發票號碼,客戶編號".encode("big5"))
    (('客户,金额', 'gb18030'), ('發票號碼,客戶編號', 'big5hkscs'))
    >>> decode("Café Münster".encode("cp1252"))[1]
    'cp1252'
    """
    names = [codecs.lookup(wanted).name] if wanted else _candidates(data[:_SAMPLE])
    for name in names:
        try:
            return data.decode("utf-8-sig" if name == "utf-8" else name).removeprefix("\ufeff"), name
        except UnicodeDecodeError:
            if name == names[-1]:
                raise
    raise AssertionError("there is always a candidate")


def _candidates(head: bytes) -> list[str]:
    wide = utf16(head)
    if wide is not None:
        return [wide]
    if head.isascii():
        return ["utf-8", "cp1252"]
    hits = {name: _share(head, name) for name in _HANZI}
    best = max(hits, key=lambda name: hits[name])  # the first, gb18030, where they are equal
    if hits[best] >= _COMMON:
        return ["utf-8", best, *(n for n in hits if n != best and hits[n] >= 0), "cp1252"]
    return ["utf-8", *(["gb18030"] if _likely_chinese(head) else []), "cp1252"]


def utf16(head: bytes) -> str | None:
    """Return which UTF-16 a text begins in, by its BOM or because every second byte of what is ASCII is zero.

    Examples
    --------
    >>> utf16("客户,金额\\n甲,15".encode("utf-16-le")), utf16(b"F1,5"), utf16(b"F1\\0\\0\\0\\0,5")
    ('utf-16-le', None, None)
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = (head[i::2].count(0) for i in (0, 1))
    for name, none, many in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if many * 20 > len(head) and none * 50 < many:  # one character of ten is ASCII
            return name
    return None


def _share(head: bytes, name: str) -> float:
    """Return which part of the hanzi are common ones, -1 where the bytes do not fit."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return -1
    hanzi = [c for c in text if c > "\u2e7f"]
    return sum(c in _HANZI[name] for c in hanzi) / len(hanzi) if hanzi else 0


def _likely_chinese(data: bytes) -> bool:
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", data)
    common = sum(1 for p in pairs if p[0] >= 0xA1 and p[1] >= 0xA1)
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return True
    return common * 2 > len(pairs)


def samples(text: str) -> list[str]:
    """Return the first three different lines that are not ASCII.

    Examples
    --------
    >>> samples("a\\n客户\\n客户\\né\\n")
    ['客户', 'é']
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        if not line.isascii():
            found.setdefault(line.strip()[:60])
        if len(found) == 3:
            break
    return list(found)


def _texts(path: Path, name: str) -> Iterator[str]:
    """Give a file's text in pieces, without a BOM in front."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
    given = 0
    with path.open("rb") as stream:
        while True:
            data = stream.read(CHUNK)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                before = _line(path, name, given)
                error.line = before + error.object[: error.start].count(b"\n")  # type: ignore[attr-defined]
                raise
            if "\x00" in text:
                row = _line(path, name, given) + text[: text.index("\x00")].count("\n")
                raise KamError("importing.nul_bytes", file=path.name, row=row)
            if text:
                yield text if given else text.removeprefix("\ufeff")
                given += 1
            if not data:
                return


def _line(path: Path, name: str, pieces: int) -> int:
    """Return the line that begins behind the first pieces of a text: counted where something is wrong alone."""
    return 1 + sum(text.count("\n") for text in itertools.islice(_texts(path, name), pieces))


def chunks(path: Path, name: str) -> Iterator[bytes]:
    """Give a file's text as UTF-8 in pieces, without a BOM in front."""
    if name != "utf-8":
        for text in _texts(path, name):
            yield text.encode()
        return
    with path.open("rb") as stream:  # known to be right: no need to decode again
        data = stream.read(CHUNK).removeprefix(codecs.BOM_UTF8)
        while data:
            yield data
            data = stream.read(CHUNK)
