"""Put together what people wrote about the key accounts: all forms of each, with their history.

The words stand in ``accounts/`` (one file per account), ``segments/`` (what
accounts of one kind share) and ``common.toml``, each as ``中文 // English``; a
line of a table is one row, its cells are divided by ``|``, ``-`` is nothing.
Figures, dates and ratings that no text fixes are drawn from the seed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kamtools.forms import forms
from kamtools.store import Change, FieldValue, Record, open_store

HERE = Path(__file__).resolve().parent
POOL = {"national_chain": "retail", "regional_chain": "retail"}  # segment -> file, where it has another name
KINDS = {"s": "strength", "w": "weakness", "o": "opportunity", "t": "threat"}
FIT_AXES = ("marketing", "product", "channel", "people")
READY = ("targets", "coverage", "reporting", "incentives", "training", "tools", "authority", "escalation")
ABILITIES = ("insight", "planning", "negotiation", "team", "relations", "analysis", "product", "integrity")
PULSE = ("goal", "roles", "trust", "support", "learning")
TASK_COLUMNS = ("kam", "sales", "marketing", "supply", "finance", "legal", "management")
HELPER = {"quality": "legal", "it": "data", "hr": "hr", "sales": "exec"}  # function -> who of ours
THIRD = {"drugstore": "marketing", "ecommerce": "data", "distributor": "supply", "hospital": "legal"}
DATED = ("items", "people", "answers", "taken")
TOUCHED = 40  # all touchpoints of the account whose relationship hangs on one person
OVERLOADED = {("A003", "time"): 1.15, ("A006", "money"): 1.2}
Draw = np.random.Generator
Row = dict[str, Any]
Save = tuple[dt.datetime, str, str, dict[str, FieldValue], str]  # when, account, form, fields, who


class Case(NamedTuple):
    """One account while its forms are put together."""

    account: str
    zh: str
    en: str
    place: int  # within its kind: where its turn in the shared words begins
    kind: str
    own: dict[str, Any]
    pool: dict[str, Any]
    common: dict[str, Any]
    owner: dict[str, Any]
    team: dict[str, str]
    sales: float  # net, a year, in yuan
    strength: float

    def planted(self, account: str) -> bool:
        """Tell whether this account has a story, and the story is told at all."""
        return self.account == account and self.strength > 0

    def said(self, form: str, field: str) -> Any:
        """Return what stands in the account's file; where no story is told the calmer words, if there are any."""
        calm = self.own.get("calm", {}).get(form, {}) if self.strength == 0 else {}
        return calm.get(field, self.own[form].get(field))

    def named(self, text: str) -> str:
        """Put the account's name where a shared text has an ``@``."""
        zh, en = text.split(" // ")
        return f"{zh.replace('@', self.zh)} // {en.replace('@', self.en)}"

    def turn(self, words: list[Any], add: int = 0) -> Any:
        """Return this account's choice of a few, another for each account of its kind."""
        return words[(self.place + add) % len(words)]

    def shared(self, name: str, count: int) -> list[list[str | None]]:
        """Return so many rows of the table of its kind, beginning at its turn."""
        table = cells(self.pool[name])
        return [table[(self.place + n) % len(table)] for n in range(min(count, len(table)))]


def written(
    seeds: np.random.SeedSequence,
    strength: float,
    accounts: Mapping[str, tuple[str, ...]],
    sales: Mapping[str, float],
    as_of: dt.date,
    judged: Iterable[Save] = (),
) -> tuple[list[Record], list[Change]]:
    """Return all records of the key accounts and every change that led to them.

    Parameters
    ----------
    seeds : SeedSequence
        Each form of each account has a stream of its own from it.
    strength : float
        Of the stories: 1 in full, 0 not at all.
    accounts : mapping
        Account -> (zh, en, segment, region, owner, parent).
    sales : mapping
        Account -> net sales of a year, in yuan.
    as_of : date
        The day the sample ends.
    judged : iterable of Save
        Ratings and the like, saved among the forms.
    """
    common = _words("common")
    seen: dict[str, int] = {}
    streams = iter(seeds.spawn(len(accounts) * len(FORMS)))
    saves = list(judged)
    for account, (zh, en, segment, _, owner, _) in accounts.items():
        kind = POOL.get(segment, segment)
        place = seen.setdefault(kind, 0)
        seen[kind] += 1
        people = common["owners"][owner]
        team = common["ours"] | {"kam": people["kam"], "exec": people["exec"]}
        case = Case(
            account, zh, en, place, kind, _words(f"accounts/{account}"), _words(f"segments/{kind}"),
            common, people, team, sales[account], strength,
        )  # fmt: skip
        for form in FORMS:
            for at, fields in _versions(case, form, np.random.default_rng(next(streams)), as_of):
                saves.append((at, account, form, fields, owner))
    return _kept(sorted(saves, key=lambda s: s[:3]))


def _kept(
    saves: list[Save],
) -> tuple[list[Record], list[Change]]:
    """Save everything in its order into a store, as people would, and return what the store then holds."""
    versions: dict[tuple[str, str], int] = {}
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "kam.sqlite") as store:
        with store.transaction():
            for at, account, form, fields, who in saves:
                before = versions.get((account, form))
                record = store.write(account, form, fields, version=before, who=who, at=at)
                versions[account, form] = record.version
        return store.everything()


def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


# --- when ----------------------------------------------------------------------------------------


def _versions(
    case: Case, form: str, rng: Draw, as_of: dt.date
) -> list[tuple[dt.datetime, dict[str, FieldValue]]]:
    """Return the versions of one form of one account: when it was saved, and its fields."""
    stale = as_of - dt.timedelta(60 + round(660 * case.strength)) if case.account == "A008" else None
    first, last = dt.date(2026, 7, 6), dt.date(2026, 9, 25)
    first = dt.date.fromisoformat(case.own.get("written", first.isoformat()))
    saved = first + dt.timedelta(int(rng.integers(0, (last - first).days)))
    if stale:
        saved = max(dt.date(2026, 2, 16), stale) + dt.timedelta(int(rng.integers(2, 7)))
    day = stale or saved - dt.timedelta(1)
    values = _given(FORMS[form](case, rng, day))
    fields = _sourced(case, form, values, rng, day, 0 if stale else 22)
    versions = [(_moment(saved, rng), fields)]
    if form == "readiness" and not stale:  # checked in spring already, with a little less in place
        spring = dt.date(2026, 3, 2) + dt.timedelta(int(rng.integers(0, 20)))
        low = {name: max(0, values[name] - 1) for name in rng.permutation(READY)[:2].tolist()}
        before = _given(values | low | _ready_words(case, {n: values[n] for n in READY} | low))
        versions.insert(0, (_moment(spring, rng), _sourced(case, form, before, rng, spring, 20)))
    if (
        form == "profile" and not stale and "written" not in case.own
    ):  # the facts in spring, what follows later
        spring = dt.date(2026, 2, 9) + dt.timedelta(int(rng.integers(0, 70)))
        facts = {name: value for name, value in values.items() if name not in ("meaning", "action")}
        facts_fields = _sourced(case, form, facts, rng, spring, 30)
        versions = [(_moment(spring, rng), facts_fields), (versions[0][0], fields | facts_fields)]
    again = case.own.get("october", {}).get(form)
    if again:
        day = dt.date(2026, 10, 10) + dt.timedelta(int(rng.integers(0, 16)))
        fresh = _rewritten(case, form, values, again, rng, day)
        later = fields | _sourced(case, form, fresh, rng, day, 3)
        versions.append((_moment(day + dt.timedelta(1), rng), {n: later[n] for n in fields}))
    return versions


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _moment(day: dt.date, rng: Draw) -> dt.datetime:
    """Return a time in office hours in China, in UTC."""
    second = int(rng.integers(3600, 9 * 3600))
    return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=second)


def _sourced(
    case: Case, form: str, values: Mapping[str, Any], rng: Draw, day: dt.date, days: int
) -> dict[str, FieldValue]:
    """Give each field its source, date and status; three in five are confirmed."""
    known = case.common["sources"]
    fields = {}
    for name, value in values.items():
        sources = known["of"].get(name, known[form])
        source = sources[int(rng.integers(len(sources)))]
        date = day - dt.timedelta(int(rng.integers(0, days + 1)))
        if name in DATED:  # its rows have days of their own
            date = day
        fields[name] = FieldValue(value, source, date, "confirmed" if rng.random() < 0.6 else "assumed")
    return fields


def _rewritten(
    case: Case, form: str, values: Mapping[str, Any], again: Row, rng: Draw, day: dt.date
) -> dict[str, Any]:
    """Return the fields of a form that were written again in October."""
    fresh: dict[str, Any] = {name: again[name] for name in ("meaning", "action") if name in again}
    if form == "intelligence":
        fresh["items"] = _news(case, cells(again["items"]), rng, day, 6) + values["items"]
    if form == "contacts":
        sentiments = [int(v) for v in again["sentiment"].split()]
        touched = _about([int(v) for v in again["touchpoints"].split()], rng)
        fresh["people"] = [
            person | {"sentiment": s, "touchpoints": t, "last_contact": _days(day, -int(rng.integers(0, 9)))}
            for person, s, t in zip(values["people"], sentiments, touched, strict=True)
        ]
    return fresh


def _days(day: dt.date, add: int) -> str:
    return (day + dt.timedelta(add)).isoformat()


# --- small things --------------------------------------------------------------------------------


def cells(table: str) -> list[list[str | None]]:
    """Return the cells of a table, line by line; None where a cell is ``-``."""
    lines = [line.split(" | ") for line in table.strip().splitlines()]
    return [[None if c.strip() == "-" else c.strip() for c in line] for line in lines]


def number(text: str | None) -> float | None:
    """Return a number, whole where it can be; None for nothing."""
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def _row(names: str, values: list[Any]) -> Row:
    """Return one row: the names by word, without what is missing."""
    return _given(dict(zip(names.split(), values, strict=True)))


def _nearby(rng: Draw, value: int, low: int, high: int, chance: float = 0.2) -> int:
    """Return a rating, now and then one more or one less."""
    step = int(rng.choice([-1, 1])) if rng.random() < chance else 0
    return int(np.clip(value + step, low, high))


def _about(values: list[int], rng: Draw) -> list[int]:
    return [max(1, round(v * rng.uniform(0.9, 1.1))) for v in values]


def _shares(rng: Draw, count: int) -> list[float]:
    """Return weights of two places that add up to 1."""
    raw = rng.uniform(0.6, 1.4, count)
    parts = [round(float(v), 2) for v in raw / raw.sum()]
    return [*parts[:-1], round(1 - sum(parts[:-1]), 2)]


def _thousands(value: float) -> int:
    return max(1, round(value / 1000)) * 1000


def _both(texts: list[str]) -> str:
    """Join texts of both languages, side by side."""
    sides = [t.split(" // ") for t in texts]
    return "；".join(s[0] for s in sides) + " // " + "; ".join(s[1] for s in sides)


def _closing(case: Case, form: str) -> Row:
    return {name: case.said(form, name) for name in ("meaning", "action")}


def _person(case: Case, number_: str | None) -> str | None:
    """Return the name of a contact by its line in the account's file."""
    return None if number_ is None else cells(case.own["contacts"]["people"])[int(number_) - 1][0]


# --- the account ---------------------------------------------------------------------------------


def _profile(case: Case, rng: Draw, day: dt.date) -> Row:
    own = case.own["profile"]
    sites = [
        _row("place kind sales contact remark", [p, k, number(s), _person(case, c), r])
        for p, k, s, c, r in cells(own["sites"])
    ]
    shared = {n: case.turn(case.pool[n]) for n in ("categories", "decision_process", "calendar")}
    values = shared | own | {"sites": sites} | _closing(case, "profile")
    return {field.id: values.get(field.id) for field in forms()["profile"].fields}


def _mission(case: Case, rng: Draw, day: dt.date) -> Row:
    own = case.own["mission"] | {"champion": _person(case, case.own["mission"]["champion"])}
    return {field.id: own.get(field.id) for field in forms()["mission"].fields}


def _goal_map(case: Case, rng: Draw, day: dt.date) -> Row:
    rows = cells(case.own["goal_map"]["goals"])
    rows += case.shared("goals", 3 - len(rows))
    order = ("long", "medium", "short")
    goals = [
        _row(
            "horizon goal measure strategy initiative who meaning offer",
            [*r[:5], _person(case, r[5]), *r[6:]],
        )
        for r in sorted(rows, key=lambda r: order.index(str(r[0])))
    ]
    return {"goals": goals} | _closing(case, "goal_map")


def _swot(case: Case, rng: Draw, day: dt.date) -> Row:
    own = case.own["swot"]
    rows = cells(own["items"]) + case.shared("swot", 3)
    rows.sort(key=lambda r: "swot".index(str(r[0])))
    inside = sum(r[0] in ("s", "w") for r in rows)
    weights = _shares(rng, inside) + _shares(rng, len(rows) - inside)
    low = {"s": 3, "w": 1, "o": 2, "t": 2}
    items = [
        _row(
            "kind item evidence weight rating meaning",
            [KINDS[str(k)], item, evidence, weight, low[str(k)] + int(rng.integers(2)), meaning],
        )
        for (k, item, evidence, meaning), weight in zip(rows, weights, strict=True)
    ]
    mine = cells(own["strategies"])
    (pair, strategy, _, days), *_ = case.shared("strategies", 1)
    sides = {
        k: max((i for i in items if i["kind"] == KINDS[k]), key=lambda i: i["weight"]) for k in str(pair)
    }
    mine.append([pair, strategy, _both([side["item"] for side in sides.values()]), days])
    keepers = ("kam", "exec", "kam")
    strategies = [
        _row(
            "pair strategy uses owner due",
            [pair, strategy, uses, case.team[keeper], _days(day, 60 + int(str(days)))],
        )
        for (pair, strategy, uses, days), keeper in zip(mine, keepers, strict=True)
    ]
    return {"market": own["market"], "items": items, "strategies": strategies} | _closing(case, "swot")


def _competitors(case: Case, rng: Draw, day: dt.date) -> Row:
    own = case.own["competitors"]
    rivals = [n for n in ("rival_1", "rival_2", "rival_3") if n in own]
    ratings = dict(zip(("account", *rivals), own["cpm"].split(), strict=True))
    if case.planted("A011"):
        rivals.remove("rival_2")
        del ratings["rival_2"]
    table = [
        _row("rival kind item evidence meaning", [f"rival_{rival}", KINDS[str(k)], *rest])
        for rival, k, *rest in cells(own["swot"])
        if f"rival_{rival}" in rivals
    ]
    profile = []
    for n, (factor, weight) in enumerate(cells(case.pool["factors"])):
        rated = {who: _nearby(rng, int(digits[n]), 1, 4, 0.15) for who, digits in ratings.items()}
        profile.append({"factor": factor, "weight": number(weight)} | rated)
    named = {name: own[name] for name in rivals}
    return (
        named
        | {"swot": table, "profile": profile, "our_help": own["our_help"]}
        | _closing(case, "competitors")
    )


def _intelligence(case: Case, rng: Draw, day: dt.date) -> Row:
    rows = cells(case.own["intelligence"]["items"]) + case.shared("intelligence", 2)
    news = _news(case, rows, rng, day, 0 if case.account == "A008" else 26)
    news.sort(key=lambda r: r["date"], reverse=True)
    return {"items": news, "questions": case.own["intelligence"]["questions"]} | _closing(
        case, "intelligence"
    )


def _news(case: Case, rows: list[list[Any]], rng: Draw, day: dt.date, days: int) -> list[Row]:
    names = "date topic what source reliability credibility half_life meaning owner"
    return [
        _row(
            names, [_days(day, -int(rng.integers(0, days + 1))), *r[:5], number(r[5]), r[6], case.team[r[7]]]
        )
        for r in rows
    ]


def _three_moves(case: Case, rng: Draw, day: dt.date) -> Row:
    rows = cells(case.own["three_moves"]["asks"]) + case.shared("asks", 3)
    asks, offers, returns = [], [], []
    for no, (term, ask, why, answer, offer, get, measure, target, importance, satisfied) in enumerate(
        rows, 1
    ):
        weight, part = int(str(importance)), int(str(satisfied))
        if 0 < part < 100:
            part = int(np.clip(part + 5 * int(rng.integers(-1, 2)), 20, 95))
        value = _thousands(case.sales * weight * rng.uniform(0.0016, 0.0028))
        cost = _thousands(value * part / 100 * rng.uniform(0.45, 0.75)) if part else 0
        limits = ((300_000, "gm"), (80_000, "director"), (-1, "kam"))
        approver = case.team[next(who for limit, who in limits if cost > limit)]
        asks.append(_row("no term ask why importance value", [no, term, ask, why, weight, value]))
        offers.append(
            _row("no answer satisfied offer cost approver", [no, answer, part, offer, cost, approver])
        )
        due = _days(day, int(rng.integers(120, 240)))
        if get:
            row = _row("no get measure target worth due", [no, get, measure, number(target), cost, due])
            returns.append((row, cost * rng.uniform(0.8, 1.2)))
    ratio = rng.uniform(1.3, 1.8)
    if case.account == "A009":  # gives, and asks for little in return
        ratio = 1.3 - 1.0 * case.strength
        returns = returns[round(2 * case.strength) :]
    wanted = ratio * sum(o["cost"] for o in offers)
    whole = sum(part for _, part in returns)
    for row, part in returns:
        row["worth"] = _thousands(wanted * part / whole)
    outcomes = [row for row, _ in returns]
    outcomes[-1]["worth"] += round((wanted - sum(o["worth"] for o in outcomes)) / 1000) * 1000
    tables = {"asks": asks, "offers": offers, "outcomes": outcomes}
    return tables | {"limit": case.turn(case.pool["limit"])} | _closing(case, "three_moves")


def _strategic_fit(case: Case, rng: Draw, day: dt.date) -> Row:
    own = case.own["strategic_fit"]
    scores = {axis: int(digit) for axis, digit in zip(FIT_AXES, own["scores"], strict=True)}
    if case.account == "A003":  # its prices and its leaks against our channels
        scores["channel"] = max(1, 3 - round(2 * case.strength))
    values: Row = {}
    for axis, score in scores.items():
        conflict = own.get(f"{axis}_conflict")
        told = conflict if case.account != "A003" or score < 3 else None
        values |= {axis: score, f"{axis}_conflict": told}
    return values | {"solution": case.said("strategic_fit", "solution")} | _closing(case, "strategic_fit")


# --- our people and theirs -----------------------------------------------------------------------


def _contacts(case: Case, rng: Draw, day: dt.date) -> Row:
    rows = cells(case.own["contacts"]["people"])
    touched = _about([int(str(r[10])) for r in rows], rng)
    if case.account == "A002":
        touched = _one_line(touched, 0.35 + 0.45 * case.strength)
    names = (
        "name title function level reports_to role influence sentiment held_by backup "
        "touchpoints last_contact channel cares"
    )
    people = []
    for r, touches in zip(rows, touched, strict=True):
        ours = [None if key is None else case.team[key] for key in r[8:10]]
        seen = 0 if case.account == "A008" else int(rng.integers(0, 21))
        values = [*r[:4], _person(case, r[4]), r[5], int(str(r[6])), int(str(r[7])), *ours]
        people.append(_row(names, [*values, touches, _days(day, -seen), *r[11:]]))
    matrix = []
    for level, (rhythm, purpose) in case.common["matrix"].items():
        met = next((p for p in people if p["level"] == level and "held_by" in p), None)
        if met:
            values = [level, met["function"], met["held_by"], met["name"], rhythm, purpose]
            matrix.append(_row("level function ours theirs rhythm purpose", values))
    tables = {"people": people, "matrix": matrix, "gaps": case.own["contacts"]["gaps"]}
    return tables | _closing(case, "contacts")


def _one_line(touched: list[int], share: float) -> list[int]:
    """Return touchpoints of which the first person has `share`, the others the rest in proportion."""
    top = round(TOUCHED * share)
    edges = np.rint(np.cumsum(touched[1:]) / sum(touched[1:]) * (TOUCHED - top)).astype(int)
    return [top, *np.diff(edges, prepend=0).tolist()]


def _support(case: Case, rng: Draw, day: dt.date) -> Row:
    functions = []
    for function, need, back, days in cells(case.pool["needs"]):
        who = case.team[HELPER.get(str(function), str(function))]
        today = int(rng.integers(2, 6))
        values = [function, who, need, back, number(days), today]
        functions.append(_row("function person need return days today", values))
    words = case.common["support"]
    tasks = [
        _row(f"task {' '.join(TASK_COLUMNS)}", row)
        for row in cells(words["tasks"]) + cells(case.pool["tasks"])
    ]
    weakest = min(functions, key=lambda f: f["today"])["function"]
    return {
        "functions": functions,
        "tasks": tasks,
        "charter": case.turn(words["charter"], len(case.kind)),
        "meaning": words["meaning"][weakest],
        "action": words["action"][weakest],
    }


def _readiness(case: Case, rng: Draw, day: dt.date) -> Row:
    scores = {name: int(rng.choice([0, 1, 2], p=[0.07, 0.48, 0.45])) for name in READY}
    size = np.sqrt(case.sales / 30e6)
    resources = []
    for kind, what, owner, unit, capacity, focus in cells(case.pool["resources"]):
        grows = kind in ("money", "time", "product", "service") and case.kind == "retail"
        most = max(1, round(float(str(capacity)) * (size if grows else 1)))
        used = round(most * OVERLOADED.get((case.account, str(kind)), rng.uniform(0.5, 0.98)))
        values = [kind, what, case.team[str(owner)], unit, most, used, focus]
        resources.append(_row("kind what owner unit capacity used focus", values))
    return scores | {"resources": resources} | _ready_words(case, scores)


def _ready_words(case: Case, scores: Mapping[str, int]) -> Row:
    words = case.common["readiness"]
    weakest = min(scores, key=lambda name: scores[name])
    blocked = weakest if scores[weakest] == 0 else "none"
    return {
        "blocked": words["blocked"][blocked],
        "meaning": words["meaning"][weakest],
        "action": words["action"][weakest],
    }


def _roles(case: Case, rng: Draw, day: dt.date) -> Row:
    words, shares = case.common["roles"], [35, 60, 40, 10]
    cards = []
    for n, (role, key, who, deputy) in enumerate((
        ("strategist", "strategist", "kam", "director"),
        ("coordinator", "coordinator", "exec", "kam"),
        ("partner", "partner", "kam", "exec"),
        ("partner", "sponsor", "director", "gm"),
    )):  # fmt: skip
        duties, decides, asks, measure = (case.named(text) for text in words[key])
        share = shares[n] + 5 * int(rng.integers(-1, 2))
        values = [role, case.team[who], duties, decides, asks, share, measure, case.team[deputy]]
        cards.append(_row("role person duties decides asks share measure deputy", values))
    said = {name: case.turn(words[name], len(case.kind)) for name in ("unfilled", "meaning", "action")}
    return {"cards": cards} | said


def _abilities(case: Case, rng: Draw, day: dt.date) -> Row:
    words = case.common["abilities"]
    required, weights = words["required"][case.kind], words["weights"][case.kind]
    rows: list[Row] = []
    for n, ability in enumerate(ABILITIES):
        actual = _nearby(rng, int(case.owner["abilities"][n]), 1, 5)
        evidence = case.named(words["evidence"][ability][int(np.clip(actual - 2, 0, 2))])
        values = [ability, weights[n], int(required[n]), actual, evidence]
        rows.append(_row("ability weight required actual evidence", values))
    gaps = sorted(rows, key=lambda r: -r["weight"] * max(0, r["required"] - r["actual"]))
    gaps = [r["ability"] for r in gaps if r["actual"] < r["required"]]
    plan = []
    for ability in gaps[:2]:
        way, what, proof = words["plan"][ability]
        due = _days(day, int(rng.integers(120, 200)))
        values = [ability, way, case.named(what), case.team["director"], due, case.named(proof)]
        plan.append(_row("ability way what coach due proof", values))
    worst = gaps[0] if gaps else "none"
    action = plan[0]["what"] if plan else case.common["roles"]["action"][3]
    return {
        "person": case.team["kam"],
        "rated_by": case.team["director"],
        "conditions": case.owner["conditions"],
        "abilities": rows,
        "plan": plan or None,
        "meaning": words["meaning"][worst],
        "action": action,
    }


def _standard(form: str) -> Callable[[Case, Draw, dt.date], Row]:
    """Return what fills the form of one professional standard."""

    def fill(case: Case, rng: Draw, day: dt.date) -> Row:
        words, at = case.common["standards"], list(FORMS).index(form) - list(FORMS).index("product_knowledge")
        base = (int(case.owner["standards"][at]), 3, 3)
        people = []
        for n, who in enumerate(("kam", "exec", THIRD.get(case.kind, "marketing"))):
            level = _nearby(rng, base[n], 2, 4, 0.4)
            seen = words[form][str(level)]
            values = [
                case.team[who], level, case.named(seen[(n + case.place) % len(seen)]), min(5, level + 1),
                words["step"][form][level - 2], case.team["kam" if n == 1 else "director"], _days(day, 0),
            ]  # fmt: skip
            people.append(_row("person level evidence target step rated_by date", values))
        enough = np.mean([p["level"] for p in people]) >= 3.3
        return {
            "people": people,
            "meaning": words["level" if enough else "behind"][form],
            "action": words["action"][form],
        }

    return fill


def _pulse(case: Case, rng: Draw, day: dt.date) -> Row:
    words = case.common["pulse"]
    centre = rng.uniform(2.6, 4.4, len(PULSE))
    remarks = rng.permutation(len(words["comments"])).tolist()
    answers = []
    for n in range(int(rng.integers(6, 9))):
        given = np.clip(np.rint(centre + rng.normal(0, 0.8, len(PULSE))), 1, 5).astype(int).tolist()
        comment = words["comments"][remarks[n]] if n % 2 == 0 else None
        answers.append(_row(f"no {' '.join(PULSE)} comment", [n + 1, *given, comment]))
    weakest = min(PULSE, key=lambda point: sum(a[point] for a in answers))
    said = {name: words[name][weakest] for name in ("meaning", "action")}
    return {"taken": day.isoformat(), "answers": answers} | said


FORMS: dict[str, Callable[[Case, Draw, dt.date], Row]] = {
    "profile": _profile,
    "mission": _mission,
    "goal_map": _goal_map,
    "swot": _swot,
    "competitors": _competitors,
    "intelligence": _intelligence,
    "three_moves": _three_moves,
    "readiness": _readiness,
    "strategic_fit": _strategic_fit,
    "support": _support,
    "contacts": _contacts,
    "roles": _roles,
    "abilities": _abilities,
    "product_knowledge": _standard("product_knowledge"),
    "problem_solving": _standard("problem_solving"),
    "leadership": _standard("leadership"),
    "customer_knowledge": _standard("customer_knowledge"),
    "pulse": _pulse,
}
