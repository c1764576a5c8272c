"""What is said of a dossier: completeness, SWOT, rivals, intelligence, the three moves, where resources go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kamtools.show.context import Context
from kamtools.show.findings.core import Finding, Findings, Writer
from kamtools.show.frames import records, row_of
from kamtools.show.numbers import is_missing, money, number, percent
from kamtools.show.terms import (
    choice,
    company,
    field_name,
    form_name,
    listed,
    no_result,
    quoted,
    rows_at,
    said,
)

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.identification import (
        CompetitiveProfile,
        DemandSupplyFit,
        IntelligenceLog,
        PlanCompleteness,
        Swot,
    )

AVERAGE = 2.5
ABOVE, BELOW = 1.2, 0.8  # an index from the one: more resources than contribution; up to the other: less
LONG = 44  # cells of what people wrote, inside a sentence


def unknown(context: Context, view: str, *forms: str) -> Findings:
    """Return the one finding of a view without a result: what is missing, and which form to fill."""
    words = quoted((form_name(context, f) for f in forms), context)
    action = (
        context.say("dossier.find_do_fill", forms=words) if forms else context.say("dossier.find_do_import")
    )
    return Findings((Finding(no_result(context, view, *forms), action),), context.lang)


def completeness(result: PlanCompleteness | None, context: Context) -> Findings:
    """Say how complete the dossier is, what is missing first, what has grown old, what to do this week."""
    if result is None:
        return unknown(context, "completeness", "profile")
    w = Writer(context)
    required = int(str(result.conventions["required"]))
    filled = required - len(result.missing)
    w.add("dossier.find_complete", share=w.part(result.share), filled=w.count(filled), n=w.count(required))
    meanings = [f for f in result.missing if f.rpartition(".")[2] == "meaning"]
    others = [f for f in result.missing if f not in meanings]
    if meanings:
        forms = quoted((form_name(context, f.partition(".")[0]) for f in meanings), context, 3)
        w.add(
            "dossier.find_meaning_missing",
            "dossier.find_do_meaning_missing",
            n=w.count(len(meanings)),
            forms=forms,
        )
    if others:
        fields = quoted((field_name(context, f, whole=True) for f in others), context, 3)
        w.add("dossier.find_fields_missing", n=w.count(len(others)), fields=fields)
    if result.stale:
        ages = result.table["age_days"].loc[list(result.stale)].sort_values(ascending=False, kind="stable")
        w.add("dossier.find_stale", "dossier.find_do_stale", n=w.count(len(ages)), field=field_name(context, str(ages.index[0]), whole=True),
              days=w.count(ages.iloc[0]))  # fmt: skip
    if result.assumed or result.unsourced:
        w.add(
            "dossier.find_assumed",
            assumed=w.count(len(result.assumed)),
            unsourced=w.count(len(result.unsourced)),
        )
    todo = [field_name(context, f, whole=True) for f in (*meanings[:1], *others[:2])]
    check = [field_name(context, f, whole=True) for f in (*result.stale, *result.assumed)][:2]
    if todo and check:
        w.add(
            "dossier.find_week",
            "dossier.find_do_week_both",
            fields=quoted(todo, context),
            check=quoted(check, context),
        )
    elif todo:
        w.add("dossier.find_week", "dossier.find_do_week_fill", fields=quoted(todo, context))
    elif check:
        w.add("dossier.find_week", "dossier.find_do_week_check", check=quoted(check, context))
    else:
        w.add("dossier.find_all_known", "dossier.find_do_all_known")
    return w.done()


def _position(value: float, context: Context) -> str:
    key = "at" if round(value, 2) == AVERAGE else "above" if value > AVERAGE else "below"
    return context.say("dossier.position", key)


def swot(result: Swot | None, context: Context, pairs: pd.DataFrame | None = None) -> Findings:
    """Say how the account stands inside and outside against the average, what weighs most, what is unanswered.

    Parameters
    ----------
    result : Swot
    context : Context
    pairs : frame[pair, internal, external, priority, answered], optional
        As :func:`kamtools.identification.tows` gives it.
    """
    if result is None or not len(result.table):
        return unknown(context, "swot", "swot")
    w = Writer(context)
    for side, total in (("internal", result.ife), ("external", result.efe)):
        part = result.table[result.table["side"] == side].dropna(subset=["weight_share"])
        if total is None or not len(part):
            w.add(("dossier.find_swot_unknown", side))
            continue
        top = row_of(
            part.sort_values("weight_share", ascending=False, kind="stable").head(1),
            part["weight_share"].idxmax(),
        )
        w.add(
            ("dossier.find_swot", side),
            value=number(total, context, 2),
            position=_position(total, context),
            item=said(top["item"], context, LONG) or context.say("dossier.unnamed"),
            kind=choice(context, "swot", top["kind"]),
            share=w.part(top["weight_share"]),
        )
    if result.unrated:
        items = listed(
            (
                context.say("dossier.quoted", words=x)
                for x in rows_at(result.table, result.unrated, "item", context)
            ),
            context,
            2,
        )
        w.add(
            "dossier.find_swot.unrated",
            "dossier.find_do_swot_unrated",
            n=w.count(len(result.unrated)),
            items=items,
        )
    if result.missing_kinds:
        kinds = listed((choice(context, "swot", k) for k in result.missing_kinds), context)
        w.add("dossier.find_swot.kinds", "dossier.find_do_swot_kinds", kinds=kinds)
    odd = [int(str(note.params["row"])) for note in result.warnings]
    if odd:
        w.add(
            "dossier.find_swot.odd",
            "dossier.find_do_swot_odd",
            items=quoted(rows_at(result.table, odd, "item", context), context, 2),
        )
    open_ = [] if pairs is None else [r for r in records(pairs) if not r["answered"]]
    if open_:
        first = open_[0]
        w.add(
            "dossier.find_tows_open",
            "dossier.find_do_tows_open",
            pair=choice(context, "tows", first["pair"]),
            internal=said(first["internal"], context, LONG),
            external=said(first["external"], context, LONG),
            priority=w.part(first["priority"]),
        )
    elif pairs is not None and len(pairs):
        w.add("dossier.find_tows_answered", "dossier.find_do_tows_answered")
    else:
        w.add("dossier.find_tows_none", "dossier.find_do_tows_none")
    return w.done()


def rivals(
    result: CompetitiveProfile | None, context: Context, *, names: Mapping[str, str] | None = None
) -> Findings:
    """Say where the account stands among its rivals, where it loses most, and how we could help.

    Parameters
    ----------
    result : CompetitiveProfile
    context : Context
    names : mapping, optional
        Column of the profile -> name, where the columns are ``rival_1`` ….
    """
    if result is None or not len(result.table):
        return unknown(context, "rivals", "competitors")
    w = Writer(context)
    own = result.own

    def called(key: object) -> str:
        from kamtools.show.context import one_line

        return one_line(company(context, key, names), 40)

    ranked = [str(c) for c in result.scores.index]
    best = next(c for c in ranked if c != own)
    score = {c: number(result.scores[c], context, 2) for c in ranked}
    w.add("dossier.find_rivals_rank", name=called(own), score=score[own], rank=w.count(ranked.index(own) + 1),
          n=w.count(len(ranked)), rival=called(best), rival_score=score[best])  # fmt: skip
    if not result.complete:
        w.add("dossier.find_rivals_few", "dossier.find_do_rivals_few", n=w.count(len(result.rivals)))
    if result.left_out:
        factors = quoted((said(f, context, 30) for f in result.left_out), context, 3)
        w.add(
            "dossier.find_rivals_left_out",
            "dossier.find_do_rivals_left_out",
            n=w.count(len(result.left_out)),
            factors=factors,
        )
    ahead = result.gaps[result.gaps > 0]
    if len(ahead):
        factor = ahead.index[-1]
        w.add("dossier.find_rivals_ahead", factor=said(factor, context, LONG))
    worst, gap = result.gaps.index[0], float(result.gaps.iloc[0])
    if gap < 0:
        row = row_of(result.table, worst)
        leader = max(result.rivals, key=lambda c: (float(row[c]), -ranked.index(c)))
        w.add(
            "dossier.find_rivals_behind",
            "dossier.find_do_rivals_behind",
            factor=said(worst, context, LONG),
            weight=w.part(row["weight_share"]),
            own=number(row[own], context, 1),
            rival=called(leader),
            rating=number(row[leader], context, 1),
        )
    else:
        w.add("dossier.find_rivals_lead", "dossier.find_do_rivals_lead", name=called(own))
    return w.done()


def intelligence(result: IntelligenceLog | None, context: Context) -> Findings:
    """Say how fresh the log is, what weighs most, what cannot be judged, what has no meaning written."""
    if result is None or not len(result.table):
        return unknown(context, "intelligence", "intelligence")
    w = Writer(context)
    counts = {
        k: result.counts.get(k, 0)
        for k in ("fresh", "fading", "stale", "unjudged", "ungraded", "undated", "future")
    }
    w.add(
        "dossier.find_log_counts",
        n=w.count(len(result.table)),
        **{k: w.count(counts[k]) for k in ("fresh", "fading", "stale")},
    )
    first = records(result.table.iloc[:1])[0]
    if not is_missing(first["weight"]):
        w.add(
            "dossier.find_log_heaviest",
            what=said(first["what"], context, 60) or context.say("dossier.unnamed"),
            weight=number(first["weight"], context, 2),
            days=w.count(first["age_days"]),
        )
    if counts["unjudged"]:
        w.add("dossier.find_log_unjudged", "dossier.find_do_log_unjudged", n=w.count(counts["unjudged"]))
    if counts["ungraded"] or counts["undated"] or counts["future"]:
        w.add(
            "dossier.find_log_incomplete",
            "dossier.find_do_log_incomplete",
            n=w.count(counts["ungraded"] + counts["undated"] + counts["future"]),
        )
    if result.without_meaning:
        w.add(
            "dossier.find_log_meaning", "dossier.find_do_log_meaning", n=w.count(len(result.without_meaning))
        )
    old = counts["stale"] + counts["fading"]
    if counts["fresh"] == 0:
        w.add("dossier.find_log_none_fresh", "dossier.find_do_log_none_fresh")
    elif old:
        w.add("dossier.find_log_old", "dossier.find_do_log_old", n=w.count(old))
    else:
        w.add("dossier.find_log_good", "dossier.find_do_log_good")
    return w.done()


def moves(result: DemandSupplyFit | None, context: Context) -> Findings:
    """Say how far we can meet what is asked, what give and get come to, what is unpaid, what could be traded."""
    if result is None or not len(result.table):
        return unknown(context, "moves", "three_moves")
    w = Writer(context)
    w.add("dossier.find_moves.fit", fit=w.part(result.fit), known=w.part(result.known))
    both = result.table.dropna(subset=["cost", "worth"])
    if result.net is not None:
        w.add(
            "dossier.find_moves.net" if result.net >= 0 else "dossier.find_moves.net_negative",
            "" if result.net >= 0 else "dossier.find_do_moves.net_negative",
            n=w.count(len(both)),
            of=w.count(len(result.table)),
            cost=money(both["cost"].sum(), context),
            worth=money(both["worth"].sum(), context),
            net=money(abs(result.net), context),
        )
    else:
        w.add("dossier.find_moves.net_unknown", "dossier.find_do_moves.net_unknown")
    notes = {n.key: n.params["n"] for n in result.warnings}
    unknown_money = int(str(notes.get("cost_unknown", 0))) + int(str(notes.get("worth_unknown", 0)))
    if result.net is not None and unknown_money:
        w.add("dossier.find_moves.money_unknown", n=w.count(unknown_money))
    zones = {z: list(result.table.index[result.table["zone"] == z]) for z in ("solve", "offer")}
    for zone in ("solve", "offer"):
        if zones[zone]:
            asks = quoted(rows_at(result.table, zones[zone], "ask", context), context, 3)
            w.add(("dossier.find_moves", zone), ("dossier.find_do_moves", zone), asks=asks)
    if result.unpaid:
        asks = quoted(rows_at(result.table, result.unpaid, "ask", context), context, 3)
        w.add(
            "dossier.find_moves.unpaid",
            "dossier.find_do_moves.unpaid",
            n=w.count(len(result.unpaid)),
            asks=asks,
        )
    else:
        w.add("dossier.find_moves.paid", "dossier.find_do_moves.paid")
    return w.done()


def resource_focus(result: pd.DataFrame | None, context: Context) -> Findings:
    """Say whose share of resources is above or below its share of the contribution; no verdict by itself.

    Parameters
    ----------
    result : frame[sales_share, contribution_share, resources, resource_share, index]
        Index account; the other accounts together stand at ``""``.
    context : Context
    """
    if result is None or not len(result) or result["resource_share"].isna().all():
        return unknown(context, "resource_focus")
    w = Writer(context)
    named = result[[str(a) != "" for a in result.index]]
    index: Any = named["index"].astype(float)
    above = index[index >= ABOVE].sort_values(ascending=False, kind="stable")
    below = index[index <= BELOW].sort_values(kind="stable")
    for key, found in (("above", above), ("below", below)):
        if len(found):
            words = (
                context.say("dossier.name_index", name=w.name(a), index=number(v, context, 2))
                for a, v in found.items()
            )
            w.add(("dossier.find_focus", key), n=w.count(len(found)), names=listed(words, context, 3))
    if not len(above) and not len(below):
        w.add("dossier.find_focus.even")
    losing = named.index[index.isna() & (named["resource_share"] > 0) & (named["contribution_share"] <= 0)]
    if len(losing):
        w.add("dossier.find_focus.losing", "dossier.find_do_focus_losing", names=w.names(losing))
    own = context.account
    if own is not None and own in named.index:
        row = row_of(named, own)
        shares = {k: percent(row[k], context) for k in ("resource_share", "contribution_share")}
        if is_missing(row["index"]):
            w.add("dossier.find_focus.own_unknown", name=w.name(own), **shares)
        else:
            w.add(
                "dossier.find_focus.own", name=w.name(own), index=number(row["index"], context, 2), **shares
            )
    w.add("dossier.find_focus.no_verdict", "dossier.find_do_focus_no_verdict")
    return w.done()
