"""What the header of a column says beside its name: with or without VAT, the unit, the currency."""

from __future__ import annotations

import calendar
import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path

from kamtools.workspace.tables import TABLES

_TAX = r"(?:vat|tax|gst|mwst|ust)"
_WITHOUT = re.compile(
    rf"不含增值税|不含税|未含税|未税|无税|除税|\bex(?:cl?(?:uding|usive|uded|udes?)?)?[\s.-]*(?:of\s*)?{_TAX}|\b{_TAX}[\s-]*excl\w*\.?"
    rf"|\bnet\s+of\s+{_TAX}|\bwithout\s+{_TAX}|\bw/?o\s+{_TAX}|\bbefore\s+{_TAX}|\bpre-?tax|\bno\s+{_TAX}|\bohne\s+{_TAX}|\bzzgl\.?\s*{_TAX}|\bnetto"
)
_WITH = re.compile(
    rf"含增值税|含税|价税合计|价税|\binc(?:l|luding|lusive|luded|ludes?)?[\s.-]*(?:of\s*)?{_TAX}|\b{_TAX}[\s-]*inc\w*\.?"
    rf"|\bwith\s+{_TAX}|\bafter\s+{_TAX}|\bgross\s+of\s+{_TAX}|\b(?:inkl|mit|einschl)\.?\s*{_TAX}|\bbrutto"
)
_UNITS = (  # the first that fits
    (r"百万|\b(?:millions?|mio|mln|mn)\b|\bm(?:usd|eur|rmb|cny)\b", 1_000_000),
    (r"千万", 10_000_000),
    (r"十亿|\b(?:billions?|bn)\b", 1_000_000_000),
    (r"亿", 100_000_000),
    (r"十万", 100_000),
    (r"万|\b10\s?k\b|\b10,?000s?\b", 10_000),
    (
        r"千(?![克瓦米升卡])|\b(?:thousands?|tsd)\b|'000s?\b|\b000s?\b|\b1,?000s?\b|\bk(?:usd|eur|rmb|cny|hkd)?\b|\b(?:usd|eur|rmb|cny|hkd)k\b|\bk[$€£¥]",
        1_000,
    ),
)
_SHORT = re.compile(r"(?:[$€£¥]|usd|eur|rmb|cny|hkd)?\s*(m|t)\s*(?:[$€£¥]|usd|eur|rmb|cny|hkd)?")
_CURRENCIES = (
    (r"us\$|\busd\b|\bk?usdk?\b|美元|美金", "USD"),
    (r"hk\$|\bhkd\b|港元|港币", "HKD"),
    (r"nt\$|\btwd\b|新台币|台币", "TWD"),
    (r"€|\beuro?s?\b|\bk?eurk?\b|欧元", "EUR"),
    (r"£|\bgbp\b|英镑", "GBP"),
    (r"\bjpy\b|日元|日币", "JPY"),
    (r"\bsgd\b|新加坡元", "SGD"),
    (r"\baud\b|澳元", "AUD"),
    (r"\binr\b|卢比", "INR"),
    (r"\brmb\b|\bcny\b|人民币|¥|\bk?rmbk?\b", "CNY"),
)
_MONEY_UNIT = re.compile(r"(?:[十百]?[千万亿]|百万|千万)(?:元|圆|人民币|美元|港元|港币|欧元|日元)|元")
# characters of our words that traditional writing has otherwise
_TRADITIONAL = str.maketrans(
    "額稅單據編號發開戶產銷數貨幣業務員應賬帳項類別稱區總萬億價購實訂記過間結紅藍淨餘負責還廠經貸註備說內時圓種匯兌憑證倉庫條碼簡國際東"
    "對計劃預標準簽現組費轉齡目營門",
    "额税单据编号发开户产销数货币业务员应账账项类别称区总万亿价购实订记过间结红蓝净余负责还厂经贷注备说内时圆种汇兑凭证仓库条码简国际东"
    "对计划预标准签现组费转龄目营门",
)
_YES = ("yes", "y", "1", "true", "是")
_RETURNED = re.compile(r"红字|退货|冲红|红冲|冲销|\breturn|credit (?:note|memo)|refund|cancell?ed")
_KIND_LIKE = re.compile(
    r"type|kind|status|doc|transaction|sign|\bred\b|class|return|refund|cancel|类|单据|票种|状态|标志|红|退|冲销|方向|业务"
)


@dataclass(frozen=True)
class Header:
    """A header taken apart.

    Attributes
    ----------
    key : str
        The whole of it for comparing, see :func:`header_key`.
    base : str
        What is left of it without brackets, VAT, unit and currency.
    vat : str
        ``with``, ``without``, or empty where it does not say.
    unit : int
        What its numbers are in: 10,000 for 万元.
    currency : str
        Its code, or empty.
    """

    key: str
    base: str
    vat: str = ""
    unit: int = 1
    currency: str = ""


_BACK = {b: a for a, b in reversed(_TRADITIONAL.items())}  # the first of two: 帳 and 賬


def traditional(text: str) -> str:
    """Return a word of ours as traditional writing has it."""
    return "".join(chr(_BACK.get(ord(c), ord(c))) for c in text)


def simplified(text: str) -> str:
    """Return a text in NFKC and small letters, traditional characters of headers simplified.

    Examples
    --------
    >>> simplified("客戶編號（Ａ）")
    '客户编号(a)'
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_TRADITIONAL).replace("’", "'")


def header_key(text: str) -> str:
    """Return a header for comparing with others: simplified, without blanks and signs between words.

    Examples
    --------
    >>> header_key("Sales_Amount"), header_key("SalesAmount"), header_key(" 銷售 金額："), header_key("P&L line")
    ('salesamount', 'salesamount', '销售金额', 'p&lline')
    """
    return re.sub(r"[\s_\-.:*#'\"\ufeff]+", "", simplified(text))


_UNIT_LINE = re.compile(
    r"单位[:\s]*(?:人民币|美元|rmb|usd)?\s*[十百千万亿]+元?|[十百千万亿]+元|\bin\b[^.]{0,20}(?:thousand|million|billion)s?"
    r"|(?:thousand|million)s? of|'000s?|\b(?:mio|mln|tsd|k(?:usd|eur|rmb|cny|hkd))\b|unit\s*:?\s*(?:1,?000|k|thousand\w*|million\w*)"
)


def unit_above(text: str) -> int:
    """Return the unit that a title above a table states, 1 where none.

    Examples
    --------
    >>> unit_above("单位：万元"), unit_above("万达商贸有限公司")
    (10000, 1)
    """
    found = _UNIT_LINE.search(simplified(text))
    return stated_unit(found[0]) if found else 1


_ASKED = re.compile(rf"是否含税|\b(?:{_TAX}\s+incl\w*|incl\w*\s+{_TAX})\s*[:?]")  # a form: 是否含税：否
_NO = re.compile(r"[\s:?]*(?:否|不|no?\b)")
_YES_SAID = re.compile(r"[\s:?]*(?:是|含|y(?:es)?\b)")


def vat_above(rows: list[list[str]], header: list[str]) -> tuple[str, str]:
    """Return what the rows over a header say of VAT, and where: ``with``, ``without``, ``both``, empty where nothing.

    The upper rows of the header itself are none of it: 含税 over two of its columns speaks of these.
    Neither is the sum that a line states (含税合计：226).

    Examples
    --------
    >>> vat_above([["销售明细"], ["单位：元（含税）"]], ["日期", "金额"])
    ('with', '单位：元（含税）')
    >>> [vat_above([[t]], [])[0] for t in ("金额均不含税", "all amounts excl. VAT", "是否含税：否", "含税合计：226")]
    ['without', 'without', 'without', '']
    >>> vat_above([["日期", "含税", "不含税"]], ["日期", "含税/金额", "不含税/金额"])
    ('', '')
    """
    parts = {plain_part(p) for h in header for p in h.split("/")}
    said: dict[str, str] = {}
    for cells in rows:
        text = " ".join(c.strip() for c in cells if c.strip() and plain_part(c) not in parts)
        plain = re.sub(r"\s+", " ", simplified(text))
        if stated_totals([text]):
            continue
        asked = _ASKED.search(plain)
        if asked:
            rest = plain[asked.end() :]
            found = {"without"} if _NO.match(rest) else {"with"} if _YES_SAID.match(rest) else set()
        else:
            found = {"without"} if _WITHOUT.search(plain) else set()
            found |= {"with"} if _WITH.search(_WITHOUT.sub(" ", plain)) else set()
        for vat in found:
            said.setdefault(vat, text)
    if len(said) > 1:
        return "both", " … ".join(dict.fromkeys(said.values()))
    return next(iter(said.items()), ("", ""))


def taxes(header: str) -> bool:
    """Tell whether a header is of the tax itself or of its rate.

    Examples
    --------
    >>> taxes("税额"), taxes("Tax rate"), taxes("Taxi")
    (True, True, False)
    """
    return re.search(rf"税|\b{_TAX}\b", simplified(header)) is not None


def plain_part(text: str) -> str:
    """Return one cell of a header for comparing."""
    return re.sub(r"\s+", "", simplified(text))


_TOTAL = re.compile(
    r"(?P<what>[^\s\x1f,，:：;；。|]*?)(?P<word>合\s*计|总\s*计|总额|总金额|(?:grand |sub)?totals?|summe)(?P<after>[^\d:：,，;；\x1f-]{0,12}?)"
    r"[\s\x1f,:：]*(?:[¥$€£]|rmb|cny|usd|eur)?\s*(?P<sum>-?\d[\d,]*(?:\.\d+)?)(?![\d.]|\s*(?:[%个条行笔件张月年]|[a-z]))"
)
_NO_MONEY = re.compile(
    r"数量|件数|笔数|行数|条数|税额|税金|小计|累计|sub|qty|quantity|\b(?:vat|tax)\b|rows|lines|count"
)


def stated_totals(texts: list[str]) -> list[tuple[str, str]]:
    """Return the sums of money that texts beside a table state, each with its whole text.

    Examples
    --------
    >>> stated_totals(["销售明细", "合计：1,234.00", "Total rows: 5", "数量合计：7  金额合计：1,234.5元", "Grand total  99"])
    [('1,234.00', '合计：1,234.00'), ('1,234.5', '数量合计：7  金额合计：1,234.5元'), ('99', 'Grand total  99')]
    """
    found = []
    for text in texts:
        for hit in _TOTAL.finditer(simplified(text)):
            if not _NO_MONEY.search(hit["what"] + hit["word"] + hit["after"]):
                found.append((hit["sum"], text.strip()))
    return found


@functools.cache
def read_header(text: str) -> Header:
    """Take a header apart.

    A word of VAT is looked for after its negation: 不含税 holds 含税.

    Examples
    --------
    >>> read_header("不含税销售金额(万元)")
    Header(key='不含税销售金额(万元)', base='销售金额', vat='without', unit=10000, currency='')
    >>> [read_header(h).vat for h in ("Net amount without VAT", "Amount (excl. VAT)", "Sales ex VAT", "含税金额", "Amount")]
    ['without', 'without', 'without', 'with', '']
    >>> [(h.base, h.unit, h.currency) for h in map(read_header, ("Sales (USD '000)", "本期/金额", "Sales in thousands"))]
    [('sales', 1000, 'USD'), ('金额', 1, ''), ('sales', 1000, '')]
    """
    plain = re.sub(r"\s+", " ", simplified(text).replace("_", " ")).strip()
    without, with_ = _WITHOUT.search(plain), _WITH.search(plain)
    vat = "without" if without else "with" if with_ else ""
    rest = _WITHOUT.sub(" ", plain)
    rest = _WITH.sub(" ", rest)
    brackets = " ".join(re.findall(r"[(\[【]([^)\]】]*)[)\]】]", rest))
    rest = re.sub(r"[(\[【][^)\]】]*[)\]】]?", " ", rest)
    *front, last = re.split(r"[/|]", rest)
    if front and (not last.strip() or _MONEY_UNIT.fullmatch(last.strip()) or stated_unit(last) != 1):
        brackets += " " + last
        last = front[-1]
    tail = re.search(r"(?:,|\bin\b)\s*([^,]*)$|((?:[十百]?[千万亿]|百万|千万)元)$|('000s?)$", last)
    if tail and (stated_unit(tail[0]) != 1 or stated_currency(tail[0])):
        brackets += " " + tail[0]
        last = last[: tail.start()]
    base = re.sub(r"^\s*(?:net|gross)\b", " ", last) if vat else last
    base = header_key(re.sub(r"[,;]", " ", base))
    return Header(
        header_key(text), base, vat, stated_unit(brackets), stated_currency(brackets) or stated_currency(last)
    )


def stated_unit(text: str) -> int:
    """Return the unit that a text (a bracket, a line above a table) names, 1 where none.

    Examples
    --------
    >>> [stated_unit(t) for t in ("单位：千元", "in thousands", "Mio EUR", "元", "RMB 10k", "千克", "K", "T€")]
    [1000, 1000, 1000000, 1, 10000, 1, 1000, 1000]
    """
    plain = simplified(text)
    short = _SHORT.fullmatch(plain.strip())
    if short:
        return 1_000 if short[1] == "t" else 1_000_000
    return next((n for pattern, n in _UNITS if re.search(pattern, plain)), 1)


def stated_currency(text: str) -> str:
    """Return the currency that a text names, empty where none.

    Examples
    --------
    >>> [stated_currency(t) for t in ("单位：万美元", "人民币", "HK$", "Sales")]
    ['USD', 'CNY', 'HKD', '']
    """
    plain = simplified(text)
    return next((code for pattern, code in _CURRENCIES if re.search(pattern, plain)), "")


_OF_ANOTHER = re.compile(r"实际|去年|同期|上年|累计|完成|actual|last year|prior|ytd")
_BUDGET = re.compile(r"预算|预测|计划|\bbudget|\bforecast|\bplan\b")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = (
    "一月",
    "二月",
    "三月",
    "四月",
    "五月",
    "六月",
    "七月",
    "八月",
    "九月",
    "十月",
    "十一月",
    "十二月",
)


def is_budget(text: str) -> bool:
    """Tell whether a text speaks of a budget."""
    return _BUDGET.search(simplified(text)) is not None


def month_of(header: str) -> tuple[int, int] | None:
    """Return the year (0 where it does not say) and the month that a column is for, None where it is for none.

    Examples
    --------
    >>> [month_of(h) for h in ("1月", "2026-02", "2026年/3月预算", "Apr-26", "十二月", "202605", "2026-06-01")]
    [(0, 1), (2026, 2), (2026, 3), (2026, 4), (0, 12), (2026, 5), (2026, 6)]
    >>> [month_of(h) for h in ("Q1", "一季度", "合计", "1月实际", "13月", "marketing", "12")]
    [None, None, None, None, None, None, None]
    """
    plain = simplified(header)
    if _OF_ANOTHER.search(plain):
        return None
    *front, last = _BUDGET.sub(" ", plain).split("/")
    last = re.sub(r"\s+00:00:00$|金额|额", "", last.strip()).strip()
    above = re.search(r"20\d\d", " ".join(front))
    year = int(above[0]) if above else 0
    whole = re.fullmatch(r"(20\d\d)\s?[年.\-_ ]?\s?(0?[1-9]|1[0-2])(?:月份?|[-.]0?1)?", last)
    if whole:
        return int(whole[1]), int(whole[2])
    short = re.fullmatch(r"(0?[1-9]|1[0-2])月份?", last)
    if short:
        return year, int(short[1])
    if last in _CHINESE:
        return year, _CHINESE.index(last) + 1
    named = re.fullmatch(r"([a-z]{3})([a-z]*)[\s.\-_']*(\d{4}|\d{2})?", last)
    if named and named[1] in _NAMES:
        number = _NAMES.index(named[1]) + 1
        if f"{named[1]}{named[2]}" in (named[1], "sept", calendar.month_name[number].casefold()):
            return (int(named[3]) % 100 + 2000 if named[3] else year), number
    return None


@functools.cache
def words() -> Dict[str, Dict[str, tuple[str, ...]]]:
    """Return ``synonyms.toml``: by table and column, the headers that mean it; what stands beside; words of kinds."""
    said = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))
    for table in TABLES.values():  # our own names, too: of templates and of what was given away
        own = said.setdefault(table.name, {})
        for column in table.names:
            own.setdefault(column, [])
    return {
        table: {
            column: tuple(words) if table in ("beside", "kinds") else (column, *words)
            for column, words in columns.items()
        }
        for table, columns in said.items()
    }


def are_returns(header: str, values: list[str], *kinds: str) -> list[str]:
    """Return those values of a column that mean a return, a credit or a red letter.

    A column of yes and no counts by its header. Words that may stand for something else (paid by credit) count under
    a header that speaks of kinds only.

    Examples
    --------
    >>> are_returns("红蓝字", ["蓝字", "红字"]), are_returns("Returned", ["Yes", "No"]), are_returns("Paid by", ["Credit"])
    (['红字'], ['Yes'], [])
    """
    known = {header_key(w) for kind in kinds or ("red", "return") for w in words()["kinds"][kind]}
    red = () if kinds else ("红字", "红冲", "冲红")  # 红字专用发票
    found = [x for x in values if header_key(x) in known or any(w in simplified(x) for w in red)]
    if not found and _RETURNED.search(simplified(header)):
        return [x for x in values if header_key(x) in _YES]
    chinese = any("一" <= c <= "鿿" for x in found for c in x)
    return found if chinese or kind_like(header) else []


def kind_like(header: str) -> bool:
    """Tell whether a header speaks of kinds of documents.

    Examples
    --------
    >>> kind_like("红蓝字"), kind_like("Doc Type"), kind_like("Paid by")
    (True, True, False)
    """
    return _KIND_LIKE.search(simplified(header)) is not None
