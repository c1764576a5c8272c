from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.fleet.sanitize import clean_css, clean_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt/x>alert(1)</sCrIpT >",
    "<script>unclosed",
    "<img src=x onerror=alert(1)>",
    "<img src='https://example.com/x.png'>",
    "<svg onload=alert(1)><circle r=1></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><use href='//x/y.svg#z'/></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src=//x></iframe>",
    "<object data=x></object><embed src=x><link rel=stylesheet href=//x><base href=//x>",
    "<form action=//x><button formaction=javascript:alert(1)>x</button></form>",
    "<style>@import url(//x); td{background:url(https://x)}</style>",
    "<style>a{b:u\\72l(https://x)}</style><style></style><p>",
    "<p style='background:URL( //x )'>x</p>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<div id='a' onmouseover='alert(1)' data-x='1'>t</div>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_does_nothing(attack, inert):
    cleaned = clean_html(f"before{attack}</script></style>after")
    page = inert(cleaned)
    assert not page.of("script")
    assert cleaned.startswith("before")


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<", ">", '"', "'", "&lt;", "</style>", "<!--", "-->", "x"]), max_size=6
    )
)
def test_no_mixture_of_attacks_does_anything(inert, parts):
    cleaned = clean_html("".join(parts))
    assert not inert(cleaned).of("script")
    assert clean_html(cleaned) == clean_html(clean_html(cleaned))


def test_what_tables_and_charts_need_stays():
    picture = "data:image/png;base64,iVBORw0KGgo="
    source = (
        '<style>#t td{color:red}</style><table class="x" id="t"><tr><td colspan="2" '
        f'style="text-align:right">1 &lt; 2 &amp; 3</td></tr></table><img src="{picture}" alt="x">'
        '<details open><summary>s</summary></details><a href="#s1">here</a>'
    )
    cleaned = clean_html(source)
    for part in (
        "<style>#t td{color:red}</style>",
        'colspan="2"',
        "1 &lt; 2 &amp; 3",
        picture,
        'href="#s1"',
        "<summary>",
    ):
        assert part in cleaned


def test_css_cannot_end_its_element():
    assert "<" not in clean_css("a{}</style><script>alert(1)</script>")
