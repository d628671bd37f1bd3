"""Bytes of a file to a header and rows: CSV in any encoding, delimiter and line ends, or a spreadsheet.

What cannot be a table is refused with the reason: another kind of file, an empty
one, one cut off in the middle. A single broken row is kept with its problem, so
that the rest of the file still goes in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from sfa.errors import InvalidInput, msg
from sfa.interchange.encodings import decode
from sfa.interchange.source_table import SourceRow, SourceTable, header_of, wrong_width

DELIMITERS = (",", ";", "\t", "|")
_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SNIFFED_LINES = 50
# Fed to the reader after the last line: when it does not come back as a row, a quote was left open.
_END = "\x00end of file\x00"
# What the files of spreadsheet programs begin with: XLSX and ODS are packed, XLS is not.
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_table(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> SourceTable:
    """Read a file; encoding and delimiter are found out unless they are given, as is a spreadsheet's sheet.

    Raises:
        InvalidInput: the file cannot be read, or is no table of text.
    """
    content = _bytes_of(path)
    return parse_table(content, path.name, encoding=encoding, delimiter=delimiter, sheet=sheet)


def parse_table(
    content: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> SourceTable:
    """Read the bytes of a file; ``name`` is what errors call it.

    Raises:
        InvalidInput: the bytes are no table, or a sheet is named and there is none.
    """
    if content.startswith(SPREADSHEETS):
        from sfa.interchange.spreadsheet_reading import parse_sheet

        found = parse_sheet(content, name, sheet=sheet)
        if found is not None:
            return found
    if sheet is not None:
        raise InvalidInput(name, msg("it is no spreadsheet, so it has no sheets."))
    text, used_encoding = decode(content, name, encoding=encoding)
    if not text.strip():
        raise InvalidInput(
            name, msg("the file is empty."), hint=msg("Export it again with a header and rows.")
        )
    text, announced = _announced_delimiter(text)
    used = _named(delimiter, name) if delimiter else announced or guess_delimiter(text)
    return _table(text, name, used_encoding, used)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(
            str(path), msg("there is no such file."), hint=msg("Check the name and the folder.")
        ) from None
    except IsADirectoryError:
        raise InvalidInput(str(path), msg("this is a folder."), hint=msg("Name a file in it.")) from None
    except OSError as error:
        raise InvalidInput(
            str(path), msg("it cannot be read: {cause}."), cause=error.strerror or error
        ) from None


def _named(delimiter: str, name: str) -> str:
    chosen = _NAMED_DELIMITERS.get(delimiter.lower(), delimiter)
    if len(chosen) != 1 or chosen in '"\r\n':
        raise InvalidInput(
            name,
            msg("{delimiter!r} cannot part cells."),
            hint=msg("Give one character, or tab."),
            delimiter=delimiter,
        )
    return chosen


def _announced_delimiter(text: str) -> tuple[str, str | None]:
    """Return the text without Excel's first line ``sep=;``, and the delimiter that line names."""
    first, end, rest = text.partition("\n")
    line = first.strip("\r").lower()
    return (rest, line[4]) if end and line.startswith("sep=") and len(line) == 5 else (text, None)


def guess_delimiter(text: str) -> str:
    """Return the delimiter that parts the header most, and the following rows alike."""
    lines = list(_logical_lines(text))
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines]
        alike = sum(count == counts[0] for count in counts) / len(counts)
        score = counts[0] * (0.2 + alike)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _logical_lines(text: str) -> Iterator[str]:
    """Yield the first rows, joining lines while a quote is open; blank ones are left out."""
    held = ""
    yielded = 0
    for line in io.StringIO(text[:200_000], newline=None):
        held += line
        if held.count('"') % 2 == 0:
            if held.strip():
                yield held
                yielded += 1
            held = ""
        if yielded == _SNIFFED_LINES:
            return
    if held.strip() or not yielded:
        yield held


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _table(text: str, name: str, encoding: str, delimiter: str) -> SourceTable:
    records = _records(text, name, delimiter)
    first = next(records, None)
    if first is None:
        raise InvalidInput(
            name, msg("the file is empty."), hint=msg("Export it again with a header and rows.")
        )
    header = header_of(first[1], name)
    width = len(header)
    rows = [
        SourceRow(line, cells)
        if len(cells) == width
        else SourceRow(line, cells, wrong_width(len(cells), width))
        for line, cells in records
    ]
    _refuse_cut_off(rows, text, name)
    return SourceTable(header, rows, encoding, delimiter, name)


def _records(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every row that is not blank.

    Raises:
        InvalidInput: a quote was left open to the end, or a cell is absurdly long.
    """
    reader = csv.reader(_then_end(io.StringIO(text, newline="")), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if cells == [_END]:
                return
            if any(cells):
                yield start, cells
            opened, start = start, reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            name,
            msg("line {line} cannot be read: {cause}."),
            hint=msg("A quote is probably missing there; mend the file or export it again."),
            line=reader.line_num,
            cause=str(error),
        ) from None
    raise InvalidInput(
        name,
        msg("the file is cut off: the quote opened in line {line} never closes."),
        hint=msg("Export or copy it again; nothing was taken from it."),
        line=opened,
    )


def _then_end(lines: io.StringIO) -> Iterator[str]:
    yield from lines
    yield _END


def _refuse_cut_off(rows: list[SourceRow], text: str, name: str) -> None:
    """Refuse a file whose very last row alone is short and has no line end: a copy broken off."""
    if not rows or text.endswith(("\n", "\r")):
        return
    last = rows[-1]
    if last.problem == wrong_width(0, 1) and not any(row.problem for row in rows[:-1]):
        raise InvalidInput(
            name,
            msg("the file is cut off: its last line {line} ends after {cells} cells."),
            hint=msg("Export or copy it again; nothing was taken from it."),
            line=last.line_number,
            cells=len(last.cells),
        )
