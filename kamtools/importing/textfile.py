"""Text files: cut records strictly, the plain lines by column, and keep what cannot be cut."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 64 << 20  # bytes: what has no line end for longer is no table
_SPAN = 200  # a quoted cell that runs over more lines than this was never closed
_LONG_CELL = 100_000  # longer lines are cut one by one


class Record(NamedTuple):
    """One record: the line it begins on, its cells, or its raw text and what is wrong with it."""

    line: int
    cells: list[str]
    raw: str = ""
    fault: str = ""


class LineTooLong(ValueError):
    """A line is longer than :data:`LONGEST_LINE`; its number is the argument."""


class _More(Exception):
    """A record runs on behind the lines that are at hand."""


def records(text: str, delimiter: str, last: bool = True) -> Iterator[Record]:
    """Cut a text into records by the strict rules of CSV; never lose a line.

    Where a quote is not closed, or something follows a closed one, the line on
    which the record begins is given back whole with the fault ``quote`` and
    reading goes on with the next line. Cells per record are not checked here.
    Where the text goes on (not `last`), a record that its end cuts is not given.

    Examples
    --------
    >>> [(r.line, r.cells, r.fault) for r in records('a,"b\\nc"\\n1,"2\\n3,4\\n', ",")]
    [(1, ['a', 'b\\nc'], ''), (3, [], 'quote'), (4, ['3', '4'], '')]
    """
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    while at < len(lines):
        try:
            record, at = _record(lines, at, delimiter, 1, last)
        except _More:
            return
        yield record


def _record(lines: Sequence[str], at: int, delimiter: str, line: int, last: bool) -> tuple[Record, int]:
    """Cut the record that begins at index `at`; return it and the index behind it."""
    position = at

    def feed() -> Iterator[str]:
        nonlocal position
        while position < len(lines):
            if position - at > _SPAN:
                raise csv.Error("span")
            position += 1
            yield lines[position - 1]
        if not last:
            raise _More

    csv.field_size_limit(LONGEST_LINE)  # its own limit depends on who set it last
    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except csv.Error:
        return Record(line + at, [], lines[at].rstrip("\r\n"), "quote"), at + 1
    raw = "".join(lines[i] for i in range(at, position)).rstrip("\r\n")
    return Record(line + at, cells, raw), position


class Block(NamedTuple):
    """Some records: those on plain lines by column, the others one by one, each with its line."""

    lines: np.ndarray
    columns: pa.Table
    others: list[Record]


class _Lines(Sequence[str]):
    """The lines of a block as text, each decoded when it is asked for."""

    def __init__(self, data: bytes, ends: np.ndarray) -> None:
        self.data, self.ends = data, ends

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, i: int) -> str:  # type: ignore[override]
        return self.data[self.ends[i - 1] if i else 0 : self.ends[i]].decode()


def whole_lines(
    chunks: Iterable[bytes], mended: Mapping[int, str] | None = None
) -> Iterator[tuple[bytes, bool]]:
    r"""Give a text in pieces that end with a line, each with whether it is the last.

    The lines of `mended` (by their number) are put in place of those that are there.

    Raises
    ------
    LineTooLong
        With the number of the line.

    Examples
    --------
    >>> list(whole_lines([b"a\nb", b"c\nd"], {2: "x"}))
    [(b'a\n', False), (b'x\nd', True)]
    """
    held, rest, line = b"", b"", 1
    for chunk in chunks:
        data = rest + chunk
        cut = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
        rest = data[cut:]
        if len(rest) > LONGEST_LINE:
            raise LineTooLong(line + _count(data[:cut]))
        if cut:
            if held:
                yield held, False
            held = _mend(data[:cut], line, mended or {})
            line += _count(data[:cut]) if mended else 0
    yield held + _mend(rest, line, mended or {}), True


def _count(data: bytes) -> int:
    return len(_line_ends(data))


def _mend(data: bytes, line: int, mended: Mapping[int, str]) -> bytes:
    if not mended:
        return data
    ends = _line_ends(data)
    here = {n: v for n, v in mended.items() if line <= n < line + len(ends)}
    parts, at = [], 0
    for number in sorted(here):
        i = number - line
        parts += [data[at : ends[i - 1] if i else 0], here[number].encode() + b"\n"]
        at = ends[i]
    return b"".join([*parts, data[at:]])


def blocks(
    pieces: Iterable[tuple[bytes, bool]], delimiter: str, width: int, first: int = 1
) -> Iterator[Block]:
    r"""Cut UTF-8 text into records as :func:`records` does, but plain lines by column.

    A line is plain where each quoted cell is closed in it and it has `width` cells.
    All others, with the lines that they run on into, are cut by the strict reader.

    Parameters
    ----------
    pieces : iterable of bytes and whether they are the last
        As :func:`whole_lines` gives them.
    delimiter : str
    width : int
        Cells of a record.
    first : int
        The line to begin with, which stands in the first piece.

    Examples
    --------
    >>> for block in blocks([(b'1,"2"\n3,"a\n', False), (b'b"\n5,6\n7\n', True)], ",", 2):
    ...     print(block.lines, block.columns["c1"].to_pylist(), [(r.line, r.cells) for r in block.others])
    [1] ['2'] []
    [4] ['6'] [(2, ['3', 'a\nb']), (5, ['7'])]
    """
    rest, line = b"", 1
    for piece, last in pieces:
        data = rest + piece if rest else piece
        ends = _line_ends(data)
        if line < first:
            skip = min(first - line, len(ends))
            start = int(ends[skip - 1]) if skip else 0
            data, ends, line = data[start:], ends[skip:] - start, line + skip
        block, done = _block(data, ends, delimiter, width, line, last)
        rest = data[int(ends[done - 1]) if done else 0 :]
        line += done
        yield block


def _line_ends(data: bytes) -> np.ndarray:
    """Return the place behind each line, as universal newlines cut them."""
    import numpy as np

    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == 10) + 1
    if b"\r" in data:
        returns = np.flatnonzero(raw == 13) + 1
        alone = returns[(returns == len(raw)) | (raw[np.minimum(returns, len(raw) - 1)] != 10)]
        if len(alone):
            ends = np.union1d(ends, alone)
    if len(raw) and (not len(ends) or ends[-1] != len(raw)):
        ends = np.append(ends, len(raw))
    return ends


def _block(
    data: bytes, ends: np.ndarray, delimiter: str, width: int, line: int, last: bool
) -> tuple[Block, int]:
    """Return the records that end in `data`, and how many lines they take."""
    import numpy as np

    plain, columns = _plain(data, ends, delimiter, width)
    alone = plain.copy()  # lines that are a record by themselves
    lines = _Lines(data, ends)
    others: list[Record] = []
    at, total = 0, len(ends)
    for i in np.flatnonzero(~plain):
        if i < at:
            continue
        try:
            record, at = _record(lines, int(i), delimiter, line, last)
        except _More:
            total = int(i)
            break
        others.append(record)
        alone[i:at] = False
    alone[total:] = False
    if not np.array_equal(alone, plain):
        columns = columns.filter(alone[plain])
    return Block(np.flatnonzero(alone) + line, columns, others), total


def _plain(data: bytes, ends: np.ndarray, delimiter: str, width: int) -> tuple[np.ndarray, pa.Table]:
    """Return which lines are plain, and their cells."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow_csv

    names = [f"c{i}" for i in range(width)]
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    plain = ends - starts < _LONG_CELL
    if not delimiter.isascii():
        plain[:] = False
    if data.startswith(b"\xef\xbb\xbf"):  # which the other reader would take off
        plain[0] = False
    if b'"' in data and plain.any():
        mark = f"\\x{ord(delimiter):02x}"
        cell = rf'(?:[^"{mark}\r\n][^{mark}\r\n]*|"(?:[^"\r\n]|"")*"|)'
        offsets = np.concatenate([[0], ends]).astype(np.int32)
        texts = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))
        well = rf"^{cell}(?:{mark}{cell})*(?:\r\n|\n|\r)?$"
        good = pc.call_function("match_substring_regex", [texts], pc.MatchSubstringOptions(well))
        plain &= good.to_numpy(zero_copy_only=False)
    if not plain.any():
        return plain, pa.table({n: pa.array([], pa.string()) for n in names})
    if not plain.all():
        view = memoryview(data)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], plain, [False]]).astype(np.int8)))
        data = b"".join(view[int(starts[a]) : int(ends[b - 1])] for a, b in edges.reshape(-1, 2))
    if b"\r" in data and data.count(b"\r") != data.count(
        b"\r\n"
    ):  # of old Macs; on a plain line it can only be the end
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    uneven: list[int] = []

    def pass_over(row: arrow_csv.InvalidRow) -> str:
        uneven.append(row.number - 1)
        return "skip"

    columns = arrow_csv.read_csv(
        pa.BufferReader(data),
        arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1),
        arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=pass_over),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
    )
    plain[np.flatnonzero(plain)[uneven]] = False
    return plain, columns


def guess_delimiter(text: str, wanted: set[str]) -> str:
    """Return the delimiter that shows the most `wanted` columns in one line, else the most even cells."""
    head = text[:20000].splitlines()[:30]

    def score(delimiter: str) -> tuple[int, int, int]:
        rows = [next(csv.reader([line], delimiter=delimiter), []) for line in head]
        seen = max((len({c.strip() for c in row} & wanted) for row in rows), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        most = max(widths, key=widths.count, default=0)
        return seen, widths.count(most) if most > 1 else 0, most

    return max(DELIMITERS, key=score)
