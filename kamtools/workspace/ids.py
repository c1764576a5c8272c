"""File names from ids: safe on every system, and reversible."""

from __future__ import annotations

import hashlib
import re

_LIMIT = 120  # characters of a slug; longer ids are cut and carry a hash
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+|^-+")
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])")
_LETTER = re.compile(r"[A-Za-z]")


def slug(id: str) -> str:
    """Return the file name (without ending) of an id.

    Only ``A-Z a-z 0-9 _ - = ~`` come out, so a slug never leaves its folder and
    needs no quoting. Everything else is written as ``=<hex of UTF-8>=``. Where
    the id has small letters, their case stands after ``~``, so that two ids
    that differ only in case have two files on Windows and macOS also. Names
    that Windows reserves are escaped. An id whose slug would be longer than
    120 characters is cut and ends in ``~~<hash>``.

    Raises
    ------
    ValueError
        Where the id is empty.

    Examples
    --------
    >>> slug("00123"), slug("Kan-code"), slug("../../x"), slug("CON")
    ('00123', 'Kan-code~40', '=2e2e2f2e2e2f=x~0', '=43=ON')
    >>> slug("甲")
    '=e794b2='
    """
    if not id:
        raise ValueError("id: an empty text has no file name")
    text = _UNSAFE.sub(lambda m: _escape(m[0]), id)
    letters = _LETTER.findall(_UNSAFE.sub("", id))
    if any(c.islower() for c in letters):
        text += f"~{_case(letters):x}"
    elif _RESERVED.fullmatch(text):
        text = _escape(text[0]) + text[1:]
    if len(text) > _LIMIT:
        digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        text = f"{text[: _LIMIT - 34]}~~{digest}"
    return text


def _escape(text: str) -> str:
    return f"={text.encode('utf-8', 'surrogatepass').hex()}="


def _case(letters: list[str]) -> int:
    """Return one bit per letter, the first letter highest; 1 means a capital."""
    return int("".join("1" if c.isupper() else "0" for c in letters), 2)
