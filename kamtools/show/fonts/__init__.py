"""The project's own font, and what to do with characters that it lacks.

``KamSansSC-*.ttf`` (weights 400 and 700) and ``KamSansSC-Regular.woff2`` are made
from Noto Sans SC by ``tools/make_fonts.py``; their licence is ``OFL.txt``.
They are registered with matplotlib when the first chart is drawn.
"""

from __future__ import annotations

import base64
import functools
import io
from pathlib import Path

FAMILY = "KAM Sans SC"
FOLDER = Path(__file__).parent
REPLACEMENT = "\ufffd"
# Looked for only when a label has a character that our own font lacks: each more is asked for every text.
SECOND = "DejaVu Sans"  # matplotlib brings it along
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Arial Unicode MS",
    "SimSun-ExtB",
)


@functools.cache
def register() -> tuple[str, ...]:
    """Make the fonts known to matplotlib, once, and return the families to draw with, in order."""
    from matplotlib import font_manager

    for path in sorted(FOLDER.glob("*.ttf")):
        font_manager.fontManager.addfont(path)
    return (FAMILY,)


@functools.cache
def _covered(family: str) -> frozenset[int]:
    """Return the code points that the regular *and* the bold face of a family can draw."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    faces = []
    for weight in ("normal", "bold"):
        properties = font_manager.FontProperties(family=[family], weight=weight)
        try:
            path = font_manager.fontManager.findfont(properties, fallback_to_default=False)
            faces.append(frozenset(FT2Font(path).get_charmap()))
        except (ValueError, OSError, RuntimeError):
            return frozenset()
    return faces[0] & faces[1]


@functools.cache
def _system_families() -> tuple[str, ...]:
    from matplotlib import font_manager

    known = {f.name for f in font_manager.fontManager.ttflist}
    return tuple(f for f in SYSTEM_FAMILIES if f in known)


@functools.cache
def coverage() -> frozenset[int]:
    """Return the code points that are drawn on any machine."""
    register()
    return _covered(FAMILY) | _covered(SECOND)


def drawable(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` with what no font can draw replaced by ``\N{REPLACEMENT CHARACTER}``.

    Returns
    -------
    text : str
    families : tuple of str
        Families that are needed beside our own (mostly empty).

    Examples
    --------
    >>> drawable("华东 AB堃")
    ('华东 AB堃', ())
    """
    register()
    own = _covered(FAMILY)
    extra: list[str] = []
    out = []
    for char in text:
        if ord(char) in own:
            out.append(char)
            continue
        family = next((f for f in (SECOND, *_system_families()) if ord(char) in _covered(f)), None)
        if family is None:
            out.append(REPLACEMENT)
        else:
            out.append(char)
            if family not in extra:
                extra.append(family)
    return "".join(out), tuple(extra)


def woff2_path() -> Path:
    """Return the path of the whole font for pages (weight 400, about 1 MB)."""
    return FOLDER / "KamSansSC-Regular.woff2"


@functools.lru_cache(maxsize=8)
def _subset(characters: frozenset[int]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.glyph_names = False
    out = io.BytesIO()
    with TTFont(FOLDER / "KamSansSC-Regular.ttf", lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()


def font_css(text: str | None = None) -> str:
    """Return the ``@font-face`` rule with the font inside, for a page that needs no network.

    Parameters
    ----------
    text : str, optional
        The page. Only the characters that it uses are carried then: a page
        of 600 different characters costs about 150 kB in place of 1.4 MB.
        Give the words that scripts put on the page too.

    Returns
    -------
    str
        CSS that defines the family ``KAM Sans SC`` in one weight; browsers embolden it themselves.

    Examples
    --------
    >>> font_css("客户档案")[:10], len(font_css("客户档案")) < 20_000
    ('@font-face', True)
    """
    if text is None:
        data, kind = woff2_path().read_bytes(), "woff2"
    else:
        data, kind = _subset(frozenset(map(ord, text)) | frozenset(range(0x20, 0x7F))), "woff"
    encoded = base64.b64encode(data).decode("ascii")
    source = f"url(data:font/{kind};base64,{encoded}) format('{kind}')"
    return f"@font-face{{font-family:'{FAMILY}';font-weight:400;font-display:swap;src:{source}}}"
