"""A sheet of a spreadsheet file (XLSX, XLS, ODS) as a table of texts, as a CSV file would have it.

A spreadsheet program set to another country's dates reads 2/1/2017 as the wrong day and leaves 13/1/2017
a text. Such a column is known by its texts, and its days are turned back; ``SourceTable.notes`` says so.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sfa.errors import InvalidInput, msg
from sfa.interchange.source_table import Note, SourceRow, SourceTable, header_of, wrong_width

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    Cell = int | float | str | bool | time | date | datetime | timedelta

# A small file can unpack to more than a machine holds; a sheet of a million rows is below a quarter of this.
_MOST_BYTES = 2_000_000_000
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MIDDLE = 12


def parse_sheet(content: bytes, name: str, *, sheet: str | None = None) -> SourceTable | None:
    """Read a sheet, the first that holds anything unless it is named; ``None`` when it is no spreadsheet.

    Numbers become plain texts, days ISO texts. Line numbers are those of the sheet.

    Raises:
        InvalidInput: no such sheet, nothing in it, or its header cannot be one.
    """
    book = _book(content, name)
    if book is None:
        return None
    found, cells = _sheet(book, name, sheet)
    width = max((place + 1 for row in cells for place, cell in enumerate(row) if cell != ""), default=0)
    numbered = [
        (number, list(row[:width])) for number, row in enumerate(cells, 1) if any(c != "" for c in row)
    ]
    if not numbered:
        raise InvalidInput(
            name, msg("the file is empty."), hint=msg("Export it again with a header and rows.")
        )
    header = header_of([_text(cell) for cell in numbered[0][1]], name)
    used = max(place + 1 for place, column in enumerate(header) if column)
    header = header[:used]
    body = numbered[1:]
    notes = [] if len(book.sheet_names) < 2 or sheet else [_several(book, found)]
    columns = [[row[place] for _, row in body] for place in range(used)]
    texts = []
    for column, values in zip(header, columns, strict=True):
        turned = _turned_back(values)
        if turned is not None:
            notes.append(_turned_note(column, turned[1], turned[2]))
        texts.append(turned[0] if turned is not None else [_text(value) for value in values])
    rows = [
        _row(number, list(cells), row[used:])
        for (number, row), cells in zip(body, zip(*texts, strict=True), strict=True)
    ]
    return SourceTable(header, rows, "", ",", name, tuple(notes))


def _book(content: bytes, name: str) -> CalamineWorkbook | None:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if _unpacked(content) > _MOST_BYTES:
        raise InvalidInput(name, msg("it unpacks to more than two gigabytes."), hint=msg("Export it as CSV."))
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise InvalidInput(
            name, msg("it is locked with a password."), hint=msg("Save it without one, or as CSV.")
        ) from None
    except (CalamineError, ValueError, OSError):
        return None


def _unpacked(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return 0


def _sheet(book: CalamineWorkbook, name: str, wanted: str | None) -> tuple[str, list[list[Cell]]]:
    names = list(book.sheet_names)
    if wanted is not None:
        match = [each for each in names if each.casefold() == wanted.strip().casefold()]
        if not match:
            raise InvalidInput(
                name,
                msg("it has no sheet {sheet!r}."),
                hint=msg("There are: {known}."),
                sheet=wanted,
                known=", ".join(names),
            )
        return match[0], _cells(book, match[0], name)
    for each in names:
        cells = _cells(book, each, name)
        if any(cell != "" for row in cells for cell in row):
            return each, cells
    return (names or [""])[0], []


def _cells(book: CalamineWorkbook, sheet: str, name: str) -> list[list[Cell]]:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, ValueError) as error:
        raise InvalidInput(
            name, msg("the sheet {sheet!r} cannot be read: {cause}."), sheet=sheet, cause=str(error)
        ) from None


def _row(number: int, cells: list[str], beyond: Sequence[Cell]) -> SourceRow:
    more = [_text(cell) for cell in beyond]
    while more and not more[-1]:
        more.pop()
    if more:
        return SourceRow(number, [*cells, *more], wrong_width(len(cells) + 1, len(cells)))
    return SourceRow(number, cells)


def _text(cell: Cell) -> str:
    """Return a cell as a CSV file of the same sheet would have it, days in ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("seconds" if cell.second else "minutes")
    return str(cell)


def _number(cell: float) -> str:
    if abs(cell) < 1e15 and cell == int(cell):
        return str(int(cell))
    # A computed cell is 0.1 + 0.2: fifteen digits are what the program shows and keeps.
    return f"{Decimal(f'{cell:.15g}'):f}"


def _turned_back(values: Sequence[Cell]) -> tuple[list[str], str, int] | None:
    """Return a column's days as its texts write them, how that is, and how many were turned; else ``None``.

    Texts all have a day above 12 at one place, dates none above it: the program took day for month.
    """
    days = [value for value in values if isinstance(value, date | datetime)]
    texts = [
        _SLASHED.fullmatch(value.strip()) for value in values if isinstance(value, str) and value.strip()
    ]
    if not days or not texts or len(days) + len(texts) < sum(value != "" for value in values):
        return None
    parts = [(int(each[1]), int(each[2])) for each in texts if each is not None]
    if len(parts) < len(texts) or any(each.day > _MIDDLE for each in days):
        return None
    if all(first <= _MIDDLE < second for first, second in parts):
        shape, written = "MM/DD/YYYY", "{0.day:02}/{0.month:02}/{0.year}"
    elif all(second <= _MIDDLE < first for first, second in parts):
        shape, written = "DD/MM/YYYY", "{0.month:02}/{0.day:02}/{0.year}"
    else:
        return None
    turned = sum(each.day != each.month for each in days)
    found = [written.format(value) if isinstance(value, date) else _text(value) for value in values]
    return found, shape, turned


def _turned_note(column: str, shape: str, count: int) -> Note:
    text = msg(
        "{column}: days that the spreadsheet program took for others ({count}) are read as the column's texts"
        " are, {shape}."
    )
    return Note(text, {"column": column, "count": count, "shape": shape})


def _several(book: CalamineWorkbook, taken: str) -> Note:
    others = [each for each in book.sheet_names if each != taken]
    return Note(
        msg("The sheet {sheet} is read. Others in the file: {others}. --sheet names another."),
        {"sheet": taken, "others": ", ".join(others)},
    )
