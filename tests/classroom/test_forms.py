"""The grading form, the sliders and the frame of a book, on the sample company."""

from __future__ import annotations

import json

import pytest

from kamtools.classroom import (
    axis_grading,
    colophon,
    cover,
    explore,
    figures,
    grading_form,
    own_pnl,
    rating_sources,
)
from kamtools.classroom.forms import rated
from kamtools.classroom.forms_widget import UNRATED
from kamtools.classroom.pages import FIGURES_MIME
from kamtools.errors import KamError
from kamtools.words import LANGUAGES


def parts(box, kind):
    found = [box] if isinstance(box, kind) else []
    for child in getattr(box, "children", ()):
        found += parts(child, kind)
    return found


def one(box, kind, css):
    return next(w for w in parts(box, kind) if css in w._dom_classes)


def test_the_form_is_filled_from_data_and_from_what_people_rated(book_of):
    book = book_of()
    rows = grading_form(book).rows()
    assert [r.criterion for r in rows] == [c.id for c in book.portfolio.settings.criteria]
    for row in rows:
        assert row.origin in ({"data", "missing"} if row.by_data else {"stored", "missing"})
        if row.origin == "stored":
            assert row.source and row.date and row.status in ("assumed", "confirmed")


def test_ratings_tried_on_a_pack_go_before_those_kept_and_change_no_page(book_of):
    form = grading_form(book_of())
    row = next(r for r in form.rows() if r.origin == "stored")
    assert form.save({row.criterion: rated(1.5, "call", "2026-10-01", "confirmed")}) == "tried"
    mine = next(r for r in grading_form(book_of(lang="zh")).rows() if r.criterion == row.criterion)
    assert (mine.origin, mine.value, mine.source, mine.date) == ("tried", 1.5, "call", "2026-10-01")
    assert next(r for r in form.rows(own=False) if r.criterion == row.criterion) == row
    assert book_of().portfolio.ratings.loc["A001", row.criterion] == row.value


def test_a_bad_date_is_refused_and_nothing_kept(own_work_folder):
    with pytest.raises(KamError) as caught:
        rated(3.0, date="1.10.2026")
    assert "1.10.2026" in caught.value.text("zh") and not own_work_folder.exists()


def test_moving_a_rating_moves_only_this_account(book_of):
    book = book_of("A007")
    form = grading_form(book)
    before, after = book.portfolio.grading.table, form.graded({"relationship": 5.0}).table
    assert after.loc["A007", "strength"] > before.loc["A007", "strength"]
    assert after.drop(index="A007").equals(before.drop(index="A007"))
    assert book.portfolio.ratings.loc["A007", "relationship"] < 5


def test_a_rating_taken_away_is_missing_and_not_zero(book_of):
    form = grading_form(book_of("A007"))
    table = form.graded({"relationship": None}).table
    assert table.loc["A007", "strength"] >= 1
    assert table.loc["A007", "known"] < form.book.portfolio.grading.table.loc["A007", "known"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sliders_move_scores_scorecard_and_matrix(book_of, own_work_folder, lang):
    import ipywidgets as w

    box = grading_form(book_of("A007", lang)).widget()
    pictures = parts(box, w.Image)
    before = [p.value for p in pictures]
    scores = one(box, w.HTML, "kam-scores").value
    slider = one(box, w.SelectionSlider, "kam-rating-relationship")
    slider.value = 5.0
    assert all(
        p.value != b and bytes(p.value).startswith(b"\x89PNG") for p, b in zip(pictures, before, strict=True)
    )
    assert one(box, w.HTML, "kam-scores").value != scores
    one(box, w.Button, "kam-save").click()
    said = " ".join(h.value for h in parts(box, w.HTML))
    assert "kam new" in said and (own_work_folder / "answers" / "samples" / "records.csv").is_file()
    again = one(grading_form(book_of("A007", lang)).widget(), w.SelectionSlider, "kam-rating-relationship")
    assert again.value == 5.0
    one(box, w.Button, "kam-reset").click()
    assert slider.value != 5.0


def test_an_account_without_ratings_has_empty_sliders_and_can_be_rated(book_of):
    import ipywidgets as w

    box = grading_form(book_of("A100")).widget()
    slider = one(box, w.SelectionSlider, "kam-rating-relationship")
    assert slider.value == UNRATED
    slider.value = 4.0
    assert (
        "Strategic" in one(box, w.HTML, "kam-scores").value or "Star" in one(box, w.HTML, "kam-scores").value
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_batch_shows_the_form_as_a_table(book_of, lang):
    bundle = grading_form(book_of(lang=lang, batch=True))._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == 1 + 2 + len(grading_form(book_of()).rows())
    assert not any("widget" in kind for kind in bundle)


def test_what_people_typed_is_text_in_the_table(book_of):
    form = grading_form(book_of(batch=True))
    form.save({"relationship": rated(3.0, "<img src=x onerror=alert(1)>")})
    assert "<img" not in form._repr_html_() and "&lt;img" in form._repr_html_()


def test_a_scorecard_of_one_axis_has_its_criteria_only(book_of):
    book = book_of()
    rows = axis_grading(book, "strength").scorecard("A001")
    assert set(rows.index) == {c.id for c in book.portfolio.settings.criteria if c.axis == "strength"}
    assert set(rating_sources(book).values()) == {"data", "person"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("id", "value"), [("abc_cut", 60), ("rating_sd", 1.5)])
def test_a_slider_moves_picture_and_sentence(book_of, lang, id, value):
    import ipywidgets as w

    box = explore(id, book_of("A007", lang)).widget()
    (image,) = parts(box, w.Image)
    before = image.value
    slider = parts(box, (w.IntSlider, w.FloatSlider))[0]
    slider.value = value
    assert image.value != before and bytes(image.value).startswith(b"\x89PNG")
    assert f"{value:g}" in parts(box, w.HTML)[0].value


def test_more_accounts_are_in_class_a_when_the_line_moves_up(book_of):
    explorer = explore("abc_cut", book_of())
    low, high = (int(explorer.at(v)[1].split("there are ")[1].split()[0]) for v in (50, 90))
    assert low < high


def test_without_error_the_place_is_certain(book_of):
    chances = [explore("rating_sd", book_of("A007")).at(v)[1] for v in (0, 1.5)]
    shares = [float(c.rsplit(": ", 1)[1].rstrip("%.")) for c in chances]
    assert shares[0] >= shares[1]


def test_an_unknown_slider_names_what_there_is(book_of):
    with pytest.raises(KamError) as caught:
        explore("cut", book_of())
    assert "abc_cut" in caught.value.text("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_batch_shows_a_slider_as_a_picture(book_of, lang):
    bundle = explore("abc_cut", book_of(lang=lang, batch=True))._repr_mimebundle_()
    assert "data:image/png;base64," in bundle["text/html"]


def test_the_cover_says_whose_of_when_and_that_the_company_is_invented(book_of):
    page = cover(book_of())._repr_html_()
    assert "Lanting Hypermarkets" in page and "Oct 31, 2026" in page and "A001" in page
    assert "invented" in page


def test_the_figures_of_a_section_are_those_of_the_book(book_of):
    book = book_of()
    text = repr(figures(book, "2.A.1"))
    assert [line.split()[0] for line in text.splitlines()] == [
        f.id for f in book.figures() if f.item == "2.A.1"
    ]


def test_the_colophon_carries_the_figures_as_data_and_the_command(book_of):
    book = book_of()
    bundle = colophon(book)._repr_mimebundle_()
    data = json.loads(json.dumps(bundle[FIGURES_MIME], allow_nan=False))
    assert data["figures"] == [f.as_dict() for f in book.figures()]
    assert data["account"] == "A001" and data["data_hash"] == book.portfolio.data_hash
    assert data["command"] == "kam run --workspace data/samples --as-of 2026-10-31 --lang en A001"
    assert data["command"] in bundle["text/plain"]


def test_the_accounts_own_pnl_is_its_row_of_the_portfolio(book_of):
    book = book_of("A003")
    rows = own_pnl(book).set_index("line")["amount"]
    assert rows["contribution"] == book.portfolio.pnl.loc["A003", "contribution"] < 0


def test_an_unknown_item_has_no_figures(book_of):
    assert repr(figures(book_of(), "9.Z")) == ""
