"""A password never stands in a message, wherever it stood in what was given."""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "***"
# user:password@host, with a scheme (then up to the last @ of the line: a password may hold blanks, / and @) or without
_USER_INFO = re.compile(r"([A-Za-z][\w+.-]+:/+[^\s:/@]*):[^\n]*@|([^\s:/@]+):[^\s:/][^\s]*@")
_PAIR = re.compile(r"([?&]?)([^\s?&;=]+)(\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s&;'\"]+)")
_NO_PORT = re.compile(
    r"([A-Za-z][\w+.-]+:/+[^\s/]*?):(?!\d+(?:[/?\s]|$)|\*)[^\s/?]+"
)  # a password in its place
HARMLESS = ("host", "port", "dbname", "user", "service", "sslmode")  # of an address's query
_SECRET = re.compile(r"(?i)pass|pwd|secret|token")


def without_passwords(text: str) -> str:
    """Return a text without the passwords of the addresses and connection strings in it.

    Examples
    --------
    >>> without_passwords("no folder postgresql:/kam:p@ss w/rd@host/db")
    'no folder postgresql:/kam:***@host/db'
    >>> without_passwords("postgresql://host/db?user=kam&p%61ssword=x%40y&sslmode=require")
    'postgresql://host/db?user=kam&p%61ssword=***&sslmode=require'
    >>> without_passwords("Mail: li@firm.cn, row 3, column = 5")
    'Mail: li@firm.cn, row 3, column = 5'
    """
    if "@" in text:
        text = _USER_INFO.sub(lambda m: f"{m[1] or m[2]}:{HIDDEN}@", text)
    if ":/" in text:
        text = _NO_PORT.sub(rf"\1:{HIDDEN}", text)
    if "=" in text:
        text = _PAIR.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{HIDDEN}" if _hidden(m) else m[0], text)
    return text


def _hidden(pair: re.Match[str]) -> bool:
    """Tell whether a pair's value is hidden: of an address all but the harmless ones, as keys are misspelt too."""
    key = unquote(pair[2])
    return key not in HARMLESS if pair[1] else bool(_SECRET.search(key))


def passwords(address: str) -> set[str]:
    """Return what of an address is or may be a part of a password, as written and decoded.

    Examples
    --------
    >>> sorted(passwords("postgresql://kam:a%2Fb@c@host/db?password=d"))
    ['a', 'a%2Fb', 'a%2Fb@c', 'a/b@c', 'b', 'c', 'd']
    """
    found = {m[4].strip("'\"") for m in _PAIR.finditer(address) if _hidden(m)}
    user_info, at, _ = address.partition("://")[2].rpartition("@")
    if at and ":" in user_info:
        found.add(user_info.partition(":")[2])
    found |= {unquote(secret) for secret in found}
    found |= {piece for secret in found for piece in re.split(r"[@/?#:&\s]", secret)}
    return found - {""}
