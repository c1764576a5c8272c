"""Text read by column equals text read line by line, whatever it holds and wherever it is cut into pieces."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kamtools.importing.staging import _fitted
from kamtools.importing.textfile import blocks, records, whole_lines

Row = tuple[int, int, tuple[str, ...], str, str]  # line, number, cells, raw text, fault


def one_by_one(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str, str]]:
    """Read as the first version of the importer did: the measure for every faster way."""
    lines = io.StringIO(text, newline="").readlines()
    at = position = 0

    def feed() -> Iterator[str]:
        nonlocal position
        while position < len(lines):
            if position - at > 200:
                raise csv.Error("span")
            position += 1
            yield lines[position - 1]

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while at < len(lines):
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            yield at + 1, [], lines[at].rstrip("\r\n"), "quote"
            at = position = at + 1
            reader = csv.reader(feed(), delimiter=delimiter, strict=True)
            continue
        yield at + 1, cells, "".join(lines[at:position]).rstrip("\r\n"), ""
        at = position


def slow(text: str, delimiter: str, width: int) -> list[Row]:
    rows: list[Row] = []
    for number, (line, cells, raw, fault) in enumerate(one_by_one(text, delimiter), start=1):
        fitted, wrong = ([], fault) if fault else _fitted(cells, width)
        rows.append((line, number, () if wrong else tuple(fitted), raw if wrong else "", wrong))
    return rows


def fast(pieces: list[bytes], delimiter: str, width: int, mended: dict[int, str]) -> list[Row]:
    rows: list[tuple[int, tuple[str, ...], str, str]] = []
    for block in blocks(whole_lines(pieces, mended), delimiter, width):
        columns = [c.to_pylist() for c in block.columns.columns]
        assert all(len(c) == len(block.lines) for c in columns)
        for i, line in enumerate(block.lines.tolist()):
            rows.append((line, tuple(c[i] for c in columns), "", ""))
        for record in block.others:
            fitted, wrong = ([], record.fault) if record.fault else _fitted(record.cells, width)
            rows.append((record.line, () if wrong else tuple(fitted), record.raw if wrong else "", wrong))
    rows.sort(key=lambda r: r[0])
    return [(line, n, cells, raw, fault) for n, (line, cells, raw, fault) in enumerate(rows, start=1)]


PART = st.sampled_from(
    ['"', '""', ",", ";", "\n", "\r\n", "\r", "a", " ", "客", "\ufeff", "\x00", '"a,b"', "x,y,z\n"]
)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(
    st.lists(PART, max_size=40).map("".join),
    st.sampled_from([",", ";"]),
    st.integers(1, 4),
    st.integers(1, 30),
    st.dictionaries(st.integers(1, 6), st.sampled_from(["1,2,3", '"m\nn",2', '"', " "]), max_size=2),
)
@example('1,"a\n\n"\n2,b\n', ",", 2, 5, {})
@example("a,b\ra,b\r\na,b", ",", 2, 4, {2: "c,d"})
@example('\ufeffa,b\n"q"x,b\n', ",", 2, 100, {})
def test_fast_equals_slow(text: str, delimiter: str, width: int, piece: int, mended: dict[int, str]) -> None:
    lines = io.StringIO(text, newline="").readlines()
    for number, value in mended.items():
        if number <= len(lines):
            lines[number - 1] = value + "\n"
    data = text.encode()
    pieces = [data[i : i + piece] for i in range(0, len(data), piece)]
    right = slow("".join(lines), delimiter, width)
    assert fast(pieces, delimiter, width, mended) == right
    assert [r.line for r in records("".join(lines), delimiter)] == [r[0] for r in right]


def test_long_cells_and_unclosed_quotes_run_over_pieces() -> None:
    text = f'1,"{"x" * 140_000}"\n2,"{"y" * 120_000}"\n' + '3,"open\n' + "4,d\n" * 300 + '5,"e\nf"\n6,"g'
    pieces = [text.encode()[i : i + 50_000] for i in range(0, len(text), 50_000)]
    found = fast(pieces, ",", 2, {})
    assert found == slow(text, ",", 2)
    assert [r[0] for r in found if r[4]] == [3, 306]
    assert [len(r[2][1]) for r in found[:2]] == [140_000, 120_000]
