"""The portal: one page over all accounts, and one for each owner. Self-contained; works from ``file://``."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from kamtools.fleet.pages import HTML_LANGUAGES, TEMPLATES, font_characters, needs_font
from kamtools.fleet.summary import PortfolioSummary
from kamtools.words import say

ALARMS_OPEN = 8
ALARMS_LISTED = 200
# Columns of the table: id, kind (class of its cells), how a value is written.
COLUMNS = (
    ("name", "name", "text"),
    ("account", "id", "text"),
    ("segment", "text", "text"),
    ("owner", "text", "text"),
    ("sales", "num", "money"),
    ("share", "num", "percent"),
    ("abc", "text", "text"),
    ("contribution", "num", "money"),
    ("margin", "num", "percent"),
    ("growth", "num", "growth"),
    ("quadrant", "text", "text"),
    ("score", "num", "score"),
    ("alarms", "num", "text"),
    ("status", "status-cell", "text"),
)
_HEADS = {"alarms": "alarm_column"}


@dataclass(frozen=True)
class BookLink:
    """What a run knows of one account: its status (done, kept, failed), seconds, error, folder of its book."""

    account: str
    name: str
    status: str
    slug: str
    seconds: float | None = None
    error: str = ""


@dataclass(frozen=True)
class PortalRun:
    """What the portal says of the run."""

    command: str
    verify_command: str
    date: str = ""  # as the language writes it
    seconds: float = 0.0
    books: tuple[BookLink, ...] = ()


def portal_html(summary: PortfolioSummary, run: PortalRun) -> str:
    """Return ``index.html``.

    Parameters
    ----------
    summary : PortfolioSummary
    run : PortalRun

    Notes
    -----
    Stable places for tests and scripts: ``#search``, ``select[data-filter]``
    (``segment``, ``owner``, ``quadrant``, ``abc``, ``show``), ``#clear``,
    ``th[data-key]`` with ``aria-sort`` and a button, ``tr[data-account]``,
    ``a.book``, ``a.owner``, ``#count``, ``#previous``, ``#next``, ``#alarms``,
    ``#run``, ``#as-of``, ``#data-hash``, ``#command``; ``html[data-ready]`` when
    the table is drawn.
    """
    owners = {o: f"owners/{_slug(o)}.html" for o in summary.owners}
    return _page(summary, run, root="", owners=owners, owner=None)


def owner_html(summary: PortfolioSummary, run: PortalRun, owner: str) -> str:
    """Return the page of one owner, ``owners/<slug>.html``: the portal with only this owner's accounts."""
    return _page(summary.of_owner(owner), run, root="../", owners={}, owner=owner)


def _slug(id: str) -> str:
    from kamtools.workspace.ids import slug

    return slug(id)


def _page(
    summary: PortfolioSummary,
    run: PortalRun,
    root: str,
    owners: Mapping[str, str],
    owner: str | None,
) -> str:
    from kamtools.fleet.svg import matrix_svg, pareto_svg
    from kamtools.show.context import Context
    from kamtools.show.fonts import font_css
    from kamtools.show.numbers import money, number

    lang = summary.lang
    context = Context(lang, {}, summary.currency, fictional=summary.fictional)
    shown = {r.account for r in summary.rows}
    books = {b.account: b for b in run.books if b.account in shown}
    links = {b.account: f"{root}accounts/{b.slug}/book.html" for b in books.values() if b.status != "failed"}
    quadrants = dict(summary.quadrants)
    titles = {
        r.account: say(
            "fleet.bubble",
            lang,
            name=r.name,
            sales=money(r.sales, context),
            attractiveness=number(r.attractiveness, context, 1),
            strength=number(r.strength, context, 1),
            quadrant=quadrants.get(r.quadrant, "—"),
        )
        for r in summary.rows
        if r.attractiveness is not None
    }
    w = _words(lang)
    charts = _charts(summary, context, w, matrix_svg(summary, links, w, titles), pareto_svg)
    alarms = _alarms(summary, links)
    heading = say("fleet.owner_heading", lang, owner=owner) if owner else w["portal_heading"]
    script = (TEMPLATES / "portal.js").read_text("utf-8")
    data = _data(summary, books, links, owners)
    failed = sum(b.status == "failed" for b in books.values())
    html = _template().render(
        html_lang=HTML_LANGUAGES[lang],
        title=say("fleet.portal_title", lang, company=summary.company) if not owner else heading,
        heading=heading,
        up="../index.html" if owner else "",
        company=summary.company,
        as_of=say("fleet.as_of", lang, date=summary.as_of),
        period=say("fleet.period", lang, period=summary.period),
        fictional=summary.fictional,
        doubts=summary.doubts,
        tiles=_tiles(summary, context, books, owner),
        charts=charts,
        alarms=alarms[:ALARMS_LISTED],
        alarms_open=ALARMS_OPEN,
        more_alarms=max(len(alarms) - ALARMS_LISTED, 0),
        more_label=say("fleet.more", lang, n=min(len(alarms), ALARMS_LISTED) - ALARMS_OPEN),
        more_note=say("fleet.more_left_out", lang, n=len(alarms) - ALARMS_LISTED)
        if len(alarms) > ALARMS_LISTED
        else "",
        filters=_filters(summary, quadrants, w, bool(owner)),
        columns=[{"id": c, "kind": k, "label": w[_HEADS.get(c, c)]} for c, k, _ in _columns(summary, books)],
        books=[{"href": links[a], "name": books[a].name} for a in links],
        owners=_owners(summary, owners, context),
        status=_status(books, context, w),
        run_line=say(
            "fleet.run_line",
            lang,
            date=run.date,
            done=len(books) - failed,
            failed=failed,
            seconds=number(run.seconds, context, 1),
        ),
        failed=failed,
        conventions=summary.conventions,
        after_as_of=say("fleet.after_as_of", lang, n=number(summary.after_as_of, context))
        if summary.after_as_of
        else "",
        command=run.command,
        verify_command=run.verify_command,
        data_hash=summary.data_hash,
        data=_json(data),
        script=_raw(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        css=_raw(_css()),
        w=SimpleNamespace(**w),  # not a mapping: "clear" is a word, not a method
    )
    if needs_font(html):  # the words inside the data too, which a script puts on the page
        visible = font_characters(html + json.dumps(data, ensure_ascii=False))
        html = html.replace("<style>", f"<style>\n{font_css(visible)}", 1)
    return html


@functools.cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("portal.html.j2")


def _raw(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _css() -> str:
    return "".join((TEMPLATES / name).read_text("utf-8") for name in ("base.css", "portal.css"))


def _json(data: object) -> Any:
    """Return JSON that can stand in a script element: no character in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return _raw(text)


_WORDS = """skip back fictional portal_heading alarms accounts search every clear pages previous next no_script
owners run_status run_details account name status seconds error conventions colon made_by verify_by data_hash
segment owner sales share abc contribution margin growth quadrant score alarm_column key_account odds
status_done status_kept status_failed matrix pareto attractiveness strength""".split()


def _words(lang: str) -> dict[str, str]:
    return {w: say("fleet.word", lang, w) for w in _WORDS}


def _tiles(
    summary: PortfolioSummary, context: Any, books: Mapping[str, BookLink], owner: str | None
) -> list[dict[str, Any]]:
    from kamtools.show.numbers import money, number, percent

    lang = summary.lang

    def tile(id: str, label: str, value: str, note: str = "", warn: bool = False) -> dict[str, Any]:
        return {"id": id, "label": say("fleet.word", lang, label), "value": value, "note": note, "warn": warn}

    active = sum(bool(r.sales) for r in summary.rows)
    whole = sum(r.share for r in summary.rows if r.share is not None)
    note = say("fleet.company_share_note", lang, share=percent(whole, context)) if owner else ""
    tiles = [tile("sales", "sales", money(summary.sales, context), note)]
    if summary.contribution is not None:
        rate = summary.contribution / summary.sales if summary.sales and summary.sales > 0 else None
        note = say("fleet.margin_note", lang, share=percent(rate, context)) if rate is not None else ""
        tiles.append(tile("contribution", "contribution", money(summary.contribution, context), note))
    note = say("fleet.accounts_note", lang, active=number(active, context))
    tiles.append(tile("accounts", "accounts", number(len(summary.rows), context), note))
    if summary.accounts_for_80 and not owner:
        hhi = say("fleet.hhi_note", lang, hhi=number(summary.hhi, context)) if summary.hhi else ""
        value = say("fleet.make_80_value", lang, n=number(summary.accounts_for_80, context))
        tiles.append(tile("make-80", "make_80", value, hhi))
    keys = [r for r in summary.rows if r.key]
    share = sum(r.share for r in keys if r.share is not None)
    note = say("fleet.company_share_note", lang, share=percent(share, context)) if keys else ""
    tiles.append(tile("key", "key_accounts", number(len(keys), context), note))
    hit = len({a.account for a in summary.alarms})
    note = say("fleet.alarms_note", lang, n=number(hit, context)) if hit else ""
    tiles.append(tile("alarms", "alarms", number(len(summary.alarms), context), note, bool(hit)))
    if books:
        failed = sum(b.status == "failed" for b in books.values())
        note = say("fleet.books_failed", lang, n=failed) if failed else say("fleet.books_note", lang)
        tiles.append(tile("books", "books", number(len(books) - failed, context), note, bool(failed)))
    return tiles


def _charts(
    summary: PortfolioSummary, context: Any, w: Mapping[str, str], matrix: str, pareto: Any
) -> list[dict[str, Any]]:
    from kamtools.fleet.svg import matrix_rows
    from kamtools.show.numbers import number

    lang = summary.lang
    graded = sum(r.attractiveness is not None and r.strength is not None for r in summary.rows)
    drawn = len(matrix_rows(summary))
    note = ""
    if not graded:
        note = say("fleet.matrix_none", lang)
    elif drawn < graded:
        note = say("fleet.matrix_some", lang, shown=number(drawn, context), all=number(graded, context))
    elif graded < len(summary.rows):
        note = say("fleet.matrix_ungraded", lang, n=number(len(summary.rows) - graded, context))
    callout = (
        say("fleet.callout", lang, n=number(summary.accounts_for_80, context))
        if summary.accounts_for_80
        else ""
    )
    words = {
        "accounts": say("fleet.pareto_accounts", lang),
        "share": say("fleet.pareto_share", lang),
        "pareto": w["pareto"],
        "callout": callout,
    }
    return [
        {
            "id": "matrix",
            "title": w["matrix"],
            "lead": say("fleet.matrix_lead", lang) if graded else "",
            "svg": _raw(matrix) if graded else "",
            "note": note,
        },
        {
            "id": "pareto",
            "title": w["pareto"],
            "lead": say("fleet.pareto_lead", lang),
            "svg": _raw(pareto(summary, words)),
            "note": "",
        },
    ]


def _alarms(summary: PortfolioSummary, links: Mapping[str, str]) -> list[dict[str, Any]]:
    names = {r.account: r for r in summary.rows}
    found = [a for a in summary.alarms if a.account in names]
    found.sort(key=lambda a: (-a.severity, -(names[a.account].sales or 0), a.account, a.kind))
    return [
        {
            "account": a.account,
            "name": names[a.account].name,
            "text": a.text,
            "advice": a.advice,
            "severity": a.severity,
            "href": links.get(a.account, ""),
        }
        for a in found
    ]


def _filters(
    summary: PortfolioSummary, quadrants: Mapping[str, str], w: Mapping[str, str], one_owner: bool
) -> list[dict[str, Any]]:
    lang, rows = summary.lang, summary.rows
    choices: list[tuple[str, Sequence[tuple[str, str]]]] = [
        ("segment", [(s, s) for s in sorted({r.segment for r in rows if r.segment})]),
        ("owner", [] if one_owner else [(o, o) for o in summary.owners]),
        ("quadrant", [(q, name) for q, name in quadrants.items() if any(r.quadrant == q for r in rows)]),
        ("abc", [(c, c) for c in sorted({r.abc for r in rows if r.abc})]),
        ("show", [(s, say("fleet.show", lang, s)) for s in ("key", "book", "alarm")]),
    ]
    return [
        {"id": id, "label": say("fleet.filter", lang, id), "options": options}
        for id, options in choices
        if options
    ]


def _owners(summary: PortfolioSummary, owners: Mapping[str, str], context: Any) -> list[dict[str, str]]:
    from kamtools.show.numbers import money, number

    made = []
    for owner, href in owners.items():
        own = summary.of_owner(owner)
        note = say(
            "fleet.owner_note",
            summary.lang,
            n=number(len(own.rows), context),
            sales=money(own.sales, context),
        )
        made.append({"name": owner, "href": href, "note": note})
    return made


def _status(books: Mapping[str, BookLink], context: Any, w: Mapping[str, str]) -> list[dict[str, str]]:
    from kamtools.show.numbers import number

    rank = {"failed": 0, "done": 1, "kept": 2}
    return [
        {
            "account": b.account,
            "name": b.name,
            "status": b.status,
            "label": w[f"status_{b.status}"],
            "seconds": number(b.seconds, context, 1),
            "error": b.error,
        }
        for b in sorted(books.values(), key=lambda b: (rank[b.status], b.account))
    ]


def _columns(summary: PortfolioSummary, books: Mapping[str, BookLink]) -> list[tuple[str, str, str]]:
    """Return the columns that say something of any account: an empty one is left out."""
    filled = {"name", "account", "sales"}
    filled |= {"alarms"} if summary.alarms else set()
    filled |= {"status"} if books else set()
    others = [c for c, _, _ in COLUMNS if c not in ("alarms", "status")]
    filled |= {c for c in others if any(getattr(r, c) not in (None, "") for r in summary.rows)}
    return [column for column in COLUMNS if column[0] in filled]


def _data(
    summary: PortfolioSummary,
    books: Mapping[str, BookLink],
    links: Mapping[str, str],
    owners: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the page's script reads: short rows, the words and how numbers are written."""
    fields = [c for c, _, _ in COLUMNS] + ["key", "probability", "href"]
    alarms = Counter(a.account for a in summary.alarms)
    rows = []
    for r in summary.rows:
        status = books[r.account].status if r.account in books else ""
        extra = {
            "alarms": alarms.get(r.account, 0) or None,
            "status": status,
            "href": links.get(r.account, ""),
            "key": int(r.key),
        }
        rows.append([extra[f] if f in extra else getattr(r, f) for f in fields])
    words = ("count", "page", "key_account", "odds", "status_done", "status_kept", "status_failed")
    return {
        "locale": {"zh": "zh-CN", "en": "en-US"}[summary.lang],
        "currency": summary.currency,
        "columns": [{"id": c, "kind": k, "format": f} for c, k, f in _columns(summary, books)],
        "fields": fields,
        "sort": "sales",
        "rows": rows,
        "quadrants": dict(summary.quadrants),
        "owners": dict(owners),
        "words": {key: _template_words(key, summary.lang) for key in words},
    }


def _template_words(key: str, lang: str) -> str:
    """Return a message with its placeholders left open, for the script to fill."""
    from kamtools.words import message

    return message("fleet.word", key)[lang]
