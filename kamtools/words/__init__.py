"""Words for people, in Chinese and English, from one table.

The table is ``messages/*.toml``, one file per room; both languages of a
message stand on adjacent lines::

    [unknown_account]
    zh = "没有这个客户:{account}。可用的客户:{allowed}。"
    en = "There is no account {account}. Allowed: {allowed}."

The key of a message is ``<file>.<table>``, here ``workspace.unknown_account``. Words for a set of ids (the lines
of a P&L, the roles) are a *family*: tables of one name with the ids behind it (``["line.net_sales"]`` in
``money.toml``), asked by ``say("money.line", lang, id)``. A key is written whole in the code, never put together,
so that ``tools/words_check.py`` finds every message that nobody uses and every key that is not there.
The words of the course stand with its items (:mod:`kamtools.declared`) and are the family ``course``.
Placeholders are ``str.format`` fields filled with plain text; values are never
evaluated as a format themselves. In a command that a person copies, a value is
one word of the shell: ``kam undo {workspace:sh}``.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import locale
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kamtools import declared

LANGUAGES = ("zh", "en")
COURSE = "course"
_FOLDER = Path(__file__).parent / "messages"
_language: contextvars.ContextVar[str | None] = contextvars.ContextVar("kam_language", default=None)


@functools.cache
def _room(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return the messages of one file by name, of ``course`` those of its items; none where there is no such file."""
    if name == COURSE:
        return declared.words()
    path = _FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def messages() -> Mapping[str, Mapping[str, str]]:
    """Return every message by key: ``{key: {"zh": …, "en": …}}``; :func:`message` reads only the file it needs."""
    rooms = sorted([COURSE, *(path.stem for path in _FOLDER.glob("*.toml"))])
    return {f"{room}.{name}": entry for room in rooms for name, entry in _room(room).items()}


def message(key: str, /, *ids: object) -> Mapping[str, str]:
    """Return a message, or a family's words for ids, in both languages, its placeholders unfilled.

    Raises
    ------
    KeyError
        Where the key is not in the table.
    """
    room, name = _split(key, ids)
    try:
        return _room(room)[name]
    except KeyError:
        raise KeyError(f"{room}.{name}") from None


def _split(key: str, ids: tuple[object, ...]) -> tuple[str, str]:
    room, _, name = key.partition(".")
    return room, ".".join(filter(None, (name, *map(str, ids))))


def current_language() -> str:
    """Return the language to speak: as set, else ``KAM_LANG``, else the system's, else English."""
    chosen = _language.get() or os.environ.get("KAM_LANG")
    if chosen in LANGUAGES:
        return chosen
    system = locale.getlocale()[0] or os.environ.get("LANG", "")
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"


def set_language(lang: str) -> None:
    """Speak `lang` from now on in this context."""
    _language.set(check_language(lang))


@contextlib.contextmanager
def language(lang: str) -> Iterator[None]:
    """Speak `lang` inside a ``with`` block."""
    token = _language.set(check_language(lang))
    try:
        yield
    finally:
        _language.reset(token)


def check_language(lang: str) -> str:
    """Return `lang` or raise ``KamError`` where it is neither ``zh`` nor ``en``."""
    if lang not in LANGUAGES:
        from kamtools.errors import KamError

        raise KamError("words.unknown_language", lang=lang, allowed=", ".join(LANGUAGES))
    return lang


def say(key: str, lang: str | None = None, /, *ids: object, **params: object) -> str:
    """Return the message `key`, or what a family calls an id, in `lang`, with its placeholders filled.

    Parameters
    ----------
    key : str
        ``<file>.<name>``, for example ``"words.unknown_language"``, or a family of words.
    lang : {"zh", "en"}, optional
        Default: the current language.
    *ids
        Which of the family.
    **params
        Values for the placeholders; converted with ``str``.

    Raises
    ------
    KeyError
        Where the key is not in the table or a placeholder has no value: a
        fault of the program, never of the person.

    Examples
    --------
    >>> say("words.unknown_language", "en", lang="fr", allowed="zh, en")
    'There is no language "fr". Allowed: zh, en.'
    >>> say("money.line", "en", "economic_profit")
    'Economic profit'
    """
    return message(key, *ids)[lang or current_language()].format_map(
        {k: _Value(v) for k, v in params.items()}
    )


class _Value(str):
    """A value of a message; with ``:sh`` after its name it stands there as one word of a shell's command."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return shell([self]) if spec == "sh" else super().__format__(spec)


def shell(words: Iterable[object]) -> str:
    """Return words as one line for this system's shell: every command that people are shown is made by it.

    Examples
    --------
    >>> shell(["kam", "run", "A 1"]).replace('"', "'")
    "kam run 'A 1'"
    """
    texts = [str(word) for word in words]
    if os.name == "nt":
        import subprocess

        return subprocess.list2cmdline(texts)
    import shlex

    return shlex.join(texts)


def has_message(key: str, /, *ids: object) -> bool:
    """Tell whether the table has `key`, or a family words for an id."""
    room, name = _split(key, ids)
    return name in _room(room)
