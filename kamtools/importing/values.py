"""SQL that reads numbers, dates and ids from text as people and systems write them.

Every function takes the SQL of a text and gives the SQL of a value: NULL where
the text is no such value.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from kamtools.workspace.paths import quoted as quoted

if TYPE_CHECKING:
    import duckdb

STYLES = ("year_first", "day_first", "month_first", "excel_serial", "minguo")
LONGEST = 15  # years that the dates of one column are likely to span
SERIAL = r"[2-7][0-9]{4}(\.[0-9]+)?"  # Excel's number of a day: 46027 is 5 January 2026
SIGNS = r"US\$|HK\$|NT\$|[$¥￥€£]|CNY|RMB|USD|HKD|TWD|EUR|GBP|JPY|人民币|人民幣"
ACCOUNTING = rf"(?i).*({SIGNS})\s*[-(]?[0-9].*|\s*\([0-9.,]+\)\s*|\s+[0-9][0-9.,]*\s+"
_WHITE = " \t\r\n\u00a0\u3000\ufeff"
ERROR_CELLS = r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FORMULA!|GETTING_DATA)"
TOTAL_WORDS = (
    r"(\x1f|^)\s*([^\x1f]*(小\s*[计計]|合\s*[计計]|[总總]\s*[计計])|(本页|本日|本月|本期|本年|期末)?累\s*[计計]"
    r"|(?i:(sub|grand )?[ -]?totals?|summe|gesamtsumme|zwischensumme|\*{1,3}))\s*[:：]?\s*(\x1f|$)"
)
TOTAL_LINE = (  # 合计：1,234.00 in one cell, or cut at its comma, and nothing else
    r"(?i)[\s\x1f]*[^\s\x1f:：0-9]*(合\s*[计計]|[总總]\s*[计計]|[总總](金)?[额額]|(grand )?total|summe)[^\x1f:：0-9]{0,12}[:：\s][\s\x1f]*"
    r"([¥￥$€£]|RMB|CNY|人民币)?\s*[-(]?[0-9][0-9,]*(\x1f[0-9]{3})*(\.[0-9]+)?\)?\s*[元圆]?整?[\s\x1f]*"
)
SPLIT_DATE = r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})([ T].*)?"
SHORT_YEAR_FIRST = r"([0-9]{2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})([ T].*)?"
MINGUO = "^(民國|民国|1[0-2][0-9][-/.年])|^1[0-2][0-9]{5}$"  # what can be nothing else
DECIMAL_COMMA = r"[-+]?([0-9]{1,3}(\.[0-9]{3})*|[0-9]+),([0-9]{1,2}|[0-9]{4,})-?"


def may_total(data: bytes) -> bool:
    """Tell whether :data:`TOTAL_WORDS` may match in a text: most files can be spared the search.

    Examples
    --------
    >>> may_total("小 计,5".encode()), may_total(b"TOTAL"), may_total(b"F1,5")
    (True, True, False)
    """
    small = data.lower()
    wanted = (b"total", b"summe", b"*", *(() if data.isascii() else ("计".encode(), "計".encode())))
    return any(word in small for word in wanted)


def name(text: str) -> str:
    """Return a text as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def trimmed(x: str) -> str:
    """Return a text without white space around it, NULL where nothing is left."""
    plain = f"regexp_full_match({x}, '[!-~]([ -~]*[!-~])?')"  # the usual case is much faster
    return f"CASE WHEN {plain} THEN {x} ELSE nullif(trim({x}, {quoted(_WHITE)}), '') END"


def filled(x: str) -> str:
    """Return whether something else than white space stands in a text: the first character decides nearly always."""
    return f"CASE WHEN ascii({x}) BETWEEN 33 AND 126 THEN true ELSE {trimmed(x)} IS NOT NULL END"


def number(x: str, decimal: str = ".", accounting: bool = False) -> str:
    r"""Return a number as DECIMAL(28, 10).

    Read: ``1,234.50``, ``5,29,550.00`` (grouped as in India), ``-5``, ``5-`` (SAP), ``(5)``, ``红字5``, ``5 CR``
    (a credit is below zero), ``¥1,000``, ``US$5``, ``12%``, ``12.5万``, ``1e3``, full-width digits; with `decimal`
    ``,`` also ``1.234,50``. ``$-`` is zero; a dash alone only in a column in an `accounting` format, see
    :data:`ACCOUNTING`. A comma that does not stand between groups is not guessed at.

    Examples
    --------
    >>> import duckdb
    >>> texts = ["1,234.50", "12.30-", "（8）", "红字7", "￥1,000", "15%", "1,5", "abc", "１２"]
    >>> texts += ["5,29,550.00", "12.5万元", "$(3.5)", "RMB 7", "$-", "-", "9 CR"]
    >>> for t in texts:
    ...     v = duckdb.execute(f"SELECT {number(quoted(t))}").fetchall()[0][0]
    ...     print(t, None if v is None else float(v))
    1,234.50 1234.5
    12.30- -12.3
    （8） -8.0
    红字7 -7.0
    ￥1,000 1000.0
    15% 0.15
    1,5 None
    abc None
    １２ 12.0
    5,29,550.00 529550.0
    12.5万元 125000.0
    $(3.5) -3.5
    RMB 7 7.0
    $- 0.0
    - None
    9 CR -9.0
    """
    t = trimmed(x)
    wide = f"translate({t}, '０１２３４５６７８９．，－−–—（）％’＄￡', '0123456789.,----()%''$£')"
    bare = f"regexp_replace({wide}, '(?i){SIGNS}|[{_WHITE}\u202f\u2009'']|[元圆圓]整?$', '', 'g')"
    red = f"regexp_replace({bare}, '^(红字|紅字|\\(红\\)|\\(紅\\)|\\[红\\])', '-')"
    minus = f"regexp_replace({red}, '^(-?)[(](.*)[)]$', '\\1-\\2')"
    credit = f"regexp_replace(regexp_replace({minus}, '(?i)DR$', ''), '(?i)^(.*)CR$', '-\\1')"
    front = f"regexp_replace({credit}, '^([^-].*)-$', '-\\1')"
    point = f"translate({front}, '.,', ',.')" if decimal == "," else front
    plain = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?[%万萬亿億]?"
    grouped = r"[+-]?[0-9]{1,3}((,[0-9]{3})+|(,[0-9]{2})+,[0-9]{3})(\.[0-9]*)?[%万萬亿億]?"
    value = "TRY_CAST(regexp_replace(p, '[,%万萬亿億]', '', 'g') AS DECIMAL(28, 10))"
    times = {"%": "/ 100", "万": "* 10000", "萬": "* 10000", "亿": "* 100000000", "億": "* 100000000"}
    scaled = " ".join(f"WHEN '{k}' THEN TRY_CAST({value} {by} AS DECIMAL(28, 10))" for k, by in times.items())
    dash = f"({SIGNS})?-+" if accounting else f"({SIGNS})-+"
    hard = (
        f"CASE WHEN regexp_full_match({wide}, '(?i)[ ]*{dash.replace('-+', '[ ]*-+')}') THEN 0"
        f" ELSE list_transform([{point}], lambda p: CASE WHEN regexp_full_match(p, '{plain}|{grouped}') THEN"
        f" CASE right(p, 1) {scaled} ELSE {value} END END)[1] END"
    )
    easy = r"[+-]?[0-9]+" if decimal == "," else r"[+-]?[0-9]+(\.[0-9]+)?"
    return f"CASE WHEN regexp_full_match({x}, '{easy}') THEN TRY_CAST({x} AS DECIMAL(28, 10)) ELSE {hard} END"


def date(x: str, style: str, month: bool = False) -> str:
    """Return a date as DATE, between 1900 and 2100.

    Year first with four digits is always read (``2026-01-31``, ``2026.1.31``,
    ``20260131``, ``2026年1月31日``, with or without a time). `style` says how
    the rest is read: one of :data:`STYLES`, ``iso`` (nothing else) or a pattern
    such as ``%d%m%y``. With `month`, ``2026-01``, ``202601``, ``2026年1月`` and
    ``Jan-26`` are read too and the first of the month is returned.

    Examples
    --------
    >>> import duckdb
    >>> for t in ["2026.01.31", "20260131", "2026年1月31日", "31/01/2026 0:00", "31.1.26", "5-Jan-2026", "2026-02-30"]:
    ...     print(duckdb.execute(f"SELECT {date(quoted(t), 'day_first')}").fetchall()[0][0])
    2026-01-31
    2026-01-31
    2026-01-31
    2026-01-31
    2026-01-31
    2026-01-05
    None
    >>> for t, style in [("26.1.31", "year_first"), ("46027", "excel_serial"), ("民國115年1月5日", "minguo")]:
    ...     print(duckdb.execute(f"SELECT {date(quoted(t), style)}").fetchall()[0][0])
    2026-01-31
    2026-01-05
    2026-01-05
    >>> print(duckdb.execute(f"SELECT {date(quoted('Jan-26'), 'iso', month=True)}").fetchall()[0][0])
    2026-01-01
    """
    t = trimmed(x)
    day = f"CASE WHEN regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T].*)?') THEN TRY_CAST(left({x}, 10) AS DATE) "
    first = r"^([0-9]{4})[-/.年 ]\s?([0-9]{1,2})[-/.月 ]\s?([0-9]{1,2})日?([ T].*)?$"
    parts = [f"regexp_extract({t}, '{first}', {i})" for i in (1, 2, 3)]
    day += f"WHEN regexp_matches({t}, '{first}') THEN TRY_CAST(concat_ws('-', {', '.join(parts)}) AS DATE) "
    day += f"WHEN regexp_full_match({t}, '(19|20)[0-9]{{6}}') THEN CAST(try_strptime({t}, '%Y%m%d') AS DATE) "
    if style == "excel_serial":
        day += (
            f"WHEN regexp_full_match({t}, '{SERIAL}')"
            f" THEN DATE '1899-12-30' + CAST(floor(TRY_CAST({t} AS DOUBLE)) AS INTEGER) "
        )
    if style == "minguo":
        marked = (
            r"^(?:民國|民国)?\s*([0-9]{2,3})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})日?([ T].*)?$"
        )
        close = r"^(1?[0-9]{2})([0-9]{2})([0-9]{2})$"
        for pattern in (marked, close):
            y, m, d = (f"regexp_extract({t}, '{pattern}', {i})" for i in (1, 2, 3))
            ce = f"CAST(CAST({y} AS INTEGER) + 1911 AS VARCHAR)"
            day += f"WHEN regexp_matches({t}, '{pattern}') THEN TRY_CAST(concat_ws('-', {ce}, {m}, {d}) AS DATE) "
    if month:
        short = r"^([0-9]{4})[-/.年]?([0-9]{1,2})月?$"
        a, b = (f"regexp_extract({t}, '{short}', {i})" for i in (1, 2))
        day += f"WHEN regexp_matches({t}, '{short}') THEN TRY_CAST(concat_ws('-', {a}, {b}, '1') AS DATE) "
    if "%" in style:
        day += f"ELSE CAST(try_strptime({t}, {quoted(style)}) AS DATE) "
    elif style in ("day_first", "month_first", "year_first"):
        shape = SHORT_YEAR_FIRST if style == "year_first" else SPLIT_DATE
        one, two, three = (f"regexp_extract({t}, '^{shape}$', {i})" for i in (1, 2, 3))
        y, m, d = {
            "day_first": (three, two, one),
            "month_first": (three, one, two),
            "year_first": (one, two, three),
        }[style]
        full = f"CASE WHEN length({y}) = 4 THEN {y} WHEN {y} < '70' THEN '20' || {y} ELSE '19' || {y} END"
        day += (
            f"WHEN regexp_full_match({t}, '{shape}') THEN TRY_CAST(concat_ws('-', {full}, {m}, {d}) AS DATE) "
        )
    if "%" not in style:
        words = "['%d-%b-%Y', '%d %b %Y', '%d-%b-%y', '%d %B %Y', '%b %d, %Y', '%d.%b.%Y']"
        if month:
            words = words[:-1] + ", '%b-%y', '%b-%Y', '%b %Y', '%B %Y', '%b %y']"
        day += f"ELSE CAST(try_strptime({t}, {words}) AS DATE) "
    day += "END"
    whole = f"CAST(date_trunc('month', {day}) AS DATE)" if month else day
    return f"list_transform([{whole}], lambda d: CASE WHEN year(d) BETWEEN 1900 AND 2100 THEN d END)[1]"


class Reading(NamedTuple):
    """One way to read the dates of a column, and what comes of it."""

    style: str
    count: int  # values that are dates
    first: dt.date | None
    last: dt.date | None


def readings(
    db: duckdb.DuckDBPyConnection, table: str, cell: str, month: bool = False, strict: bool = False
) -> list[Reading]:
    """Return the ways to read a column that its values allow; empty where nothing has to be said.

    A way counts where no other reads more of the values. Where years have two digits, one that gives days of more
    than :data:`LONGEST` years falls out, if another gives days of fewer. `strict`: one value that is another day with
    day and month the other way round is enough for both to count.

    Examples
    --------
    >>> import duckdb
    >>> db = duckdb.connect()
    >>> def styles(*texts):
    ...     _ = db.execute("CREATE OR REPLACE TABLE t AS SELECT unnest($1) AS c", [list(texts)])
    ...     return [r.style for r in readings(db, "t", "c")]
    >>> styles("2026-01-05", "2026/1/6"), styles("31/01/2026"), styles("03/04/2026")
    ([], ['day_first'], ['day_first', 'month_first'])
    >>> styles("25.01.15", "25.11.30", "25.03.05"), styles("24.01.15"), styles("46027", "46028")
    (['year_first'], ['year_first', 'day_first'], ['excel_serial'])
    """
    texts = f"SELECT {trimmed(cell)} AS t, count(*) AS n FROM {table} GROUP BY 1"
    days = ", ".join(f"{date('t', style, month)} AS {style}" for style in STYLES if style != "minguo")
    days += f", CASE WHEN regexp_matches(t, '{MINGUO}') THEN {date('t', 'minguo', month)} END AS minguo"
    plain = date("t", "iso", month)  # what is read anyway says nothing
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE date_texts AS SELECT *, {days} FROM ({texts}) WHERE t IS NOT NULL AND {plain} IS NULL"
    )

    def asked(what: str) -> Any:
        row = db.execute(f"SELECT {what} FROM date_texts").fetchone()
        return row or ()

    found = {
        s: Reading(s, *asked(f"coalesce(sum(n) FILTER ({s} IS NOT NULL), 0)::BIGINT, min({s}), max({s})"))
        for s in STYLES
    }
    best = max(found.values(), key=lambda r: r.count)
    ways: dict[str, Reading] = {}  # by what they give
    for style in STYLES if best.count else ():
        split = style in ("year_first", "day_first", "month_first")
        more = (
            f"count(*) FILTER ({style} IS NOT NULL AND {best.style} IS NULL)"  # a column written in two ways
        )
        if strict and {style, best.style} == {"day_first", "month_first"}:
            more = f"count(*) FILTER ({style} <> {best.style} OR {best.style} IS NULL)"
        if found[style].count == best.count or (split and asked(more)[0]):
            ways.setdefault(str(asked(f"bit_xor(hash(t, {style}))")[0]), found[style])
    short = asked(
        f"count(*) FILTER (regexp_full_match(t, '{SHORT_YEAR_FIRST}') OR length(regexp_extract(t, '^{SPLIT_DATE}$', 3)) = 2)"
    )[0]
    db.execute("DROP TABLE date_texts")
    near = [r for r in ways.values() if r.first and r.last and r.last.year - r.first.year <= LONGEST]
    return near if short and near else list(ways.values())


def iso_date(x: str, month: bool = False) -> str:
    """Return what :func:`date` returns of texts that are all written ``2026-01-31``."""
    day = f"CASE WHEN {x} BETWEEN '1900' AND '2101' THEN TRY_CAST({x} AS DATE) END"
    return f"CAST(date_trunc('month', {day}) AS DATE)" if month else day


def empty_below(db: duckdb.DuckDBPyConnection, table: str, cell: str, where: str) -> tuple[int, int, bool]:
    """Return how many records of a column are filled and empty, and whether only the first of each group is filled.

    That is so where the first record is filled and no name stands again right below itself.

    Examples
    --------
    >>> import duckdb
    >>> db = duckdb.connect()
    >>> def groups(*texts):
    ...     _ = db.execute("CREATE OR REPLACE TABLE t AS SELECT i AS _line, [$1][1][i] AS c FROM range(1, len($1) + 1) r(i)", [list(texts)])
    ...     return empty_below(db, "t", "c", "true")
    >>> groups("A", "", "", "B", ""), groups("A", "A", "", "B"), groups("", "A")
    ((2, 3, True), (3, 1, False), (1, 1, False))
    """
    row = db.execute(
        "SELECT count(x), count(*) - count(x), coalesce(bool_and(x IS DISTINCT FROM above) FILTER (x IS NOT NULL), false)"
        " AND arg_min(x IS NOT NULL, _line) FROM (SELECT _line, x,"
        " lag(x IGNORE NULLS) OVER (ORDER BY _line) AS above FROM"
        f" (SELECT _line, {trimmed(cell)} AS x FROM {table} WHERE {where}))"
    ).fetchone()
    return (int(row[0]), int(row[1]), bool(row[2])) if row else (0, 0, False)


def identity(x: str) -> str:
    """Return an id: trimmed, without the ``.0`` of a number read as a fraction and the ``="…"`` of exports.

    Examples
    --------
    >>> import duckdb
    >>> [duckdb.execute(f"SELECT {identity(quoted(t))}").fetchall()[0][0] for t in ("17850.0", "00123", '="007"', "1.5")]
    ['17850', '00123', '007', '1.5']
    """
    t = trimmed(x)
    return (
        f"CASE WHEN regexp_full_match({x}, '[A-Za-z0-9_-]+') THEN {x}"
        f" WHEN regexp_full_match({t}, '[0-9]+\\.0+') THEN split_part({t}, '.', 1)"
        f" WHEN regexp_full_match({t}, '=\"[^\"]*\"') THEN nullif(regexp_extract({t}, '=\"(.*)\"', 1), '')"
        f" ELSE {t} END"
    )


def text(x: str) -> str:
    """Return a text exactly as it is, NULL where it is only white space."""
    return f"CASE WHEN {trimmed(x)} IS NOT NULL THEN {x} END"
