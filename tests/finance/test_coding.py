from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.finance.checking import FINDINGS, check_codes
from kamtools.finance.coding import CodeTree, check_character, expense_code, parse_expense_code

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ACTIVITIES = {
    "RB": {"line": "off_invoice_performance", "kinds": ["QR", "YR"]},
    "TP": {"line": "off_invoice_promotional", "kinds": ["DM", "DP", "TG"]},
    "CP": {"line": "consumer_promotion", "kinds": ["CU", "GW"]},
    "AP": {"line": "a_and_p", "kinds": ["AD", "KL"]},
}
TREE = CodeTree.of(ACTIVITIES)
ACCOUNTS, BRANDS = {"A001", "A002", "A-3"}, {"B01", "B02"}

part = st.text(st.characters(codec="utf-8", categories=("Lu", "Ll", "Nd", "Lo")), min_size=1, max_size=6)
account_id = st.lists(part, min_size=1, max_size=3).map("-".join)


def make():
    """The script that makes the sample company."""
    if "kam_make" not in sys.modules:
        spec = importlib.util.spec_from_file_location("kam_make", SAMPLES / "make.py")
        assert spec and spec.loader
        sys.modules["kam_make"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["kam_make"]


def sample(name: str) -> pd.DataFrame:
    frame = pd.read_csv(SAMPLES / "facts" / f"{name}.csv", dtype=str)
    return frame.assign(amount=frame["amount"].astype(float)) if "amount" in frame.columns else frame


@pytest.fixture(scope="module")
def expenses() -> pd.DataFrame:
    return sample("expenses")


def check_sample(expenses: pd.DataFrame):
    return check_codes(expenses, TREE, set(sample("accounts")["account"]), set(sample("products")["brand"]))


def lines(*codes: str | None, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "expense_id": [f"E{i}" for i in range(len(codes))],
            "date": "2026-03-31",
            "account": "A001",
            "code": list(codes),
            "line": "off_invoice_promotional",
            "amount": 10.0,
        }
    )
    return frame.assign(**columns)


# --- the code


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(0, 99), account_id, part, part, part, st.integers(1, 20_000))
def test_what_is_written_is_read(year, account, brand, activity, kind, sequence) -> None:
    code = expense_code(f"{year:02d}", account, brand, activity, kind, sequence)
    parsed = parse_expense_code(code)
    assert str(parsed) == code
    assert (parsed.year, parsed.account, parsed.brand) == (f"{year:02d}", account, brand)
    assert (parsed.activity, parsed.kind, parsed.sequence) == (activity, kind, sequence)
    assert code == make().expense_code(f"{year:02d}", account, brand, activity, kind, sequence)


def test_year_is_written_with_two_digits() -> None:
    assert expense_code(2026, "A001", "B01", "TP", "DM", "001") == "26-A001-B01-TP-DM-001-2"
    assert expense_code(26, "A001", "B01", "TP", "DM", 1) == "26-A001-B01-TP-DM-001-2"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("226", "A", "B", "T", "D", 1), "year: .*'226'"),
        (("26", "", "B", "T", "D", 1), "account"),
        (("26", "-A", "B", "T", "D", 1), "account: '-A'"),
        (("26", " A", "B", "T", "D", 1), "account"),
        (("26", "A\n1", "B", "T", "D", 1), "account"),
        (("26", None, "B", "T", "D", 1), "account"),
        (("26", "A", "B-1", "T", "D", 1), "brand: 'B-1' contains '-'"),
        (("26", "A", "B", "T-", "D", 1), "activity"),
        (("26", "A", "B", "T", "D", 0), "sequence"),
        (("26", "A", "B", "T", "D", 1.5), "sequence"),
        ((True, "A", "B", "T", "D", 1), "year"),
    ],
)
def test_what_a_code_cannot_hold(arguments, word) -> None:
    with pytest.raises(ValueError, match=word):
        expense_code(*arguments)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("26-A001-B01-TP-DM-001-7", "'7', and should be '2'"),
        ("26-A001-B01-TP-DM-001", "has not the parts"),
        ("", "has not the parts"),
        (None, "expected text"),
        ("26-A001-B01-TP-DM-0001-2", "sequence: expected 001"),
        ("26-A001-B01-TP-DM-001-22", "one character"),
        ("2026-A001-B01-TP-DM-001-2", "two digits"),
        ("26-A001-B01-TP--001-2", "kind"),
    ],
)
def test_a_code_that_is_none(code, word) -> None:
    with pytest.raises(ValueError, match=word):
        parse_expense_code(code)


def test_all_codes_of_the_sample_are_read(expenses) -> None:
    parsed = [parse_expense_code(code) for code in expenses["code"]]
    assert [str(p) for p in parsed] == expenses["code"].tolist()
    assert {TREE.activities[p.activity].line for p in parsed} == set(expenses["line"])


BODY = "26-A001-B01-TP-DM-001"


def test_which_wrong_characters_the_check_finds() -> None:
    """At a place p an error of d is missed where d·p is a multiple of 10, and nowhere else."""
    for place, old in enumerate(BODY, start=1):
        for new in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            wrong = BODY[: place - 1] + new + BODY[place:]
            missed = (ord(new) - ord(old)) * place % 10 == 0
            assert (check_character(wrong) == check_character(BODY)) == missed
            if old.isdigit() and new.isdigit() and new != old and place % 2 and place % 5:
                assert not missed


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text("0123456789", min_size=2, max_size=30), st.data())
def test_the_check_finds_every_exchange_of_neighbouring_digits(text, data) -> None:
    at = data.draw(st.integers(0, len(text) - 2))
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert (check_character(swapped) != check_character(text)) == (swapped != text)


# --- the tree


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "there are none"),
        ({"TP": {"line": "marketing", "kinds": ["DM"]}}, "'marketing'"),
        ({"TP": {"line": "a_and_p", "kinds": []}}, "expected kinds"),
        ({"TP": {"line": "a_and_p", "kinds": ["DM", "DM"]}}, "each once"),
        ({"TP": {"line": "a_and_p", "kinds": "DM"}}, "list of kinds"),
        ({"T-P": {"line": "a_and_p", "kinds": ["DM"]}}, "'T-P'"),
        ({"TP": {"kinds": ["DM"]}}, "expected a line"),
    ],
)
def test_a_bad_tree(data, word) -> None:
    with pytest.raises(ValueError, match=word):
        CodeTree.of(data)


# --- the check of all lines


def test_of_the_sample_only_the_planted_lines_are_found(expenses) -> None:
    check = check_sample(expenses)
    planted = expenses[expenses["code"].str.split("-").str[1] != expenses["account"]]
    assert check.findings["expense_id"].tolist() == planted["expense_id"].tolist() and len(planted) == 12
    assert set(check.findings["finding"]) == {"other_account"}
    assert check.by_finding.to_dict("records") == [
        {"finding": "other_account", "lines": 12, "amount": pytest.approx(planted["amount"].sum())}
    ]
    assert check.lines == len(expenses) and check.amount == pytest.approx(expenses["amount"].sum())
    # the likely code is the one that the sample would have had: the same but for the account
    for found in check.findings.itertuples():
        code = parse_expense_code(found.code)
        right = expense_code(code.year, "A009", code.brand, code.activity, code.kind, code.sequence)
        assert found.likely == right and found.assumed == ()


@pytest.mark.parametrize(("seed", "strength", "planted"), [(7, 1.0, 12), (7, 0.5, 6), (7, 0.0, 0)])
def test_of_other_samples_too(seed, strength, planted) -> None:
    tables = make().generate(seed, strength).tables
    frame = tables["expenses"].to_pandas()
    accounts = set(tables["accounts"]["account"].to_pylist())
    check = check_codes(frame, TREE, accounts, set(tables["products"]["brand"].to_pylist()))
    assert check.lines_with_findings == planted
    assert set(check.findings["account"]) <= {"A009"}


def mutate(code: str, place: int, how: str) -> str:
    if how == "wrong_check":
        return code[:-1] + str((int(code[-1]) + 3) % 10)
    if how == "wrong_digit":
        digits = [i for i, c in enumerate(code[:-1]) if c.isdigit()]
        at = digits[place % len(digits)]
        return code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :]
    at = place % (len(code) - 2)
    if how == "exchanged":
        return code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    return code[:at] + code[at + 1 :]  # missing


@pytest.mark.parametrize("how", ["wrong_check", "wrong_digit", "exchanged", "missing"])
def test_slips_of_the_pen_are_found_and_righted(expenses, how) -> None:
    changed = expenses.copy()
    chosen = [50 + 91 * i for i in range(100) if expenses["account"][50 + 91 * i] not in ("A009", "A015")]
    for n, row in enumerate(chosen):
        changed.loc[row, "code"] = mutate(expenses["code"][row], n, how)
    differs = changed["code"] != expenses["code"]
    wrong = expenses.loc[differs, "expense_id"]
    # a wrong number that the check lets pass may meet the line that has it by right
    numbers = changed["code"].str[:7] + changed["code"].str[-5:-2]
    met = set(expenses.loc[numbers.isin(numbers[differs]), "expense_id"])
    found = check_sample(changed).findings.drop_duplicates("expense_id").set_index("expense_id")
    found = found[found["account"] != "A009"]
    right = expenses.set_index("expense_id")["code"]
    assert set(found.index) <= set(wrong) | met  # nobody else is accused
    assert len(set(found.index) - set(wrong)) <= 1
    seen = found.index.intersection(wrong)
    assert len(seen) >= 0.9 * len(wrong)
    hits = (found.loc[seen, "likely"] == right[seen]).mean()
    assert hits >= (0.9 if how == "wrong_digit" else 1)  # another brand, or a wrong check character?
    assert all(right[i] in (found.at[i, "likely"], *found.at[i, "alternatives"]) for i in seen)


def test_each_finding() -> None:
    def code(*parts) -> str:
        return expense_code(*parts)

    frame = lines(
        code(26, "A001", "B01", "TP", "DM", 1),
        None,
        "promotion in May",
        code(26, "A001", "B01", "TP", "DM", 2)[:-1] + "x",
        code(26, "Z9", "B01", "TP", "DM", 3),
        code(26, "A001", "BXX", "TP", "DM", 4),
        code(26, "A001", "B01", "ZZZ", "DM", 5),
        code(26, "A001", "B01", "TP", "QR", 6),
        code(26, "A-3", "B01", "TP", "DM", 7),
        code(24, "A001", "B01", "TP", "DP", 8),
        code(26, "A001", "B01", "AP", "AD", 9),
        code(26, "A001", "B02", "TP", "TG", 1),
    )
    check = check_codes(frame, TREE, ACCOUNTS, BRANDS)
    found = check.findings.set_index("expense_id")
    assert found["finding"].to_dict() == {f"E{i + 1}": f for i, f in enumerate(FINDINGS) if i < 6} | {
        "E6": "unknown_activity",
        "E7": "unknown_kind",
        "E8": "other_account",
        "E9": "other_year",
        "E10": "other_line",
        "E11": "sequence_twice",
    }
    right = code(26, "A001", "B01", "TP", "DM", 2)
    assert found.loc["E3", ["found", "expected", "basis", "likely"]].tolist() == [
        "x",
        right[-1],
        "one_character",
        right,
    ]
    assert found.loc["E8", ["found", "expected"]].tolist() == ["A-3", "A001"]
    assert found.loc["E9", "likely"] == code(26, "A001", "B01", "TP", "DP", 8)
    assert found.loc["E10", "likely"] == code(26, "A001", "B01", "TP", "DM", 9)
    assert found.loc["E10", "assumed"] == ("kind",)
    assert found.loc["E1", "assumed"] == ("brand", "kind") and found.loc["E1", "basis"] == "rebuilt"
    # no two lines are sent to the same number, and none to one in use
    numbers = [parse_expense_code(c).sequence for c in found["likely"]]
    assert len(set(numbers)) == 11 and 1 not in numbers
    # every code that is suggested has no finding itself
    better = frame.assign(code=[frame["code"][0], *found["likely"]])
    assert check_codes(better, TREE, ACCOUNTS, BRANDS).findings.empty
    assert check.lines_with_findings == 11 and check.amount_with_findings == 110
    assert check.by_finding["amount"].sum() == 110


def test_spelling_is_told_from_another_code() -> None:
    right = expense_code(26, "A001", "B01", "TP", "DM", 1)
    for text in (f" {right} ", right.lower(), right.replace("-", "–"), "２６" + right[2:]):
        (found,) = check_codes(lines(text), TREE, ACCOUNTS, BRANDS).findings.to_dict("records")
        assert found["likely"] == right and found["basis"] == "spelling", text


def test_a_code_on_several_lines() -> None:
    right = expense_code(26, "A001", "B01", "TP", "DM", 1)
    twice = lines(right, right)
    assert check_codes(twice, TREE, ACCOUNTS, BRANDS).findings["expense_id"].tolist() == ["E1"]
    assert check_codes(twice, TREE, ACCOUNTS, BRANDS, postings="many").findings.empty
    back = lines(right, right, amount=[10.0, -10.0])  # the second takes the first back
    assert check_codes(back, TREE, ACCOUNTS, BRANDS).findings.empty
    earlier = lines(right, right, date=["2026-03-31", "2026-01-31"])
    assert check_codes(earlier, TREE, ACCOUNTS, BRANDS).findings["expense_id"].tolist() == ["E0"]


def test_the_year_is_the_fiscal_year() -> None:
    frame = lines(expense_code(25, "A001", "B01", "TP", "DM", 1))
    assert check_codes(frame, TREE, ACCOUNTS, BRANDS, fiscal_start=4).findings.empty
    by_end = check_codes(frame, TREE, ACCOUNTS, BRANDS, fiscal_start=4, named_by="end")  # it ends in 2026
    assert by_end.findings["finding"].tolist() == ["other_year"]
    assert check_codes(frame, TREE, ACCOUNTS, BRANDS).findings["finding"].tolist() == ["other_year"]


def test_what_is_not_known_is_no_finding() -> None:
    """A line without an account, brand or date is compared with what it does say."""
    frame = lines(expense_code(26, "A002", "B02", "TP", "DM", 1), account=None, date=None)
    assert check_codes(frame, TREE, ACCOUNTS, BRANDS).findings.empty
    (found,) = check_codes(lines(None, account=None), TREE, ACCOUNTS, BRANDS).findings.to_dict("records")
    assert found["likely"] is None and found["basis"] is None
    branded = check_codes(
        lines(expense_code(26, "A001", "B02", "TP", "DM", 1), brand="B01"), TREE, ACCOUNTS, BRANDS
    )
    assert branded.findings["finding"].tolist() == ["other_brand"]
    assert branded.findings["likely"].tolist() == [expense_code(26, "A001", "B01", "TP", "DM", 1)]


def test_a_miscoded_line_does_not_accuse_the_right_one() -> None:
    own = expense_code(26, "A002", "B01", "TP", "DM", 1)
    frame = lines(own, own, account=["A001", "A002"])
    assert check_codes(frame, TREE, ACCOUNTS, BRANDS).findings["expense_id"].tolist() == ["E0"]


def test_no_lines_and_missing_columns() -> None:
    check = check_codes(lines().astype({"amount": float}), TREE, ACCOUNTS, BRANDS)
    assert check.findings.empty and check.by_finding.empty and check.amount == 0
    with pytest.raises(ValueError, match="no column 'code'"):
        check_codes(lines("x").drop(columns="code"), TREE, ACCOUNTS, BRANDS)
    with pytest.raises(ValueError, match="postings: 'some'"):
        check_codes(lines("x"), TREE, ACCOUNTS, BRANDS, postings="some")  # type: ignore[arg-type]


def test_strategies_of_the_plan() -> None:
    first, second = (expense_code(26, "A001", "B01", "TP", "DM", n) for n in (1, 2))
    frame = lines(first, second, None)
    found = check_codes(frame, TREE, ACCOUNTS, BRANDS, strategies={first: "S1"}).findings
    assert found.set_index("expense_id")["finding"].to_dict() == {"E1": "without_strategy", "E2": "uncoded"}


def test_a_foreign_way_of_coding_is_quickly_said() -> None:
    frame = lines(*[f"MKT/2026/{n:05d}/XY" for n in range(3000)])
    check = check_codes(frame, TREE, ACCOUNTS, BRANDS)
    assert check.by_finding["finding"].tolist() == ["unreadable"] and check.lines_with_findings == 3000


@pytest.mark.parametrize("account", ["-", "A-", "-B", " C", "D\u3000", "E\tF"])
def test_an_account_that_no_code_can_hold_is_found_and_gets_no_suggestion(account) -> None:
    """An id is anything; the code's separator in it must not end the check of all others."""
    expenses = pd.DataFrame(
        {
            "expense_id": ["E1", "E2", "E3"],
            "date": "2026-03-01",
            "account": [account, account, "A001"],
            "code": ["26-A00-B01-TP-DM-001-9", None, "26-A001-B01-TP-DM-001-3"],
            "line": "off_invoice_promotional",
            "amount": [5.0, 6.0, 7.0],
        }
    )
    check = check_codes(expenses, TREE, {account, "A001"}, {"B01", "B-2"})
    found = check.findings.set_index("expense_id")
    assert check.lines_with_findings == 3 and check.amount_with_findings == 18
    assert found.loc[["E1", "E2"], "likely"].isna().all()
    assert found.loc["E3", "likely"] == expense_code("26", "A001", "B01", "TP", "DM", 1)
