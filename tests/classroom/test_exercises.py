"""Every exercise on the sample: unanswered, wrong, right, in both languages; in widgets too."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamtools.classroom import exercise, exercise_ids
from kamtools.classroom.answers import Answers
from kamtools.classroom.course import read_course
from kamtools.classroom.exercises import Exercise, parse_number
from kamtools.classroom.places import project_root
from kamtools.classroom.questions import NONE, Question, questions
from kamtools.errors import KamError
from kamtools.words import LANGUAGES, has_message

JUDGED = [q.id for q in questions().values() if q.kind != "opinion"]
SERVED = read_course(project_root(Path(__file__).parent)).served
ACCOUNTS = ("A001", "A003", "A002", "A009")


def judged_on_the_sample(book_of, id, lang="en", account="A001"):
    """Return the exercise on the account, or on the first other whose data can say what is right."""
    found = (exercise(id, book_of(a, lang)) for a in (account, *ACCOUNTS))
    return next(x for x in found if x.question.kind == "opinion" or x.expected is not None)


@pytest.mark.parametrize("item", SERVED)
def test_every_served_item_has_an_exercise(item):
    assert exercise_ids(item)


@pytest.mark.parametrize("question", questions().values(), ids=lambda q: q.id)
def test_every_exercise_has_its_words(question):
    parts = ("question", "hint", "solution") + (("why",) if question.kind == "opinion" else ())
    assert all(has_message("course", question.id, part) for part in parts)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("id", list(questions()))
def test_unanswered_says_not_attempted_and_keeps_nothing(book_of, own_work_folder, id, lang):
    found = exercise(id, book_of(lang=lang))
    assert found.check().status == "not_attempted"
    assert found.answer is None and not own_work_folder.exists()
    assert any("一" <= c <= "鿿" for c in found.text.replace(found.book.name, "")) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("id", JUDGED)
@pytest.mark.parametrize("account", ["A001", "A003"])
def test_wrong_fails_with_a_hint_and_the_solution_passes(book_of, id, lang, account, wrong_answer):
    found = judged_on_the_sample(book_of, id, lang, account)
    failed = found.check(wrong_answer(found))
    assert failed.status == "failed"
    assert found.hint().text in failed.text and len(found.hint().text) > 10
    passed = found.check(found.right_answer())
    assert passed.status == "passed"
    assert found.solution().text and "{" not in found.solution().text
    assert exercise(id, book_of(found.book.account, lang)).check().status == "passed"  # opened again


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_opinion_is_kept_and_not_judged(book_of, lang):
    found = exercise("2.A.x1", book_of(lang=lang))
    assert found.check({"choice": "sales", "why": "  "}).status == "not_attempted"
    assert found.check({"choice": "sales", "why": "奖金"}).status == "uncheckable"
    assert found.answer == {"choice": "sales", "why": "奖金"}
    assert found.solution().text


@pytest.mark.parametrize("id", JUDGED)
def test_an_account_with_little_data_is_never_a_fault(book_of, id, unanswered):
    found = exercise(id, book_of("A100"))
    assert found.check().status == unanswered(found)
    answer = 1 if found.question.kind == "number" else next((v for v, _ in found.options), "")
    if found.expected is None and answer:
        assert found.check([answer] if found.question.kind == "multi" else answer).status == "uncheckable"
    if found.expected is None:
        assert found.right_answer() is None and found.solution().text


def test_at_least_one_account_leaves_something_uncheckable(book_of):
    assert exercise("2.B.x1", book_of("A100")).expected is None


@pytest.mark.parametrize("typed", ["", "   ", "twelve", "1,2,x", "nan", "inf"])
def test_what_is_no_number_is_not_judged(book_of, typed):
    assert exercise("2.A.1.x1", book_of()).check(typed).status == "not_attempted"


def test_numbers_are_read_as_people_write_them(book_of):
    found = exercise("2.A.1.x1", book_of())
    right = str(int(found.right_answer()))
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in right)
    assert found.check(full_width).status == "passed"
    assert found.check(f" {right} ").status == "passed"
    assert parse_number("\u22121,200.5") == -1200.5
    assert parse_number("12.5％") == 12.5


def test_a_fraction_for_a_percentage_and_a_lost_minus_get_their_own_hint(book_of):
    found = exercise("2.A.2.x2", book_of("A003"))
    value = found.expected
    assert value < -0.05
    assert "0.123" in found.check(str(round(value, 4))).text
    assert "sign" in found.check(str(-value * 100)).text
    assert found.check(str(value * 100 + 0.4)).status == "passed"
    assert found.check(str(value * 100 + 0.6)).status == "failed"


def test_expected_values_stand_on_the_account_itself(book_of):
    one, other = (exercise("2.A.3.x1", book_of(a)).expected for a in ("A001", "A003"))
    assert one != other
    book = book_of("A003")
    assert "A003" in exercise("2.A.2.x1", book).expected
    margin = book.portfolio.profit_share.table.loc["A003", "margin"]
    assert exercise("2.A.2.x2", book).expected == margin


def test_an_option_that_does_not_exist_is_not_attempted(book_of):
    assert exercise("2.B.x1", book_of()).check("galaxy").status == "not_attempted"


def test_loss_makers_name_how_many_are_missing_and_too_many(book_of):
    found = exercise("2.A.2.x1", book_of())
    text = found.check([NONE]).text
    assert f"Missing: {len(found.expected)}, too many: 1" in text


def test_a_made_up_id_names_what_there_is(book_of):
    with pytest.raises(KamError) as caught:
        exercise("2.A.1.x7", book_of())
    assert "2.A.1.x1" in caught.value.text("en")


def test_names_are_text_in_the_page(book_of, tmp_path):
    book = book_of()
    names = {**book.context.names, "A001": "<img src=x onerror=alert(1)> $\\frac$"}
    context = type(book.context)("en", names, "CNY", "A001", True, book.context.terms)
    book.__dict__["context"] = context
    question = questions()["2.A.1.x2"]
    page = Exercise(question, book, Answers(book.portfolio.workspace, "Li"))._repr_html_()
    assert "<img" not in page and "&lt;img" in page


def test_the_batch_shows_the_static_twin(book_of):
    found = exercise("2.A.4.x1", book_of(batch=True))
    bundle = found._repr_mimebundle_()
    assert "2.A.4.x1" in bundle["text/html"] and "<li>" in bundle["text/html"]
    assert not any("widget" in kind for kind in bundle)


def test_an_answer_of_another_kind_is_judged_and_kept(book_of, own_work_folder):
    import numpy as np

    found = exercise("2.A.1.x1", book_of())
    assert found.check(np.int64(found.right_answer())).status == "passed"
    assert isinstance(found.answer, int)
    for answer in (5, [1], ("a", 2), np.array([1])):
        assert exercise("2.A.1.x2", book_of()).check(answer).status == "not_attempted"


# -- the widget ---------------------------------------------------------------------------------


def press(widget, name, **more):
    """Do what the page does when a button is clicked; return what it shows then."""
    widget._handle_custom_msg({"do": name, **more}, [])
    return widget.outcome


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_is_answered_wrong_and_right_in_the_widget(book_of, own_work_folder, lang):
    from kamtools.classroom.widgets import ExerciseWidget

    found = exercise("2.A.1.x1", book_of(lang=lang))
    widget = ExerciseWidget(found)
    assert widget.spec["words"]["question"] == found.text
    assert widget.outcome["status"] == "not_attempted"
    wrong = press(widget, "check", answer="1")
    assert wrong["status"] == "failed" and found.hint().text in wrong["text"]
    again = press(widget, "check", answer="1")
    assert again != wrong and again["text"] == wrong["text"]  # the page is told anew
    assert press(widget, "hint")["text"] == found.hint().text
    assert press(widget, "solution")["text"] == found.solution().text
    right = str(int(found.right_answer()))
    assert press(widget, "check", answer=right)["status"] == "passed"
    assert found.answers.get("A001", "2.A.1.x1") == {"value": right, "status": "passed"}
    assert [p.name for p in own_work_folder.glob("answers/samples/*.csv")]
    later = ExerciseWidget(exercise("2.A.1.x1", book_of(lang=lang)))
    assert later.spec["kept"] == right and later.outcome["status"] == "passed"


@pytest.mark.parametrize("id", list(questions()))
def test_every_kind_of_widget_reads_and_restores_its_answer(book_of, id):
    from kamtools.classroom.widgets import ExerciseWidget

    found = judged_on_the_sample(book_of, id)
    widget = ExerciseWidget(found)
    kind = found.question.kind
    assert widget.spec["kind"] == kind
    empty = {"number": "", "multi": [], "choice": "", "opinion": {"choice": "", "why": ""}}[kind]
    assert press(widget, "check", answer=empty)["status"] == "not_attempted"
    if kind == "opinion":
        answer = {"choice": widget.spec["options"][0][0], "why": "because"}
    else:
        answer = found.right_answer()
        given = {answer} if isinstance(answer, str) else set(answer) if kind == "multi" else set()
        assert given <= {value for value, _ in widget.spec["options"]}
    status = "uncheckable" if kind == "opinion" else "passed"
    assert press(widget, "check", answer=answer)["status"] == status
    later = ExerciseWidget(exercise(id, book_of(found.book.account)))
    assert (later.spec["kept"], later.outcome["status"]) == (answer, status)


def test_a_folder_that_cannot_be_written_is_said_in_the_widget(book_of, tmp_path, monkeypatch):
    from kamtools.classroom.widgets import ExerciseWidget

    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("KAM_WORK", str(tmp_path / "file"))
    said = press(ExerciseWidget(exercise("2.A.1.x1", book_of())), "check", answer="3")
    assert said["status"] == "error" and "KAM_WORK" in said["text"]


def test_a_fault_of_the_program_is_said_in_the_widget_and_logged(book_of, monkeypatch):
    from kamtools.classroom.exercises import Exercise
    from kamtools.classroom.widgets import ExerciseWidget

    def broken(self):
        raise RuntimeError("a fault of ours")

    widget = ExerciseWidget(exercise("2.A.1.x1", book_of()))
    monkeypatch.setattr(Exercise, "hint", broken)
    with pytest.raises(RuntimeError):
        widget._on_message(widget, {"do": "hint"}, [])
    assert widget.outcome["status"] == "error" and "a fault of ours" in widget.outcome["text"]


def test_a_question_without_a_kind_of_its_own_is_not_there():
    assert {q.kind for q in questions().values()} <= {"number", "choice", "multi", "opinion"}
    assert all(isinstance(q, Question) for q in questions().values())
