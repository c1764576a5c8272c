"""A book as one self-contained HTML page: from an executed notebook, code hidden, no network.

One :class:`BookExporter` serves all pages of a process; making it costs more
than a page does.
"""

from __future__ import annotations

import base64
import copy
import functools
import re
from dataclasses import dataclass, replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kamtools.fleet.sanitize import clean_html
from kamtools.words import say

_MARK = re.compile(r' data-kam-figure="([^"]*)"')
TEMPLATES = Path(__file__).parent / "templates"
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}
# What the page of a book shows of an output, best first.
PRIORITY = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)


@dataclass(frozen=True)
class BookPage:
    """What stands on a book's page beside the notebook's cells."""

    account: str
    name: str
    lang: str
    company: str
    as_of: str  # as the language writes a date
    fictional: bool
    command: str
    data_hash: str
    judged: str = ""  # hash of ratings and list, as the run began with them
    command_shown: bool = False  # the notebook itself prints it
    workspace: str = ""  # as a command names it
    day: str = ""  # as_of as YYYY-MM-DD


def book_html(notebook: Any, page: BookPage) -> str:
    """Return an executed notebook as an HTML page that loads nothing.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Code is not shown; outputs are cleaned by
        :func:`kamtools.fleet.sanitize.clean_html`; formulas become MathML.
    page : BookPage
    """
    from kamtools.show.fonts import font_css

    notebook = copy.deepcopy(notebook)
    toc, has_title = _render_words(notebook)
    css = (TEMPLATES / "base.css").read_text("utf-8") + (TEMPLATES / "book.css").read_text("utf-8")
    words = ("back", "skip", "contents", "fictional", "made_by", "data_hash", "facts_file", "notebook_file")
    title = say("fleet.book_title", page.lang, name=page.name, company=page.company)
    kam = {
        "html_lang": HTML_LANGUAGES[page.lang],
        "title": title,
        "heading": page.name,
        "account": page.account,
        "company": page.company,
        "as_of_line": say("fleet.as_of", page.lang, date=page.as_of),
        "fictional": page.fictional,
        "command": "" if page.command_shown else page.command,
        "data_hash": page.data_hash,
        "toc": toc,
        "has_title": has_title,
        "css": css,
        "words": {w: say("fleet.word", page.lang, w) for w in words},
    }
    html, _ = _exporter().from_notebook_node(notebook, resources={"kam": kam})
    html = _with_commands(html, page)
    if not needs_font(html):
        return html
    return html.replace("<style>", f"<style>\n{font_css(font_characters(html))}", 1)


def _with_commands(html: str, page: BookPage) -> str:
    """Show with each figure that is the sum of rows the command that lists them: as a tooltip, and once below its table."""
    from kamtools.book.lines import has_lines, lines_command
    from kamtools.words import shell

    if not page.workspace:
        return html
    said = escape(say("fleet.lines_behind", page.lang))

    def command(mark: re.Match[str]) -> str:
        figure = unescape(mark[1])
        if not has_lines(figure):
            return ""
        return escape(shell(lines_command(page.workspace, page.account, page.day, figure)))

    def tooltip(mark: re.Match[str]) -> str:
        told = command(mark)
        return f'{mark[0]} title="{told}"' if told else mark[0]

    def below(table: re.Match[str]) -> str:
        marks = sorted(_MARK.finditer(table[0]), key=lambda mark: not mark[1].endswith("_actual"))
        shown = next(filter(None, map(command, marks)), "")
        line = f'<p class="kam-lines">{said} <code>{shown}</code></p>' if shown else ""
        return _MARK.sub(tooltip, table[0]) + line

    # tables of ours stand in a box of their own; any other marked cell gets the tooltip alone
    done = re.sub(r'<div id="[^"]*" class="kam-table.*?</table></div>', below, html, flags=re.DOTALL)
    return re.sub(_MARK.pattern + r"(?! title=)", tooltip, done)


def needs_font(text: str) -> bool:
    """Tell whether a text has characters that a Latin font lacks."""
    return any(ord(c) > 0x2E7F for c in set(text))


def font_characters(text: str) -> str:
    """Return the characters of a page beyond ASCII once each: enough to subset a font."""
    return "".join(sorted(c for c in set(text) if ord(c) > 0x7F))


@functools.cache
def _exporter() -> Any:
    from nbconvert.exporters import TemplateExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = list(PRIORITY)
    exporter = TemplateExporter(
        config=config,
        template_name="book",
        extra_template_basedirs=[str(TEMPLATES)],
        file_extension=".html",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.register_filter("clean", clean_html)
    exporter.register_filter("words", words_html)
    exporter.register_filter("base64", lambda text: base64.b64encode(text.encode()).decode())
    exporter.register_filter("one_word", lambda text: re.sub(r"\s+", "", text))
    exporter.register_filter("picture_text", _picture_text)
    return exporter


def _picture_text(output: Any) -> str:
    """Return the text that stands for a picture: what the cell gave with it, never a Python repr."""
    text = output.get("metadata", {}).get("alt") or output.get("data", {}).get("text/plain", "")
    return "" if text.startswith("<") else text


def words_html(source: str) -> str:
    """Return Markdown as HTML, formulas as MathML.

    Examples
    --------
    >>> words_html("**a** $x^2$")
    '<p><strong>a</strong> <math ...</p>\\n'
    """
    return _markdown().render(source)


@functools.cache
def _markdown() -> Any:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def block_math(self, body: str) -> str:
            return mathml(body, "block")

        def inline_math(self, body: str) -> str:
            return mathml(body, "inline")

        def latex_environment(self, name: str, body: str) -> str:
            return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer)


def mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML; what is no formula stays text.

    Examples
    --------
    >>> mathml("x")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    import html

    from latex2mathml.converter import convert

    try:
        return convert(latex, display=display)
    except Exception:  # noqa: BLE001 - latex2mathml raises many kinds; the text itself is then the answer
        return f"<code>{html.escape(latex)}</code>"


@dataclass(frozen=True)
class Heading:
    """An entry of the contents: where it leads, what it says, how deep it stands (2 or 3)."""

    id: str
    text: str
    depth: int


def _render_words(notebook: Any) -> tuple[list[Heading], bool]:
    """Render each Markdown cell into its metadata; return the contents and whether the name is shown."""
    toc: list[Heading] = []
    has_title, section = False, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            html, found = number_headings(clean_html(words_html(cell.source)), len(toc))
            cell.metadata["kam_html"] = html
            toc += [h for h in found if h.depth in (2, 3)]
            has_title = has_title or any(h.depth == 1 for h in found)
            section = found[-1].text if found else section
        elif cell.cell_type == "code":
            cell.metadata["kam_alt"] = section  # what stands for a picture that says nothing itself
            pages = [o.get("data", {}).get("text/html", "") for o in cell.outputs]
            has_title = has_title or any("<h1" in p or 'class="kam-cover"' in p for p in pages)
    return toc, has_title


def number_headings(html: str, start: int = 0) -> tuple[str, list[Heading]]:
    """Give each heading an id of its own (``s1``, ``s2``, …) and return what they say.

    Examples
    --------
    >>> number_headings("<h2>A <em>b</em></h2>", 4)
    ('<h2 id="s5">A <em>b</em></h2>', [Heading(id='s5', text='A b', depth=2)])
    """
    found: list[Heading] = []

    def mark(match: re.Match[str]) -> str:
        depth, inner = int(match[1]), match[2]
        id = f"s{start + 1 + sum(h.depth in (2, 3) for h in found)}" if depth in (2, 3) else f"t{start}"
        found.append(replace(Heading(id, "", depth), text=_text(inner)))
        return f'<h{depth} id="{id}">{inner}</h{depth}>'

    return re.sub(r"<h([1-6])[^>]*>(.*?)</h\1>", mark, html, flags=re.DOTALL), found


def _text(html: str) -> str:
    class Text(HTMLParser):
        kept: list[str] = []

        def handle_data(self, data: str) -> None:
            self.kept.append(data)

    parser = Text()
    parser.kept = []
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.kept).split())
