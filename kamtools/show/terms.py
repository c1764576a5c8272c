"""What the course's forms call things: forms, fields, choices; and what people wrote, as a view shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kamtools.show.context import Context, in_language, one_line
from kamtools.show.numbers import is_missing, number
from kamtools.words import has_message

MISSING_LAST = ("meaning", "action")  # fields that every form has under one name


def choice(context: Context, kind: str, value: object) -> str:
    """Return what a choice of a form is called; what is no choice of ours as it was written.

    Examples
    --------
    >>> choice(Context("en"), "swot", "threat"), choice(Context("en"), "swot", "luck")
    ('Threat', 'luck')
    """
    known = has_message("course.choice", kind, value)
    return context.say("course.choice", kind, value) if known else said(value, context, 40)


def form_name(context: Context, form: str) -> str:
    """Return a form's title; its id where it is none of ours.

    Examples
    --------
    >>> form_name(Context("en"), "three_moves")
    'Demand and supply: the three moves'
    """
    return context.say("course", form) if has_message("course", form) else one_line(form, 40)


def field_name(context: Context, field: str, whole: bool = False) -> str:
    """Return a field's label.

    Parameters
    ----------
    context : Context
    field : str
        ``form.field``, or ``form.field.column``.
    whole : bool
        Put the form's title before it.

    Examples
    --------
    >>> field_name(Context("en"), "profile.outlets"), field_name(Context("en"), "swot.meaning")
    ('Stores or outlets', 'What it means for us')
    """
    form, _, rest = field.partition(".")
    if has_message("course", field):
        label = context.say("course", field)
    else:
        label = context.say("course.common", rest) if rest in MISSING_LAST else one_line(field, 40)
    return context.say("dossier.field_of", form=form_name(context, form), field=label) if whole else label


def said(text: object, context: Context, width: int | None = None) -> str:
    """Return what people wrote: the reader's side, on one line, cut; "" where nothing is written."""
    return "" if is_missing(text) else one_line(in_language(text, context.lang), width)


def quoted(words: Iterable[str], context: Context, most: int = 4) -> str:
    """Return words in quotation marks as a list, and how many more there are."""
    every = list(words)
    line = context.say("show.comma").join(context.say("dossier.quoted", words=w) for w in every[:most])
    if len(every) > most:
        line += context.say("show.and_more", n=number(len(every) - most, context))
    return line


def listed(words: Iterable[str], context: Context, most: int = 4) -> str:
    """Return words as a list, and how many more there are."""
    every = list(words)
    line = context.say("show.comma").join(every[:most])
    if len(every) > most:
        line += context.say("show.and_more", n=number(len(every) - most, context))
    return line


def company(context: Context, key: object, names: Mapping[str, str] | None = None) -> str:
    """Return what a company of the competitors' form is called: the account, a rival's name, or "Competitor 1".

    Parameters
    ----------
    key : str
        A column of the profile: ``account``, an account's id, ``rival_1`` …, or a name.
    names : mapping, optional
        ``rival_1`` … to the names that were written.
    """
    key = str(key)
    if names and not is_missing(names.get(key)) and str(names[key]).strip():
        return said(names[key], context)
    if context.account is not None and key in ("account", context.account):
        return one_line(context.name(context.account))
    return choice(context, "rival", key)


def no_result(context: Context, view: str, *forms: str) -> str:
    """Return why a view has nothing to show, and which form to fill."""
    return context.say("dossier.none", view, forms=quoted((form_name(context, f) for f in forms), context))


def rows_at(table: Any, places: Iterable[Any], column: str, context: Context, width: int = 30) -> list[str]:
    """Return what stands in a column of some rows, as people wrote it."""
    return [said(table.loc[i, column], context, width) or context.say("dossier.unnamed") for i in places]
