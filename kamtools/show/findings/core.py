"""A finding, a list of them, and how they are collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kamtools.show.context import Context, escape, escape_markdown, one_line
from kamtools.show.numbers import number, percent

NAMED = 3
Key = str | tuple[str, ...]  # of a message, or of a family of words with ids


@dataclass(frozen=True)
class Finding:
    """A sentence, and what to do (empty where there is nothing to do)."""

    text: str
    action: str = ""


@dataclass(frozen=True)
class Findings:
    """A short list of findings; shows itself as a list in a notebook, as text elsewhere."""

    items: tuple[Finding, ...]
    lang: str

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def lines(self) -> list[str]:
        """Return the findings as plain text, an action after its sentence."""
        return [f"{i.text} {_arrow(i.action)}".rstrip() for i in self.items]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        rows = []
        for item in self.items:
            action = f'<br><b class="kam-action">→ {escape(item.action)}</b>' if item.action else ""
            rows.append(f"<li>{escape(item.text)}{action}</li>")
        return (
            f'<ul class="kam-findings mathjax_ignore tex2jax_ignore" lang="{self.lang}">'
            + "".join(rows)
            + "</ul>"
        )

    def _repr_markdown_(self) -> str:
        rows = []
        for item in self.items:
            action = f" **→ {escape_markdown(item.action)}**" if item.action else ""
            rows.append(f"- {escape_markdown(item.text)}{action}")
        return "\n".join(rows)


def _arrow(action: str) -> str:
    return f"→ {action}" if action else ""


class Writer:
    """Collects findings in the reader's language.

    Parameters
    ----------
    context : Context
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.items: list[Finding] = []

    def add(self, key: Key, do: Key = "", **params: object) -> None:
        """Add a sentence and, where `do` is given, what to do."""
        said, action = (
            self.context.say(*((k,) if isinstance(k, str) else k), **params) if k else "" for k in (key, do)
        )
        self.items.append(Finding(said, action))

    def done(self) -> Findings:
        """Return what was collected; where there is nothing, a sentence that says so."""
        if not self.items:
            self.items.append(Finding(self.context.say("show.find_nothing")))
        return Findings(tuple(self.items), self.context.lang)

    def name(self, account: object) -> str:
        """Return an account's name, cut."""
        return one_line(self.context.name(str(account)), 40)

    def names(self, accounts: Iterable[object], most: int = NAMED) -> str:
        """Return the first names, and how many more there are."""
        every = list(accounts)
        words = self.context.say("show.comma").join(self.name(a) for a in every[:most])
        if len(every) > most:
            more = number(len(every) - most, self.context)
            words += self.context.say("show.and_more", n=more)
        return words

    def count(self, value: Any) -> str:
        """Return a whole number."""
        return number(value, self.context)

    def part(self, value: Any, digits: int = 0, sign: bool = False) -> str:
        """Return a fraction as per cent."""
        return percent(value, self.context, digits, sign)
