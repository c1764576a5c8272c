from __future__ import annotations

import pytest
from nbformat import v4

from kamtools.fleet.pages import BookPage, book_html, mathml

PAGE = BookPage(
    account="../../x",
    name="<b>A $\\frac$ B</b>",
    lang="zh",
    company="公司 & <i>",
    as_of="2026年6月30日",
    fictional=True,
    command="kam run '<x>'",
    data_hash="0123abcd",
)


def output(**data):
    return v4.new_output("execute_result", {k.replace("_", "/"): v for k, v in data.items()})


def notebook(*outputs, words="# 标题 $x^2$\n\n## 第一节"):
    code = v4.new_code_cell("secret_source = 1", outputs=list(outputs))
    return v4.new_notebook(cells=[v4.new_markdown_cell(words), code])


@pytest.fixture(scope="module")
def html() -> str:
    outputs = [
        output(text_html="<p onclick=x>kept</p><script>alert(1)</script>", text_plain="not shown"),
        output(text_markdown="**bold** <img src=x onerror=alert(1)>"),
        output(image_png="iVBO\nRw0K", text_plain="<Figure size 900x420>"),
        output(text_plain="plain <b>"),
        v4.new_output("stream", name="stdout", text="printed <i>\x1b[31mred\x1b[0m"),
        v4.new_output("stream", name="stderr", text="a warning"),
        v4.new_output("display_data", {"application/javascript": "alert(2)", "text/plain": "script"}),
    ]
    return book_html(notebook(*outputs), PAGE)


def test_the_page_is_inert_and_runs_no_script(html, inert):
    page = inert(html)
    assert page.of("script") == [] and page.of("b") == [] and page.of("i") == []
    policy = [m for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy[0]["content"] and "script-src" not in policy[0]["content"]


def test_it_shows_outputs_and_hides_code(html, inert):
    text = "".join(inert(html).text)
    for shown in ("kept", "bold", "plain <b>", "printed <i>red", PAGE.name, PAGE.command, PAGE.data_hash):
        assert shown in text
    for hidden in ("secret_source", "a warning", "alert(2)", "not shown"):
        assert hidden not in text


def test_pictures_stand_in_the_page(html, inert):
    pictures = inert(html).of("img")
    assert {"src": "data:image/png;base64,iVBORw0K", "alt": "第一节"} in pictures
    assert all(p.get("src", "data:").startswith("data:") for p in pictures)


def test_formulas_are_mathml(html, inert):
    page = inert(html)
    assert len(page.of("math")) == 1 and "$x^2$" not in "".join(page.text)


def test_what_is_no_formula_stays_text():
    assert "frac" in mathml("\\frac")
    assert "<script" not in mathml("<script>alert(1)</script>")


def test_language_way_back_and_contents(html, inert):
    page = inert(html)
    assert page.of("html") == [{"lang": "zh-CN"}]
    links = [a["href"] for a in page.of("a")]
    assert "../../index.html" in links
    inside = [h[1:] for h in links if h.startswith("#")]
    assert inside and set(inside) <= {attrs.get("id") for _, attrs in page.elements}


def test_hanzi_carry_their_font(html):
    assert "font-family:'KAM Sans SC'" in html and len(html) < 600_000


def test_the_fictional_company_says_so_and_a_real_one_does_not(html):
    from dataclasses import replace

    real = book_html(notebook(), replace(PAGE, fictional=False))
    assert "虚构" in html and "虚构" not in real


def test_both_languages_have_the_same_structure(inert):
    from dataclasses import replace

    zh, en = (inert(book_html(notebook(), replace(PAGE, lang=lang))) for lang in ("zh", "en"))
    assert [tag for tag, _ in zh.elements] == [tag for tag, _ in en.elements]


def test_a_command_that_the_notebook_shows_is_not_shown_twice():
    from dataclasses import replace

    assert 'id="command"' not in book_html(notebook(), replace(PAGE, command_shown=True))
