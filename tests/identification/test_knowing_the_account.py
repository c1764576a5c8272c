"""Loyalty, intelligence, relationships, RACI, abilities, completeness, SWOT, fit, resources."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools import identification as room

few = settings(max_examples=40, derandomize=True, deadline=None)
counts = st.integers(0, 200)


# -- loyalty ---------------------------------------------------------------------------------


@few
@given(counts, counts, counts)
def test_nps_is_the_mean_and_error_of_scored_answers(p: int, q: int, d: int) -> None:
    if p + q + d == 0:
        with pytest.raises(ValueError, match="promoters"):
            room.net_promoter_score(p, q, d)
        return
    answers = pd.Series([100.0] * p + [0.0] * q + [-100.0] * d)
    result = room.net_promoter_score(p, q, d)
    assert result.score == pytest.approx(answers.mean())
    assert result.standard_error == pytest.approx(answers.std(ddof=0) / math.sqrt(len(answers)), abs=1e-9)
    assert bool(result.warnings) == (p + q + d < 5)


def test_nps_refuses_what_is_no_count() -> None:
    for bad in (-1, 1.5, float("nan"), None):
        with pytest.raises(ValueError, match="passives"):
            room.net_promoter_score(1, bad, 1)  # type: ignore[arg-type]


@few
@given(st.integers(1, 30))
def test_wallet_allocation_adds_up_to_one(n: int) -> None:
    shares = [room.wallet_allocation(rank, n) for rank in range(1, n + 1)]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    if n > 1:
        tied = [room.wallet_allocation(1.5, n)] * 2
        assert sum(tied) == pytest.approx(sum(shares[:2]))


def test_wallet_errors_name_the_argument() -> None:
    for rank, brands, name in ((0, 3, "rank"), (4, 3, "rank"), (1, 0, "brands")):
        with pytest.raises(ValueError, match=name):
            room.wallet_allocation(rank, brands)
    assert room.share_of_wallet(0, 10) == 0
    for own, total, name in ((1, 0, "total"), (-1, 5, "own"), (6, 5, "own"), (None, 5, "own")):
        with pytest.raises(ValueError, match=name):
            room.share_of_wallet(own, total)  # type: ignore[arg-type]


# -- intelligence ----------------------------------------------------------------------------


@few
@given(st.sampled_from("ABCDE"), st.integers(1, 5), st.floats(0, 2000), st.floats(1, 400))
def test_intelligence_weighs_less_with_age_and_doubt(a: str, c: int, age: float, half: float) -> None:
    weight = room.intelligence_weight(a, c, age, half)
    assert weight is not None and 0 <= weight <= 1
    older = room.intelligence_weight(a, c, age + half, half)
    assert older == pytest.approx(weight / 2)
    assert room.intelligence_weight("A", str(c), age, half) >= weight  # type: ignore[operator]
    assert room.intelligence_weight("F", c, age, half) is None
    assert room.intelligence_weight(a, "6", age, half) is None


def test_intelligence_errors() -> None:
    for args, name in (
        (("G", 1, 0, 90), "reliability"),
        (("A", 0, 0, 90), "credibility"),
        (("A", 1, -1, 90), "age_days"),
        (("F", 1, 0, 0), "half_life"),
    ):
        with pytest.raises(ValueError, match=name):
            room.intelligence_weight(*args)


def test_log_says_why_an_entry_has_no_weight() -> None:
    rows = [
        {"what": "a", "reliability": "A", "credibility": 1, "date": dt.date(2026, 10, 31), "meaning": "x"},
        {"what": "b", "reliability": "A", "credibility": 1, "date": "2026-01-01"},
        {"what": "c", "reliability": "A", "credibility": 1, "date": None},
        {"what": "d", "reliability": None, "credibility": 1, "date": "2026-10-01"},
        {"what": "e", "reliability": "A", "credibility": "6", "date": "2026-10-01"},
        {"what": "f", "reliability": "A", "credibility": 1, "date": "2027-01-01"},
        {"what": "g", "reliability": "B", "credibility": 1, "date": "2026-01-01", "half_life": 1000},
    ]
    log = room.intelligence_log(rows, "2026-10-31")
    by = log.table.set_index("what")["status"].to_dict()
    assert by == {"a": "fresh", "b": "stale", "c": "undated", "d": "ungraded", "e": "unjudged", "f": "future",
                  "g": "fresh"}  # fmt: skip
    assert log.table["weight"].notna().sum() == 3
    assert log.table["what"].iloc[0] == "a" and len(log.without_meaning) == 6
    with pytest.raises(ValueError, match="entries: date of row 0"):
        room.intelligence_log([rows[0] | {"date": "soon"}], "2026-10-31")


# -- relationships ---------------------------------------------------------------------------


def person(**more: object) -> dict[str, object]:
    return {"name": "n", "influence": 1, "sentiment": 0, "touchpoints": 1, "held_by": "x"} | more


def test_coverage_leaves_missing_sentiment_out() -> None:
    people = [person(influence=4, sentiment=2), person(influence=4, sentiment=None)]
    assert room.relationship_coverage(people).score == 2
    assert room.relationship_coverage(people).known == 0.5
    none = room.relationship_coverage([person(sentiment=None, touchpoints=None)])
    assert none.score is None and none.single_thread is None and none.top_contact is None
    assert {n.key for n in none.warnings} == {"sentiment_unknown", "touchpoints_unknown"}


def test_single_thread_is_more_than_half() -> None:
    at = room.relationship_coverage([person(name="a", touchpoints=5), person(name="b", touchpoints=5)])
    assert at.single_thread is False and at.single_holder == "x"
    over = room.relationship_coverage(
        [person(name="a", touchpoints=6, held_by="y"), person(name="b", touchpoints=5)]
    )
    assert over.single_thread and over.top_contact == "a" and over.single_holder == "y"


def test_coverage_days_roles_holders_and_errors() -> None:
    people = [
        person(name="a", role="decider", last_contact="2026-10-21", backup="z"),
        person(name="a", reports_to="nobody", held_by=" "),
    ]
    result = room.relationship_coverage(people, ["decider", "user", "user"], "2026-10-31")
    assert result.table["days_since"].tolist()[0] == 10 and math.isnan(result.table["days_since"][1])
    assert result.roles_missing == ("user",)
    assert result.unheld == (1,) and result.without_backup == (1,)
    assert {n.key for n in result.warnings} == {"name_twice", "superior_missing"}
    for bad, words in (
        ([], "contacts"),
        ([person(influence=-1)], "influence of row 0"),
        ([{"name": "a"}], "'influence'"),
    ):
        with pytest.raises(ValueError, match=words):
            room.relationship_coverage(bad)


@few
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-2, 2)), min_size=1, max_size=12))
def test_coverage_lies_between_the_sentiments(pairs: list[tuple[int, int]]) -> None:
    result = room.relationship_coverage([person(influence=i, sentiment=s) for i, s in pairs])
    assert result.score is not None
    assert min(s for _, s in pairs) - 1e-9 <= result.score <= max(s for _, s in pairs) + 1e-9
    assert float(result) == result.score


def test_contact_matrix() -> None:
    people = [
        {"level": "working", "function": "it", "held_by": "x"},
        {"level": "top", "function": "general", "held_by": ""},
        {"level": None, "function": "it"},
    ]
    result = room.contact_matrix(
        people, needed=[("top", "general"), ("senior", "finance"), ("working", "it")]
    )
    assert list(result.grid.index) == ["top", "senior", "working"]
    assert result.gaps == (("top", "general"), ("senior", "finance"))
    assert result.coverage == pytest.approx(1 / 3) and result.unplaced == 1
    assert result.grid.to_numpy().sum() == 2 and result.held.to_numpy().sum() == 1


# -- RACI ------------------------------------------------------------------------------------


def test_raci_rules() -> None:
    check = room.raci_check(
        {
            "ok": {"a": "AR", "b": "I"},
            "two": {"a": "A", "b": "r/a", "c": "i"},
            "none": {"a": None, "b": "C"},
            "third": {"a": "A", "b": "R"},
        }
    )
    found = {(f.kind, f.place) for f in check}
    assert found == {
        ("many_accountable", "two"),
        ("no_accountable", "none"),
        ("no_responsible", "none"),
        ("no_informed", "none"),
        ("no_informed", "third"),
        ("accountable_load", "a"),
    }
    assert not check.ok and len(check.errors) == 3 and len(check) == 6 and check.loads["a"] == 3
    frame = pd.DataFrame({"a": ["A", float("nan")], "b": ["R, I", "ARI"]}, index=["t", "u"])
    assert room.raci_check(frame).ok and not room.raci_check(frame).warnings
    with pytest.raises(ValueError, match="'X' at 't', 'a'"):
        room.raci_check({"t": {"a": "X"}})
    with pytest.raises(ValueError, match="matrix"):
        room.raci_check({})


# -- abilities -------------------------------------------------------------------------------


@few
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=8))
def test_competency_gap_is_its_formula_and_the_plan_adds_up(rows: list[tuple[int, int, int]]) -> None:
    required, actual, weights = (list(v) for v in zip(*rows, strict=True))
    expected = sum(w * max(r - a, 0) for r, a, w in rows)
    assert room.competency_gap(required, actual, weights) == expected
    plan = room.training_plan(required, actual, weights)
    assert plan.table["weighted_gap"].sum() == expected
    assert plan.table["weighted_gap"].is_monotonic_decreasing


def test_competency_gap_missing_and_errors() -> None:
    required = {"a": 4, "b": 5}
    assert room.competency_gap(required, {"a": 3, "b": None}, {"a": 2, "b": 9}) == 2
    assert room.training_plan(required, {"a": 3}).not_assessed == ("b",)
    for actual, weights, name in (
        ({"c": 1}, None, "actual"),
        ({"a": None}, None, "actual"),
        ({"a": 1}, {"a": 1}, "weights"),
        ({"a": 1}, {"a": 1, "b": -1}, "weights"),
        ([1], None, "actual"),
    ):
        with pytest.raises(ValueError, match=name):
            room.competency_gap(required, actual, weights)


def test_standards_take_whole_levels_only() -> None:
    with pytest.raises(ValueError, match="whole level"):
        room.professional_standards([{"standard": "leadership", "level": 2.5}])
    with pytest.raises(ValueError, match="standard of row 0"):
        room.professional_standards([{"standard": "charm", "level": 2}])
    result = room.professional_standards([{"standard": "leadership", "level": None, "target": 4}])
    assert len(result.missing) == 4 and result.table["mean"].isna().all()


def test_pulse_leaves_missing_answers_out() -> None:
    frame = pd.DataFrame({"goal": [1, 5, 3, 3, 3], "trust": [4, None, 4, 4, 4], "roles": [None] * 5})
    pulse = room.team_pulse(frame)
    assert pulse.table.loc["trust", ["mean", "spread", "n"]].tolist() == [4, 0, 4]
    assert pulse.table.index[-1] == "roles" and math.isnan(pulse.table.loc["roles", "mean"])
    assert pulse.divided == ("goal",) and pulse.n == 5 and not pulse.warnings
    with pytest.raises(ValueError, match="goal of row 0"):
        room.team_pulse([{"goal": 6}])


# -- completeness ----------------------------------------------------------------------------


@dataclass
class Value:
    value: object
    source: str = ""
    date: dt.date | None = None
    status: str = "assumed"


def test_completeness_states() -> None:
    old, new = dt.date(2026, 1, 1), dt.date(2026, 10, 1)
    dossier = {
        "a": Value(0, "visit", new, "confirmed"),
        "b": Value("x", "visit", old, "confirmed"),
        "c": Value("x", "visit", new, "assumed"),
        "d": Value("x", "visit", None, "confirmed"),
        "e": Value("  "),
        "f": [],
        "g": False,
    }
    result = room.plan_completeness(dossier, as_of="2026-10-31")
    assert result.table["state"].to_dict() == {
        "a": "known", "b": "stale", "c": "assumed", "d": "undated", "e": "missing", "f": "missing", "g": "undated",
    }  # fmt: skip
    assert result.share == pytest.approx(5 / 7) == float(result)
    assert result.missing == ("e", "f") and result.stale == ("b",) and result.unsourced == ("g",)
    slow = room.plan_completeness(dossier, ["a", "z"], "2026-10-31", {"b": 1000})
    assert slow.share == 0.5 and slow.missing == ("z",) and slow.stale == ()
    assert room.plan_completeness(dossier).stale == ()
    assert result.table["status"].tolist() == [
        "confirmed",
        "confirmed",
        "assumed",
        "confirmed",
        None,
        None,
        None,
    ]


def test_completeness_sections_and_errors() -> None:
    result = room.plan_completeness({"p": {"x": 1, "y": None}, "q": {"z": [{"k": 1}]}})
    assert result.by_section == {"p": 0.5, "q": 1.0} and list(result.table.index) == ["p.x", "p.y", "q.z"]
    for dossier, more in (({}, {}), ({"a": 1}, {"stale_after": -1}), ({"a": Value(1, date="soon")}, {})):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="required|stale_after|date of 'a'"):
            room.plan_completeness(dossier, **more)  # type: ignore[arg-type]


# -- SWOT ------------------------------------------------------------------------------------


def item(kind: str, weight: float | None, rating: float | None) -> dict[str, object]:
    return {"item": f"{kind}{weight}", "kind": kind, "weight": weight, "rating": rating}


@few
@given(st.lists(st.tuples(st.sampled_from(["strength", "weakness"]), st.integers(1, 9), st.integers(1, 4)),
                min_size=1, max_size=9))  # fmt: skip
def test_ife_is_the_weighted_mean_on_its_scale(rows: list[tuple[str, int, int]]) -> None:
    result = room.swot_evaluation([item(*r) for r in rows])
    assert result.ife == pytest.approx(room.weighted_score([r[2] for r in rows], [r[1] for r in rows]))
    assert result.efe is None and set(result.missing_kinds) >= {"opportunity", "threat"}
    scaled = room.swot_evaluation([item(k, w / 7, r) for k, w, r in rows])
    assert scaled.ife == pytest.approx(result.ife)


def test_swot_notes_and_tows() -> None:
    rows = [
        item("strength", 3, 2),
        item("weakness", 1, 3),
        item("opportunity", 1, 4),
        item("threat", 1, 1),
        item("threat", 9, None),
    ]
    result = room.swot_evaluation(rows)
    assert [n.key for n in result.warnings] == ["strength_rated_low", "weakness_rated_high"]
    assert result.unrated == (4,) and result.efe == 2.5
    pairs = room.tows(result, {"wt": 2})
    assert pairs["priority"].sum() == pytest.approx(1) and pairs["pair"].tolist()[:2] == ["so", "st"]
    assert pairs.set_index("pair")["answered"].to_dict() == {
        "so": False,
        "st": False,
        "wo": False,
        "wt": True,
    }
    with pytest.raises(ValueError, match="kind of row 0"):
        room.swot_evaluation([item("luck", 1, 1)])
    with pytest.raises(ValueError, match="strategies"):
        room.tows(result, {"ss": 1})


def test_competitive_profile_needs_two_rivals_and_common_factors() -> None:
    ratings = pd.DataFrame({"us": [3, 2, 4], "a": [4, None, 1], "b": [1, 3, 2]}, index=["p", "q", "r"])
    weights = {"p": 2, "q": 5, "r": 2}
    result = room.competitive_profile(ratings, weights, "us")
    assert result.left_out == ("q",) and result.scores.to_dict() == {"us": 3.5, "a": 2.5, "b": 1.5}
    assert result.gaps.to_dict() == {"p": -0.5, "r": 1.0}
    with pytest.raises(ValueError, match="1 rivals"):
        room.competitive_profile(ratings[["us", "a"]], weights, "us")
    part = room.competitive_profile(ratings[["us", "a"]], weights, "us", incomplete="allow")
    assert not part.complete and part.warnings[0].key == "rivals_too_few"
    for change, name in (
        ({"account": "x"}, "account"),
        ({"minimum": 1}, "minimum"),
        ({"weights": {"p": 1}}, "weights"),
    ):
        with pytest.raises(ValueError, match=name):
            room.competitive_profile(**({"ratings": ratings, "weights": weights, "account": "us"} | change))  # type: ignore[arg-type]


# -- fit and resources -----------------------------------------------------------------------


@few
@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0, 1)), min_size=1, max_size=9))
def test_fit_is_the_weighted_mean(rows: list[tuple[int, float]]) -> None:
    result = room.demand_supply_fit([{"ask": "x", "importance": i, "satisfiable": s} for i, s in rows])
    assert result.fit == pytest.approx(sum(i * s for i, s in rows) / sum(i for i, _ in rows))
    assert result.known == 1 and result.net is None


def test_fit_missing_is_left_out() -> None:
    rows = [
        {"ask": "a", "importance": 3, "satisfiable": 0.5, "cost": 5, "get": "g"},
        {"ask": "b", "importance": 3, "satisfiable": None},
        {"ask": "c", "importance": 1, "satisfiable": 0},
    ]
    result = room.demand_supply_fit(rows)
    assert result.fit == 0.375 and result.known == pytest.approx(4 / 7)
    assert list(result.table["zone"]) == ["give", None, "decline"]
    assert result.unpaid == () and {n.key for n in result.warnings} == {"ask_unknown", "worth_unknown"}
    with pytest.raises(ValueError, match="satisfiable of row 0"):
        room.demand_supply_fit([{"ask": "a", "importance": 3, "satisfiable": 60}])


def test_strategic_fit_lights() -> None:
    full = {"marketing": 4, "product": 5, "channel": 4, "people": 4}
    assert room.strategic_fit(full).light == "green"
    assert room.strategic_fit(full | {"people": 3}).light == "amber"
    assert room.strategic_fit(full | {"people": 2}).conflicts == ("people",)
    part = room.strategic_fit(full | {"people": None})
    assert part.light is None and part.missing == ("people",) and part.minimum == 4
    for bad in ({"luck": 3}, {"people": 6}, {"people": None}):
        with pytest.raises(ValueError, match="scores"):
            room.strategic_fit(bad)


def test_resources_and_readiness() -> None:
    result = room.resource_inventory([{"what": "x", "kind": "time", "capacity": 0, "used": 3}])
    assert result.overloaded == (0,) and result.table["utilisation"].isna().all()
    assert len(result.kinds_missing) == 5
    with pytest.raises(ValueError, match="kind of row 0"):
        room.resource_inventory([{"what": "x", "kind": "luck", "capacity": 0, "used": 3}])
    ready = room.sales_readiness({"targets": 0, "authority": 2}, {"s": ["targets", "tools", "authority"]})
    assert ready.blocked == {"s": ("targets",)} and ready.unclear == {"s": ("tools",)} and ready.share == 0.5
    for scores, needs, name in (({"targets": 1.5}, None, "targets"), ({"targets": 1}, {"s": ["x"]}, "needs")):
        with pytest.raises(ValueError, match=name):
            room.sales_readiness(scores, needs)
