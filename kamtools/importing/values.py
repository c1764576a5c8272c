"""SQL that reads numbers, dates and ids from text as people and systems write them.

Every function takes the SQL of a text and gives the SQL of a value: NULL where
the text is no such value.
"""

from __future__ import annotations

_WHITE = " \t\r\n\u00a0\u3000\ufeff"
ERROR_CELLS = r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FORMULA!|GETTING_DATA)"
TOTAL_WORDS = (
    r"(\x1f|^)\s*([^\x1f]*(小\s*[计計]|合\s*[计計]|[总總]\s*[计計])|(本页|本日|本月|本期|本年|期末)?累\s*[计計]"
    r"|(?i:(sub|grand )?[ -]?totals?|summe|gesamtsumme|zwischensumme|\*{1,3}))\s*[:：]?\s*(\x1f|$)"
)
SPLIT_DATE = r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})([ T].*)?"
DECIMAL_COMMA = r"[-+]?([0-9]{1,3}(\.[0-9]{3})*|[0-9]+),([0-9]{1,2}|[0-9]{4,})-?"


def may_total(data: bytes) -> bool:
    """Tell whether :data:`TOTAL_WORDS` may match in a text: most files can be spared the search.

    Examples
    --------
    >>> may_total("小 计,5".encode()), may_total(b"TOTAL"), may_total(b"F1,5")
    (True, True, False)
    """
    small = data.lower()
    return any(word in small for word in (b"total", b"summe", b"*", "计".encode(), "計".encode()))


def quoted(text: str) -> str:
    """Return a text as an SQL literal.

    Examples
    --------
    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


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


def number(x: str, decimal: str = ".") -> str:
    r"""Return a number as DECIMAL(28, 10).

    Read: ``1,234.50``, ``-5``, ``5-`` (SAP), ``(5)``, ``红字5``, ``¥1,000``,
    ``12%``, ``1e3``, full-width digits; with `decimal` ``,`` also ``1.234,50``.
    A comma that does not stand between groups of three is not guessed at.

    Examples
    --------
    >>> import duckdb
    >>> texts = ["1,234.50", "12.30-", "（8）", "红字7", "￥1,000", "15%", "1,5", "abc", "１２"]
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
    """
    t = trimmed(x)
    wide = f"translate({t}, '０１２３４５６７８９．，－−（）％’', '0123456789.,--()%''')"
    bare = f"regexp_replace({wide}, '[¥￥$€£\\s'']|CNY|RMB|元$', '', 'g')"
    red = f"regexp_replace({bare}, '^(红字|\\(红\\)|\\[红\\])', '-')"
    minus = f"regexp_replace({red}, '^[(](.*)[)]$', '-\\1')"
    front = f"regexp_replace({minus}, '^([^-].*)-$', '-\\1')"
    point = f"translate({front}, '.,', ',.')" if decimal == "," else front
    plain = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?%?"
    grouped = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?%?"
    hard = (
        f"list_transform([{point}], lambda p: CASE WHEN regexp_full_match(p, '{plain}|{grouped}') THEN"
        " CASE WHEN p LIKE '%\\%' ESCAPE '\\'"
        " THEN (TRY_CAST(replace(rtrim(p, '%'), ',', '') AS DECIMAL(28, 10)) / 100)::DECIMAL(28, 10)"
        " ELSE TRY_CAST(replace(p, ',', '') AS DECIMAL(28, 10)) END END)[1]"
    )
    easy = r"[+-]?[0-9]+" if decimal == "," else r"[+-]?[0-9]+(\.[0-9]+)?"
    return f"CASE WHEN regexp_full_match({x}, '{easy}') THEN TRY_CAST({x} AS DECIMAL(28, 10)) ELSE {hard} END"


def date(x: str, style: str, month: bool = False) -> str:
    """Return a date as DATE, between 1900 and 2100.

    Year first is always read (``2026-01-31``, ``2026.1.31``, ``20260131``,
    ``2026年1月31日``, with or without a time). `style` says how the rest is
    read: ``day_first``, ``month_first``, ``iso`` (nothing else) or a pattern
    such as ``%d%m%y``. With `month`, ``2026-01``, ``202601`` and ``2026年1月``
    are read too and the first of the month is returned.

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
    """
    t = trimmed(x)
    day = f"CASE WHEN regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T].*)?') THEN TRY_CAST(left({x}, 10) AS DATE) "
    first = r"^([0-9]{4})[-/.年 ]\s?([0-9]{1,2})[-/.月 ]\s?([0-9]{1,2})日?([ T].*)?$"
    parts = [f"regexp_extract({t}, '{first}', {i})" for i in (1, 2, 3)]
    day += f"WHEN regexp_matches({t}, '{first}') THEN TRY_CAST(concat_ws('-', {', '.join(parts)}) AS DATE) "
    day += f"WHEN regexp_full_match({t}, '(19|20)[0-9]{{6}}') THEN CAST(try_strptime({t}, '%Y%m%d') AS DATE) "
    if month:
        short = r"^([0-9]{4})[-/.年]?([0-9]{1,2})月?$"
        a, b = (f"regexp_extract({t}, '{short}', {i})" for i in (1, 2))
        day += f"WHEN regexp_matches({t}, '{short}') THEN TRY_CAST(concat_ws('-', {a}, {b}, '1') AS DATE) "
    if "%" in style:
        day += f"ELSE CAST(try_strptime({t}, {quoted(style)}) AS DATE) "
    elif style in ("day_first", "month_first"):
        one, two, year = (f"regexp_extract({t}, '^{SPLIT_DATE}$', {i})" for i in (1, 2, 3))
        d, m = (one, two) if style == "day_first" else (two, one)
        full = f"CASE WHEN length({year}) = 4 THEN {year} WHEN {year} < '70' THEN '20' || {year} ELSE '19' || {year} END"
        day += f"WHEN regexp_full_match({t}, '{SPLIT_DATE}') THEN TRY_CAST(concat_ws('-', {full}, {m}, {d}) AS DATE) "
    if "%" not in style:
        words = "['%d-%b-%Y', '%d %b %Y', '%d-%b-%y', '%d %B %Y', '%b %d, %Y', '%d.%b.%Y']"
        day += f"ELSE CAST(try_strptime({t}, {words}) AS DATE) "
    day += "END"
    whole = f"CAST(date_trunc('month', {day}) AS DATE)" if month else day
    return f"list_transform([{whole}], lambda d: CASE WHEN year(d) BETWEEN 1900 AND 2100 THEN d END)[1]"


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
