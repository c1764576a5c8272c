"""Templates that people fill in come in by the mapping that stands beside them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from kamtools.errors import KamError
from kamtools.importing import run_import
from kamtools.importing.templates import BY_HAND, write_templates
from kamtools.workspace import new_workspace, open_workspace, read_table
from kamtools.workspace.tables import TABLES

ROWS = {
    "budget": {"account": "00123", "month": "2026-01-01", "line": "a_and_p", "amount": -1500.25, "currency": "CNY",
               "version": "LE2026-06", "activity": "AP"},
    "targets": {"person": "李明", "month": "2026-01-01", "line": "net_sales", "amount": 900, "currency": "CNY"},
    "expenses": {"expense_id": "E1", "date": "2026-01-31", "account": "00123", "code": "26-00123-B01-AP-AD-001-2",
                 "line": "a_and_p", "amount": 12.5, "currency": "CNY", "status": "accrued"},
    "promotions": {"promotion": "P1", "account": "00123", "start": "2026-01-01", "end": "2026-01-31", "spend": 900,
                   "price_cut": 0.1, "currency": "CNY"},
    "credit": {"account": "00123", "date": "2026-01-31", "credit_limit": 1000000, "terms_days": 60, "currency": "CNY"},
    "financials": {"account": "00123", "year": "2025", "type": "private", "equity": 5e6, "currency": "CNY"},
    "service": {"account": "00123", "month": "2026-01-01", "driver": "order", "quantity": 3},
    "wallets": {"account": "00123", "category": "hair_care", "year": "2025", "amount": 10, "currency": "CNY"},
    "markets": {"category": "hair_care", "month": "2026-01-01", "amount": 10, "currency": "CNY"},
    "exchange_rates": {"currency": "USD", "month": "2026-01-01", "rate": 7.1},
}  # fmt: skip


def fill(path: Path, row: dict) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for name, value in row.items():
        sheet.cell(2, heads.index(name) + 1, value)
    book.save(path)


@pytest.mark.parametrize("table", BY_HAND)
def test_a_filled_template_comes_in(table, tmp_path):
    write_templates(tmp_path / "t", (table,), "zh")
    workbook, mapping = tmp_path / "t" / f"{table}.xlsx", tmp_path / "t" / f"{table}.yml"
    fill(workbook, ROWS[table])
    new_workspace(tmp_path / "w")
    report = run_import(mapping, [workbook], tmp_path / "w")
    assert report.ok, report.lines("en")
    frame = read_table(open_workspace(tmp_path / "w"), table)
    assert len(frame) == 1
    got = frame.iloc[0]
    for name, value in ROWS[table].items():
        kind = TABLES[table].column(name).type
        shown = (
            f"{got[name]:%Y-%m-%d}" if kind == "date" else float(got[name]) if kind == "money" else got[name]
        )
        assert shown == value, name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_second_sheet_says_what_each_column_is(tmp_path, lang):
    write_templates(tmp_path, ("budget",), lang)
    notes = openpyxl.load_workbook(tmp_path / "budget.xlsx").worksheets[1]
    said = {row[0]: row[3] for row in notes.iter_rows(min_row=2, values_only=True)}
    assert set(said) == set(TABLES["budget"].names)
    assert all(said.values())


def test_a_template_that_may_be_filled_is_not_overwritten(tmp_path):
    write_templates(tmp_path, ("budget",), "en")
    with pytest.raises(KamError) as caught:
        write_templates(tmp_path, ("budget",), "en")
    assert caught.value.key == "importing.template.there"
    with pytest.raises(KamError):
        write_templates(tmp_path, ("budgets",), "en")
