"""One tabular structure and its texts: table, tsv, csv, json, md.

Machine formats are written as the values are: a cell that begins with ``=`` is not
defused against spreadsheets, because that would change the data (docs/cli.md says so).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sfa.errors import InvalidInput, msg
from sfa.render.cells import cell_width, clip, pad, wrap

FORMATS = ("table", "tsv", "csv", "json", "md")
GAP = 2
_LEAST = 6  # a column is not made narrower than this
_READABLE = 12  # nor than this while the heading of a rigid one is wider than its cells
_TIGHT = 3  # but to this where the line does not fit otherwise
_FALLBACK_WIDTH = 80
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


class Col(NamedTuple):
    """A column: its name for machines, its label for people, how it is aligned.

    A ``rigid`` column, such as an amount or a reference, is never clipped.
    """

    name: str
    label: str
    right: bool = False
    rigid: bool = False


class Grid(NamedTuple):
    """Columns, rows of cells ready to print, and lines that follow the table."""

    columns: tuple[Col, ...]
    rows: tuple[tuple[str, ...], ...]
    footer: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the names of its columns."""
        return tuple(column.name for column in self.columns)


def choose_format(explicit: str | None, is_tty: bool) -> str:
    """Return the format asked for, else a table on a terminal and TSV into a pipe.

    Raises:
        InvalidInput: no such format.
    """
    if not explicit:
        return "table" if is_tty else "tsv"
    chosen = explicit.strip().lower()
    if chosen not in FORMATS:
        raise InvalidInput(
            "--format",
            msg("{value!r} is no format."),
            hint=msg("Choose one of: {formats}."),
            value=explicit,
            formats=", ".join(FORMATS),
        )
    return chosen


def terminal_width() -> int:
    """Return how many cells a line has: ``COLUMNS``, else the terminal's, else 80."""
    import shutil  # with four compressors; only a table asks

    return shutil.get_terminal_size((_FALLBACK_WIDTH, 24)).columns


def is_coloured(is_tty: bool) -> bool:
    """Say whether bold text may be written: on a terminal, unless ``NO_COLOR`` or a dumb one."""
    return is_tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def table_text(grid: Grid, *, width: int | None = None, bold: bool = False) -> str:
    """Return the grid aligned in columns; cells are clipped where the width does not suffice."""
    if not grid.columns:
        return _lines(grid.footer)
    widths = fit(grid, width or terminal_width())
    head = _row(grid.columns, tuple(column.label for column in grid.columns), widths)
    lines = [f"{BOLD}{head}{PLAIN}" if bold else head, (" " * GAP).join("-" * each for each in widths)]
    lines += [_row(grid.columns, row, widths) for row in grid.rows]
    return _lines([*lines, *grid.footer])


def _row(columns: Sequence[Col], row: Sequence[str], widths: Sequence[int]) -> str:
    drawn = [
        pad(clip(cell, width), width, right=column.right)
        for column, cell, width in zip(columns, row, widths, strict=True)
    ]
    return (" " * GAP).join(drawn).rstrip()


def fit(grid: Grid, room: int) -> list[int]:
    """Return the columns' widths within a line of ``room`` cells.

    Narrow and rigid columns keep their width; the wide ones share what is left. Where that makes them
    hard to read, the headings of rigid columns that are wider than all their cells give way first.
    A line that is too narrow for all that has clipped columns of a few cells.
    """
    widths = natural(grid)
    soft = {index: _LEAST for index, column in enumerate(grid.columns) if not column.rigid}
    for index in soft:
        widths[index] = min(widths[index], room)
    held = {
        index: max(cell_width(row[index]) for row in grid.rows)
        for index, column in enumerate(grid.columns)
        if column.rigid and grid.rows
    }
    headings = {index: max(_LEAST, width) for index, width in held.items()}
    tight = {**dict.fromkeys(soft, _TIGHT), **{index: max(_TIGHT, width) for index, width in held.items()}}
    for floors in (dict.fromkeys(soft, _READABLE), headings, soft, tight):
        _narrow(widths, floors, room)
    return widths


def natural(grid: Grid) -> list[int]:
    """Return how many cells each column would take where there is room."""
    return [
        max(cell_width(column.label), *(cell_width(row[index]) for row in grid.rows), 1)
        for index, column in enumerate(grid.columns)
    ]


def table_width(widths: Sequence[int]) -> int:
    """Return how many cells a line of columns takes."""
    return sum(widths) + GAP * (len(widths) - 1)


def _narrow(widths: list[int], floors: Mapping[int, int], room: int) -> None:
    """Take cells from the widest of the columns given, none below its floor, until the line fits."""
    over = table_width(widths) - room
    while over > 0:
        wide = [index for index, floor in floors.items() if widths[index] > floor]
        if not wide:
            return
        widths[max(wide, key=lambda index: widths[index])] -= 1
        over -= 1


def tsv_text(grid: Grid) -> str:
    r"""Return a line a row, cells parted by tabs; tab, line break and backslash as \t, \n, \r, \\."""
    head = tuple(column.name for column in grid.columns)
    return _lines("\t".join(cell.translate(_TSV) for cell in row) for row in (head, *grid.rows))


_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def csv_text(grid: Grid) -> str:
    """Return comma-separated values as RFC 4180 has them, with a header line and CRLF."""
    import csv  # these and json only where their format is asked for: a table starts quicker
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in grid.columns])
    writer.writerows(grid.rows)
    return out.getvalue()


def md_text(grid: Grid) -> str:
    """Return a Markdown table; pipes and backslashes are escaped, the footer follows as paragraphs."""
    head = [_md(column.label) for column in grid.columns]
    rule = ["---:" if column.right else "---" for column in grid.columns]
    lines = [_md_row(head), _md_row(rule), *(_md_row([_md(cell) for cell in row]) for row in grid.rows)]
    for note in grid.footer:
        lines += ["", _md(note)]
    return _lines(lines)


def _md(cell: str) -> str:
    return cell.translate(_MD)


_MD = str.maketrans({"\\": "\\\\", "|": "\\|", "<": "&lt;", "\n": "<br>"})


def _md_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def json_text(schema: str, body: Mapping[str, Any]) -> str:
    """Return a JSON document with its schema's name and version, such as ``sfa.deal.list/1``, in front."""
    import json

    return json.dumps({"schema": schema, **body}, ensure_ascii=False, indent=2) + "\n"


def grid_text(grid: Grid, fmt: str, *, width: int | None = None, bold: bool = False) -> str:
    """Return the grid in one of the tabular formats (all but ``json``, which keeps types)."""
    if fmt == "table":
        return table_text(grid, width=width, bold=bold)
    return {"tsv": tsv_text, "csv": csv_text, "md": md_text}[fmt](grid)


def pairs_text(pairs: Sequence[tuple[str, str]], *, width: int | None = None, bold: bool = False) -> str:
    """Return labels with their values beside them, long values wrapped."""
    if not pairs:
        return ""
    left = max(cell_width(label) for label, _ in pairs)
    room = max(20, (width or terminal_width()) - left - GAP)
    lines: list[str] = []
    for label, value in pairs:
        head = pad(label, left)
        for index, line in enumerate(wrap(value, room)):
            shown = f"{BOLD}{head}{PLAIN}" if bold and not index else head if not index else " " * left
            lines.append(f"{shown}{' ' * GAP}{line}".rstrip())
    return _lines(lines)


def _lines(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)
