"""Whatever the file holds, every record is accounted for, and reading again changes nothing."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamtools.importing import run_import
from kamtools.importing.quarantine import guard, unguard
from kamtools.importing.textfile import records
from kamtools.workspace import open_workspace, read_table

MAPPING = """currency: CNY
sources: {lines: lines.csv}
tables:
  ledger:
    source: lines
    columns: {invoice: I, date: D, account: A, amount: M}
"""
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "2026-01-31",
            "2026.02.30",
            "5",
            "1,234.5",
            "7-",
            "合计",
            "#N/A",
            "nan",
            "00123",
            "=1+1",
            "x",
        ]
    ),
    st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\x1c\x1d\x1e\x85\u2028\u2029"),
        max_size=8,
    ),
)


@pytest.mark.slow
@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=12),
    st.lists(st.sampled_from(['"x,1', "a,b", ""]), max_size=3),
)
def test_accepted_quarantined_and_blank_make_all_records(
    rows: list[tuple[str, ...]], broken: list[str]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["I", "D", "A", "M"])
    writer.writerow(["F0", "2026-01-01", "A", "1"])
    writer.writerows(rows)
    text = out.getvalue() + "".join(line + "\r\n" for line in broken)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "m.yml").write_text(MAPPING, encoding="utf-8")
        (base / "lines.csv").write_bytes(text.encode())
        try:
            part = run_import(base / "m.yml", [base / "lines.csv"], base / "ws").part("ledger")
        except Exception as error:
            assert getattr(error, "key", "") in ("importing.date_either_way", "importing.decimal_comma")  # noqa: PT017
            return
        assert part.records == 1 + len(rows) + len(broken)
        assert part.accepted + part.quarantined + part.blank == part.records
        assert sum(part.reasons.values()) == part.quarantined
        ledger = read_table(open_workspace(base / "ws"), "ledger")
        assert len(ledger) == part.rows == part.added
        (base / "lines.csv").write_bytes(text.encode() + b"\r\n")  # other bytes, the same rows
        again = run_import(base / "m.yml", [base / "lines.csv"], base / "ws").part("ledger")
        assert (again.added, again.known) == (0, part.rows)


@settings(max_examples=100, derandomize=True)
@given(st.text(max_size=20))
def test_a_guarded_cell_comes_back_and_is_never_a_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(alphabet='ab",\n\r;', max_size=60))
def test_no_line_of_a_text_is_lost(text: str) -> None:
    lines = io.StringIO(text, newline="").readlines()
    found = list(records(text, ","))
    starts = [r.line for r in found]
    assert starts == sorted(set(starts))
    assert (starts[0] if starts else 1) == 1
    ends = [*starts[1:], len(lines) + 1][: len(starts)]
    for record, end in zip(found, ends, strict=True):
        if record.fault:
            assert end == record.line + 1
