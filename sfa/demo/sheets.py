"""Rows for the import: a sheet is a noun, its columns and its cells, with the mapping that reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sfa.interchange.mapping import Mapping as ColumnMapping
from sfa.interchange.source_table import SourceRow, SourceTable

SOURCE = "demo"
KEY = "key"
Words = tuple[str, str]  # English, Chinese
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Records of a noun as cells; ``events`` pairs a column with the stage whose day it holds."""

    noun: str
    columns: tuple[str, ...]
    rows: Sequence[list[str]]
    events: tuple[tuple[str, str], ...] = field(default=())

    def table(self) -> SourceTable:
        """Return the sheet as the reader of a file would."""
        rows = [SourceRow(number, cells) for number, cells in enumerate(self.rows, 2)]
        return SourceTable(self.columns, rows, "utf-8", ",", SOURCE)

    def mapping(self) -> ColumnMapping:
        """Return the mapping: every column is the field it is called after."""
        dated = {column for column, _ in self.events}
        return ColumnMapping(
            noun=self.noun,
            columns=tuple((name, name) for name in self.columns if name != KEY and name not in dated),
            source=SOURCE,
            key=(KEY,) if KEY in self.columns else (),
            currency="CNY",
            events=self.events,
            name=SOURCE,
        )


def sheet(noun: str, rows: Iterable[Cells], *, events: tuple[tuple[str, str], ...] = ()) -> Sheet:
    """Return the sheet of rows given as column to cell; a column that a row lacks is empty there."""
    given = list(rows)
    columns = tuple(dict.fromkeys(name for row in given for name in row))
    columns = (*columns, *(name for name, _ in events if name not in columns))
    return Sheet(noun, columns, [[row.get(name, "") for name in columns] for row in given], events)


def said(words: Words, language: str) -> str:
    """Return a word of the company's lists in the language it was set up in."""
    return words[language == "zh_CN"]
