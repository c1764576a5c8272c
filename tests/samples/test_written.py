"""What people wrote about the sample's key accounts: valid, in both languages, with its stories and its history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kamtools.forms import check_form, forms
from kamtools.identification.fit import DemandSupplyFit, demand_supply_fit, strategic_fit
from kamtools.identification.intelligence import intelligence_log
from kamtools.identification.raci import raci_check
from kamtools.identification.relationships import RelationshipCoverage, relationship_coverage
from kamtools.identification.swot import competitive_profile, swot_evaluation
from kamtools.store import Change, FieldValue, Record, new_workspace, write_pack
from kamtools.store.kinds import is_course_form
from kamtools.store.text import CHANGES, FOLDER, RECORDS, load_text, save_text
from kamtools.workspace import open_workspace

CASES = [("committed", 1.0), (20261031, 0.5), (7, 1.0), (7, 0.5), (99, 0.0)]
AS_OF = dt.date(2026, 10, 31)
SEPTEMBER = dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC)  # midnight in China
HAN = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[,;:!?()\"']")  # in Chinese these are full-width
MONTHLY = {"expense_code", "review", "credit_review", "revision"}  # left to whoever runs the month
KEPT = [form for form in forms() if form not in MONTHLY]
STORIES = ("single_thread", "stale_dossier", "gives_without_gets", "fit_conflict", "one_competitor")


class Case:
    """What was written in one company: records by (account, form), its changes, its stories, its strength."""

    def __init__(
        self, records: list[Record], changes: list[Change], stories: list[dict[str, Any]], strength: float
    ):
        records = [r for r in records if is_course_form(r.form)]
        self.records = {(r.account, r.form): r for r in records}
        self.changes = [c for c in changes if is_course_form(c.form)]
        self.stories = {s["id"]: s for s in stories}
        self.strength = strength
        self.accounts = sorted({r.account for r in records})

    def value(self, account: str, form: str, field: str) -> Any:
        found = self.records[account, form].fields.get(field)
        return found.value if found else None

    def told(self, story: str) -> set[str]:
        """The accounts on which a story should be found."""
        return {self.stories[story]["account"]} if self.strength else set()

    def coverage(self, account: str) -> RelationshipCoverage:
        return relationship_coverage(self.value(account, "contacts", "people"), as_of=AS_OF)

    def moves(self, account: str) -> DemandSupplyFit:
        offers, outcomes = (
            {row["no"]: row for row in self.value(account, "three_moves", name)}
            for name in ("offers", "outcomes")
        )
        rows = []
        for ask in self.value(account, "three_moves", "asks"):
            offer, outcome = offers[ask["no"]], outcomes.get(ask["no"], {})
            rows.append(
                {key: ask[key] for key in ("ask", "importance", "value")}
                | {"satisfiable": offer["satisfied"] / 100, "cost": offer["cost"]}
                | {"get": outcome.get("get"), "worth": outcome.get("worth")}
            )
        return demand_supply_fit(rows)

    def days_old(self, account: str, form: str) -> set[int]:
        return {(AS_OF - f.date).days for f in self.records[account, form].fields.values() if f.date}


@pytest.fixture(scope="module", params=CASES, ids=[f"{s}-{k}" for s, k in CASES])
def case(request: pytest.FixtureRequest, maker: ModuleType, samples: Path) -> Case:
    seed, strength = request.param
    if seed == "committed":
        records, changes = load_text(samples / FOLDER)
        return Case(records, changes, maker._stories(1.0), strength)
    made = maker.generate(seed, strength)
    return Case(made.records, made.changes, made.stories, strength)


# --- whole and valid -----------------------------------------------------------------------------


def test_every_form_of_every_key_account(case: Case, maker: ModuleType) -> None:
    assert set(case.records) == {(a, f) for a in maker.names.KEY_ACCOUNTS for f in KEPT}


def test_forms_have_no_error_and_only_the_gaps_that_are_planted(case: Case) -> None:
    found = [
        (account, f.level, f.form, f.field, f.column)
        for (account, form), record in case.records.items()
        for f in check_form(forms()[form], record.fields)
    ]
    planted = [("A007", "gap", "contacts", "people", "held_by")]  # the new buyer, whom nobody of ours knows
    if case.strength:
        planted.append(("A011", "gap", "competitors", "rival_2", ""))
    assert sorted(found) == sorted(planted)


def test_what_is_left_empty_is_left_empty_on_purpose(case: Case) -> None:
    empty = {
        (account, form, field.id)
        for (account, form), record in case.records.items()
        for field in forms()[form].fields
        if field.id not in record.fields and not field.id.endswith("_conflict") and field.id != "rival_3"
    }
    planted = {("A010", "mission", "short_measures"), ("A012", "profile", "credit_limit")}
    planted |= {("A011", "competitors", "rival_2")} if case.strength else set()
    assert {e for e in empty if e[1:] != ("abilities", "plan")} == planted  # no plan where no gap


def test_each_field_has_a_source_a_day_and_a_status(case: Case) -> None:
    fields = [f for record in case.records.values() for f in record.fields.values()]
    assert all(f.source and f.date and f.date <= AS_OF for f in fields)
    confirmed = sum(f.status == "confirmed" for f in fields) / len(fields)
    assert confirmed == pytest.approx(0.6, abs=0.06)
    assert all(
        f.date and f.date <= r.changed_at.date() for r in case.records.values() for f in r.fields.values()
    )


def test_only_fields_and_columns_that_the_forms_know(case: Case) -> None:
    for (_, name), record in case.records.items():
        form = {f.id: f for f in forms()[name].fields}
        assert set(record.fields) <= set(form)
        for field, found in record.fields.items():
            for row in found.value if form[field].kind == "rows" else []:
                assert set(row) <= {c.id for c in form[field].columns}


def _texts(case: Case) -> Iterator[tuple[tuple[str, ...], str]]:
    for (account, name), record in case.records.items():
        for field in forms()[name].fields:
            found = record.fields.get(field.id, FieldValue(None))
            place = (account, name, field.id)
            if found.source:
                yield (*place, "source"), found.source
            if field.kind == "text" and found.value is not None:
                yield place, found.value
            for row in found.value or [] if field.kind == "rows" else []:
                for column in field.columns:
                    if column.kind == "text" and column.id in row:
                        yield (*place, column.id), row[column.id]


def test_every_text_is_in_both_languages(case: Case) -> None:
    for place, text in _texts(case):
        sides = text.split(" // ")
        assert len(sides) == 2, (place, text)
        zh, en = sides
        assert zh == zh.strip() and en == en.strip() and en, (place, text)
        assert HAN.search(zh) and not HAN.search(en), (place, text)
        assert not HALF_WIDTH.search(zh), (place, text)
        assert en.isascii() and "@" not in text, (place, text)


def test_the_accounts_are_no_copies_of_each_other(case: Case) -> None:
    for form, field in (
        *((f, "meaning") for f in ("profile", "mission", "goal_map", "swot", "competitors", "intelligence")),
        *((f, "meaning") for f in ("three_moves", "strategic_fit", "contacts")),
        ("competitors", "rival_1"),
        ("profile", "legal_name"),
        ("contacts", "gaps"),
    ):
        assert len({case.value(a, form, field) for a in case.accounts}) == len(case.accounts), (form, field)
    people = [p["name"] for a in case.accounts for p in case.value(a, "contacts", "people")]
    assert len(people) == len(set(people)) > 75


def test_names_match_to_the_letter(case: Case, maker: ModuleType) -> None:
    common = maker.compose._words("common")
    ours = set(common["ours"].values())
    ours |= {o[k] for o in common["owners"].values() for k in ("kam", "exec")}
    for account in case.accounts:
        people = case.value(account, "contacts", "people")
        theirs = {p["name"] for p in people}
        assert not ours & theirs
        assert {p["reports_to"] for p in people if "reports_to" in p} <= theirs
        assert {p[k] for p in people for k in ("held_by", "backup") if k in p} <= ours
        assert all(p["held_by"] != p["backup"] for p in people if "held_by" in p)
        assert sum("reports_to" not in p for p in people) == 1
        assert {"decider", "buyer", "influencer"} <= {p["role"] for p in people}
        assert case.value(account, "mission", "champion") in theirs


def test_sums_and_tables_add_up(case: Case) -> None:
    for account in case.accounts:
        swot = swot_evaluation(case.value(account, "swot", "items"))
        sums = swot.table.groupby("side")["weight"].sum()
        assert sums.tolist() == pytest.approx([1, 1], abs=1e-9)
        assert swot.warnings == () and swot.missing_kinds == () and swot.unrated == ()
        factors = case.value(account, "competitors", "profile")
        assert sum(f["weight"] for f in factors) == pytest.approx(1)
        tasks = {
            t["task"]: {k: v for k, v in t.items() if k != "task"}
            for t in case.value(account, "support", "tasks")
        }
        assert len(tasks) == 7
        assert raci_check(tasks).ok
        used = {r["kind"] for r in case.value(account, "readiness", "resources")}
        assert len(used) == 6


# --- the stories, each on its account and on no other ----------------------------------------------


def test_one_contact_carries_the_relationship(case: Case) -> None:
    covered = {a: case.coverage(a) for a in case.accounts}
    assert {a for a, c in covered.items() if c.single_thread} == case.told("single_thread")
    account = case.stories["single_thread"]["account"]
    assert covered[account].top_share == pytest.approx(0.35 + 0.45 * case.strength, abs=0.0126)
    assert covered[account].top_share == pytest.approx(
        case.stories["single_thread"]["size"]["top_share"], abs=0.0126
    )
    others = [c for a, c in covered.items() if a != account or not case.strength]
    assert max(c.top_share or 0 for c in others) <= 0.40
    assert all(c.single_holder is None and c.holders["share"].max() <= 0.5 for c in others)


def test_a_dossier_that_nobody_renewed(case: Case) -> None:
    account = case.stories["stale_dossier"]["account"]
    expected = 60 + round(660 * case.strength)
    assert case.stories["stale_dossier"]["size"]["days_old"] == expected
    for form in KEPT:
        assert case.days_old(account, form) == {expected}
    fresh = {}
    for a in case.accounts:
        log = intelligence_log(case.value(a, "intelligence", "items"), AS_OF)
        assert not {"future", "ungraded", "undated"} & set(log.counts) and log.without_meaning == ()
        fresh[a] = log.table["age_days"]
        if a != account:
            oldest = {form: max(case.days_old(a, form)) for form in KEPT}
            assert oldest.pop("profile") <= 300
            assert max(oldest.values()) <= 150
    assert set(fresh[account]) == {expected}
    assert {a for a, age in fresh.items() if age.min() > 150} == case.told("stale_dossier")


def test_gives_without_gets(case: Case) -> None:
    account = case.stories["gives_without_gets"]["account"]
    moves = {a: case.moves(a) for a in case.accounts}
    ratio = {a: m.worth / m.cost for a, m in moves.items()}
    assert {a for a, r in ratio.items() if r < 1} == case.told("gives_without_gets")
    assert ratio.pop(account) == pytest.approx(1.3 - case.strength, abs=0.02)
    assert all(1.15 <= r <= 2.0 for r in ratio.values()), ratio
    size = case.stories["gives_without_gets"]["size"]["without_outcome"]
    assert {a: len(m.unpaid) for a, m in moves.items() if m.unpaid} == ({account: size} if size else {})
    assert all(m.known == 1 and m.warnings == () for a, m in moves.items())


def test_a_conflict_with_our_channels(case: Case) -> None:
    account = case.stories["fit_conflict"]["account"]
    fits = {
        a: strategic_fit(
            {x: case.value(a, "strategic_fit", x) for x in ("marketing", "product", "channel", "people")}
        )
        for a in case.accounts
    }
    assert {a for a, f in fits.items() if f.conflicts} == case.told("fit_conflict")
    assert fits[account].scores["channel"] == max(1, 3 - round(2 * case.strength))
    assert fits[account].conflicts == (("channel",) if case.strength else ())
    assert bool(case.value(account, "strategic_fit", "channel_conflict")) == bool(case.strength)
    assert all(f.minimum >= 3 for a, f in fits.items() if a != account)


def test_only_one_competitor(case: Case) -> None:
    found = {}
    for a in case.accounts:
        rows = case.value(a, "competitors", "profile")
        columns = [n for n in rows[0] if n not in ("factor", "weight")]
        ratings = {n: {r["factor"]: r[n] for r in rows} for n in columns}
        weights = {r["factor"]: r["weight"] for r in rows}
        found[a] = competitive_profile(ratings, weights, "account", incomplete="allow")
        told = {r["rival"] for r in case.value(a, "competitors", "swot")}
        assert told == set(found[a].rivals) == {n for n in columns if n != "account"}
        assert found[a].left_out == ()
    assert {a for a, c in found.items() if not c.complete} == case.told("one_competitor")
    account = case.stories["one_competitor"]["account"]
    assert len(found[account].rivals) == case.stories["one_competitor"]["size"]["rivals"]


# --- the history -----------------------------------------------------------------------------------


def _standing(changes: list[Change], until: dt.datetime) -> dict[tuple[str, str], dict[str, FieldValue]]:
    """What stood at a moment, by replaying the changes."""
    standing: dict[tuple[str, str], dict[str, FieldValue]] = {}
    for change in sorted((c for c in changes if c.at <= until), key=lambda c: c.version):
        fields = standing.setdefault((change.account, change.form), {})
        assert fields.get(change.field) == change.before
        if change.after is None:
            del fields[change.field]
        else:
            fields[change.field] = change.after
    return standing


def test_the_changes_lead_to_the_records(case: Case) -> None:
    now = _standing(case.changes, dt.datetime.max.replace(tzinfo=dt.UTC))
    assert now == {key: dict(record.fields) for key, record in case.records.items()}
    assert [c.at for c in case.changes] == sorted(c.at for c in case.changes)
    last = {(c.account, c.form): (c.version, c.who, c.at) for c in case.changes}
    assert last == {k: (r.version, r.changed_by, r.changed_at) for k, r in case.records.items()}


def test_written_by_the_owners_from_february_to_october(case: Case, maker: ModuleType) -> None:
    owners = {a: names[4] for a, names in maker.names.KEY_ACCOUNTS.items()}
    assert all(c.who == owners[c.account] for c in case.changes)
    assert len({c.who for c in case.changes}) == 6
    first = [c.at.date() for c in case.changes if c.version == 1]
    assert dt.date(2026, 2, 1) <= min(first) and max(first) <= dt.date(2026, 9, 30)
    assert max(c.at.date() for c in case.changes) <= AS_OF


def test_october_differs_from_september(case: Case) -> None:
    before = _standing(case.changes, SEPTEMBER)
    assert set(before) == set(case.records)  # everything was written by then
    moved = {key for key, fields in before.items() if fields != case.records[key].fields}
    assert moved == {
        ("A001", "contacts"),
        ("A001", "intelligence"),
        ("A004", "contacts"),
        ("A005", "intelligence"),
        ("A007", "intelligence"),
        ("A012", "three_moves"),
    }
    for account, sign in (("A001", -1), ("A004", 1)):
        old = relationship_coverage(before[account, "contacts"]["people"].value)
        assert sign * (float(case.coverage(account)) - float(old)) > 0.25
        assert old.single_thread is False and old.single_holder is None
    for account in ("A001", "A005", "A007"):
        old = before[account, "intelligence"]["items"].value
        assert case.value(account, "intelligence", "items")[1:] == old


# --- as files --------------------------------------------------------------------------------------


def test_the_committed_text_is_what_the_script_writes(
    maker: ModuleType, samples: Path, tmp_path: Path
) -> None:
    made = maker.generate()
    folder = save_text(made.records, made.changes, tmp_path)
    for name in (RECORDS, CHANGES):
        assert (folder / name).read_bytes() == (samples / FOLDER / name).read_bytes()
    assert (samples / FOLDER / RECORDS).stat().st_size < 1_200_000
    assert maker.stories_text(made) == (samples / "stories.yml").read_text(encoding="utf-8")
    assert [s["id"] for s in made.stories][-len(STORIES) :] == list(STORIES)


@pytest.mark.slow
def test_the_seed_moves_figures_and_the_strength_only_the_stories(maker: ModuleType) -> None:
    one, none, other = (_only_written(maker, *how) for how in ((20261031, 1.0), (20261031, 0.0), (7, 1.0)))
    told = {"A002", "A003", "A008", "A009", "A011"}
    for key, record in one.items():
        if key[0] not in told:
            assert record == none[key]
    assert sum(one[key].fields != other[key].fields for key in one) > 200
    names = {
        key: [p["name"] for p in r.fields["people"].value] for key, r in one.items() if key[1] == "contacts"
    }
    assert all([p["name"] for p in other[key].fields["people"].value] == n for key, n in names.items())


def _only_written(maker: ModuleType, seed: int, strength: float) -> dict[tuple[str, str], Record]:
    *_, words = maker.np.random.SeedSequence(seed).spawn(11)
    sales = {
        a: maker.YEARLY_SALES * s for a, s in zip(maker.names.KEY_ACCOUNTS, maker.KEY_SHARES, strict=True)
    }
    records, _ = maker.compose.written(words, strength, maker.names.KEY_ACCOUNTS, sales, AS_OF)
    return {(r.account, r.form): r for r in records}


def test_a_copy_packed_again_has_the_same_text(samples: Path, tmp_path: Path) -> None:
    new_workspace(tmp_path / "mine", samples)
    pack = write_pack(open_workspace(tmp_path / "mine"), tmp_path / "pack")
    for name in (RECORDS, CHANGES):
        assert (pack / FOLDER / name).read_bytes() == (samples / FOLDER / name).read_bytes()
