"""The forms: every course item has one, every word is there in both languages, values are checked."""

from __future__ import annotations

import pytest

from kamtools.errors import KamError
from kamtools.forms import check_form, choice_sets, form, forms
from kamtools.forms.layout import sheets_of
from kamtools.store import FieldValue
from kamtools.words import LANGUAGES

FORM_ITEMS = (
    "2.C 2.D.1 2.D.2 2.E 2.F 2.G 2.H 2.H.1 2.H.2 2.H.3 2.I.2 2.J.1 2.J.2 2.J.3 2.J.4 2.K.1 2.K.2 2.L 2.M "
    "2.N.1 2.N.2 2.N.3 2.N.4 2.O"
).split()


def test_every_item_has_a_form():
    served = {item for f in forms().values() for item in f.items}
    assert set(FORM_ITEMS) <= served
    with pytest.raises(KamError, match="profile"):
        form("nonsense")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", forms())
def test_every_word_is_there(name, lang):
    found = form(name)
    assert found.title(lang) and len(found.help(lang)) > 30
    for level in range(1, found.anchors + 1):
        assert len(found.anchor(level, lang)) > 15
    for field in found.fields:
        assert field.label(lang) and field.kind in ("text", "number", "rating", "date", "choice", "rows")
        assert field.item in found.items
        assert bool(field.columns) == (field.kind == "rows")
        for spec in (field, *field.columns):
            assert spec.label(lang) and all(spec.choice(v, lang) for v in spec.values)
            assert (spec.kind == "choice") == bool(spec.values)
            if spec.kind == "rating":
                assert spec.low is not None and spec.high is not None


def test_every_form_asks_what_it_means_for_us():
    for found in forms().values():
        assert found.field("meaning").required
        assert found.fields[-1].id == "action"


def test_standards_have_five_anchors():
    scales = [f.id for f in forms().values() if f.anchors]
    assert scales == ["product_knowledge", "problem_solving", "leadership", "customer_knowledge"]
    assert all(form(s).anchors == 5 for s in scales)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_of_choices_differ_within_a_set(lang):
    for name in choice_sets():
        spec = next(
            s for f in forms().values() for x in f.fields for s in (x, *x.columns) if s.choices == name
        )
        assert len({spec.choice(v, lang).casefold() for v in spec.values}) == len(spec.values)


def test_names_of_sheets_fit_and_ids_differ():
    sheets = [s for f in forms().values() for s in sheets_of(f)]
    assert len({s.id for s in sheets}) == len(sheets)
    for lang in LANGUAGES:
        assert all(0 < len(s.name(lang)) <= 31 for s in sheets)
    for sheet in sheets:
        ids = [c.id for c in sheet.columns]
        assert len(set(ids)) == len(ids)


def test_one_competitor_is_an_incomplete_plan():
    one = {"rival_1": FieldValue("甲"), "rival_2": FieldValue(" ")}
    found = check_form(form("competitors"), one)
    assert ("gap", "rival_2", "required") in [(f.level, f.field, f.code) for f in found]
    assert not [f for f in found if f.field == "rival_1"]


def test_weights_bounds_and_rows_are_checked():
    rows = [
        {"factor": "价格", "weight": 0.5, "account": 5},
        {"factor": "", "weight": 0.3},
        {},
    ]
    found = check_form(form("competitors"), {"profile": FieldValue(rows), "swot": FieldValue("no table")})
    said = [(f.level, f.field, f.row, f.column, f.code) for f in found]
    assert ("error", "profile", 1, "account", "out_of_range") in said
    assert ("gap", "profile", 2, "factor", "required") in said
    assert ("gap", "profile", None, "weight", "weights") in said
    assert ("error", "swot", None, "", "not_rows") in said
    assert not any(row == 3 for _, _, row, _, _ in said)
    for lang in LANGUAGES:
        assert all(f.line(lang) and f.remedy(lang) for f in found)
