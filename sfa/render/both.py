"""A field that two people changed: what was, what I typed and what they wrote, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from sfa.fields import Field, Kind
from sfa.i18n import tr
from sfa.render.cells import clip, many_lines, pad, wrap
from sfa.render.values import choice_label

_MOST_LINES = 12  # of a long text; the rest is in the form and in the record


class Row(NamedTuple):
    """One field: its label, and what it held before, what is typed, and what others wrote."""

    label: str
    before: str
    mine: str
    theirs: str


class Case(NamedTuple):
    """Fields that are settled together."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]


def word_of(field: Field, typed: str) -> str:
    """Return a typed text as people read it: a choice or a flag by its label."""
    if field.choices and typed:
        return choice_label(field, typed)
    if field.kind is Kind.FLAG:
        return tr("yes") if typed == "yes" else tr("no")
    return typed


def case_lines(case: Case, width: int, is_mine: bool | None, *, is_current: bool) -> list[str]:
    """Return a case as lines of at most ``width`` cells: a heading, then three columns a field."""
    settled = "" if is_mine is None else f"  ✓ {tr('mine') if is_mine else tr('theirs')}"
    mark = "▸ " if is_current else "  "
    lines = [clip(f"{mark}{', '.join(row.label for row in case.rows)}{settled}", width)]
    column = max(8, (width - 2) // 3 - 2)
    lines.append(_line((tr("Before"), tr("Mine"), tr("Theirs")), column))
    for row in case.rows:
        lines += [_line(parts, column) for parts in _columns(row, column)]
    return lines


def _columns(row: Row, column: int) -> list[tuple[str, str, str]]:
    broken = [_broken(text, column) for text in (row.before, row.mine, row.theirs)]
    return [(each[0], each[1], each[2]) for each in zip_longest(*broken, fillvalue="")]


def _broken(text: str, column: int) -> list[str]:
    lines = wrap(many_lines(text) or tr("(empty)"), column)
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], "…"]


def _line(parts: Sequence[str], column: int) -> str:
    return "  " + "  ".join(pad(clip(part, column), column) for part in parts).rstrip()
