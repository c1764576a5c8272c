"""Expense codes of a company's own format."""

from __future__ import annotations

import pandas as pd
import pytest

from kamtools.facts.reduction import _code_part
from kamtools.finance.checking import check_codes
from kamtools.finance.coding import CodeTree

FORMAT = r"(?P<activity>[A-Z]+)(?P<year>\d{4})/(?P<account>\w+)"
TREE = CodeTree.of({"FAIR": {"line": "a_and_p", "kinds": ["HALL"]}})


def lines(*codes: str | None) -> pd.DataFrame:
    plain = {"date": "2026-03-01", "account": "K9", "line": "a_and_p", "amount": 10.0}
    return pd.DataFrame([{**plain, "code": code} for code in codes])


def test_named_parts_are_compared_and_no_code_is_suggested() -> None:
    codes = ("FAIR2026/K9", "FAIR2025/K9", "BOOTH2026/K9", "FAIR2026/K8", "26-K9-B-FAIR-HALL-001-1", None)
    found = check_codes(lines(*codes), TREE, {"K8", "K9"}, (), code_format=FORMAT).findings
    assert list(zip(found["code"].fillna("-"), found["finding"], strict=True)) == [
        ("FAIR2025/K9", "other_year"),
        ("BOOTH2026/K9", "unknown_activity"),
        ("FAIR2026/K8", "other_account"),
        ("26-K9-B-FAIR-HALL-001-1", "unreadable"),
        ("-", "uncoded"),
    ]
    assert found["likely"].isna().all()


def test_codes_without_a_format_are_only_asked_for() -> None:
    found = check_codes(lines("anything", None), TREE, {"K9"}, (), code_format="none").findings
    assert list(found["finding"]) == ["uncoded"]


@pytest.mark.parametrize(
    ("code_format", "activity", "kind"),
    [
        (None, "TP", "DM"),
        (FORMAT, "", ""),
        (r".*-(?P<kind>\w+)-(?P<activity>\d)-2", "1", "001"),
        ("none", "", ""),
    ],
)
def test_the_reduction_reads_the_same_parts(code_format: str | None, activity: str, kind: str) -> None:
    import duckdb

    code = "26-A001-B01-TP-DM-001-2" if code_format is None else "26-A001-001-1-2"
    parts = ", ".join(_code_part(p, code_format) for p in ("activity", "kind"))
    assert duckdb.sql(f"select {parts} from (select '{code}' as code) e").fetchall() == [(activity, kind)]
