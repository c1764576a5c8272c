"""HTML that came out of a notebook, made safe for a page: a list of what may stay, nothing else.

Scripts, frames, forms, event handlers, styles that load, and pictures from
elsewhere are taken out; text stays. The result loads nothing from anywhere.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_TEXT = """a abbr b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q s samp section small span strong
sub summary sup table tbody td tfoot th thead time tr u ul var"""
_SVG = "svg g path rect circle ellipse line polyline polygon text tspan title desc"
_MATH = """math semantics mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover
munderover mtable mtr mtd mpadded mphantom menclose mmultiscripts mprescripts none"""
ALLOWED_TAGS = frozenset(f"{_TEXT} {_SVG} {_MATH}".split())
# What is inside these goes too.
DROPPED_WITH_CONTENT = frozenset(
    "script iframe object embed applet noscript template textarea select button title-bar frame frameset "
    "noembed noframes xmp plaintext foreignobject annotation annotation-xml math-annotation".split()
)
VOID = frozenset("br col hr img".split())
ALLOWED_ATTRIBUTES = frozenset(
    """class id style title lang dir role scope colspan rowspan headers span width height alt align valign
    start open datetime tabindex viewbox d x y x1 y1 x2 y2 cx cy r rx ry points fill stroke stroke-width
    stroke-dasharray stroke-linecap stroke-linejoin opacity fill-opacity stroke-opacity transform text-anchor
    dominant-baseline font-size font-weight preserveaspectratio display mathvariant stretchy fence separator
    form lspace rspace linethickness columnalign rowalign columnspacing rowspacing displaystyle scriptlevel
    accent accentunder minsize maxsize movablelimits largeop symmetric notation xmlns""".split()
)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*\Z")
_CSS_LOADS = re.compile(
    r"@import[^;]*;?|(?:url|image|image-set|-webkit-image-set|expression|src|element)\s*\([^)]*\)?"
    r"|javascript:|behavior\s*:|-moz-binding\s*:",
    re.IGNORECASE,
)


def clean_css(css: str) -> str:
    """Return CSS that loads nothing and cannot end its element.

    Examples
    --------
    >>> clean_css("td{color:red;background:url(http://x/y.png)}")
    'td{color:red;background:}'
    """
    css = re.sub(r"/\*.*?(?:\*/|\Z)", "", css, flags=re.DOTALL)
    # An escape can spell a name that the pattern would not see: "\75rl(".
    css = css.replace("<", "").replace("\\", "")
    while (less := _CSS_LOADS.sub("", css)) != css:
        css = less
    return css


def clean_html(source: str) -> str:
    """Return the HTML with only what is on the list.

    Examples
    --------
    >>> clean_html('<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)></p>')
    '<p>a<img></p>'
    >>> clean_html('<a href="javascript:alert(1)">x</a>')
    '<a>x</a>'
    """
    cleaner = _Cleaner()
    cleaner.feed(source)
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self.dropped: list[str] = []
        self.style: list[str] | None = None

    def result(self) -> str:
        return "".join(self.out) + "".join(f"</{tag}>" for tag in reversed(self.open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.dropped:
            if tag == self.dropped[0]:
                self.dropped.append(tag)
            return
        if tag in DROPPED_WITH_CONTENT:
            self.dropped.append(tag)
            return
        if tag == "style":
            self.style = []
            return
        if tag not in ALLOWED_TAGS:
            return
        self.out.append(f"<{tag}{_attributes(tag, attrs)}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.dropped or tag in DROPPED_WITH_CONTENT or tag not in ALLOWED_TAGS:
            return
        text = f"<{tag}{_attributes(tag, attrs)}>"
        self.out.append(text if tag in VOID else f"{text}</{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if self.dropped:
            if tag == self.dropped[0]:
                self.dropped.pop()
            return
        if tag == "style" and self.style is not None:
            if not {"svg", "math"} & set(self.open):
                self.out.append(f"<style>{clean_css(''.join(self.style))}</style>")
            self.style = None
            return
        if tag in self.open:
            while True:
                last = self.open.pop()
                self.out.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        if self.style is not None:
            self.style.append(data)
        else:
            self.out.append(html.escape(data, quote=False))


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    kept = []
    for name, value in attrs:
        value = value or ""
        if name == "href":
            if tag != "a" or not _link(value):
                continue
        elif name == "src":
            if tag != "img" or not _PICTURE.match(value):
                continue
        elif name == "style":
            value = clean_css(value)
        elif name in ("fill", "stroke"):
            if "url" in value.lower():
                continue
        elif name not in ALLOWED_ATTRIBUTES and not name.startswith(("data-kam", "aria-")):
            continue
        kept.append(f' {name}="{html.escape(value, quote=True)}"')
        if name == "href" and not value.startswith("#"):
            kept.append(' rel="noopener noreferrer"')
    return "".join(kept)


def _link(value: str) -> bool:
    """Links go to a place on the page, or by a click of the reader to a web page."""
    return value.startswith(("#", "https://", "http://"))
