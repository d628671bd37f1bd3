"""A mapping: which column is which field, and how its values are to be read.

It comes from a mapping file (``mapping_file``) or from a guess of the columns (``headers``).
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field

from sfa.errors import InvalidInput, msg
from sfa.fields import Noun

DEFAULT_SOURCE = "import"
OWN_STAGE = "*"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A custom field that the import declares when the store has none of that name."""

    name: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageDeclaration:
    """A stage that the import makes when its pipeline has none of that name."""

    name: str
    kind: str
    probability_pct: int
    category: str


@dataclass(frozen=True, slots=True)
class PipelineDeclaration:
    """The pipeline that deals go into, with its stages in order."""

    name: str
    stages: tuple[StageDeclaration, ...]


@dataclass(frozen=True, slots=True)
class Creation:
    """What a linked record gets when the import makes it: fixed values, and values of other columns.

    ``name`` are the columns of a person's first and last name, where the record is called after both.
    """

    fixed: Map[str, str] = field(default_factory=dict)
    columns: Map[str, str] = field(default_factory=dict)
    name: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file's columns become fields.

    ``columns`` has (column, target) pairs; a column may serve several targets.
    ``create`` has, for each link that may make its record, how it is made.
    ``events`` says which column's day is the day of entering which stage, ``*``
    being the row's own.
    """

    noun: str
    columns: tuple[tuple[str, str], ...]
    source: str = DEFAULT_SOURCE
    key: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    date_format: str | None = None
    currency: str | None = None
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    defaults: Map[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    fields: tuple[Declaration, ...] = ()
    pipeline: PipelineDeclaration | None = None
    events: tuple[tuple[str, str], ...] = ()
    create: Map[str, Creation] = field(default_factory=dict)
    name: str = ""

    def used_columns(self) -> tuple[str, ...]:
        """Return every column the mapping reads, each once."""
        creations = self.create.values()
        made = [column for each in creations for column in (*each.columns.values(), *each.name)]
        return tuple(
            dict.fromkeys(
                [*(column for column, _ in self.columns), *self.key, *(c for c, _ in self.events), *made]
            )
        )

    def left_over(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the file's columns that the mapping neither reads nor ignores."""
        known = {*self.used_columns(), *self.ignore}
        return tuple(column for column in header if column and column not in known)

    def check_header(self, header: Sequence[str], file_name: str) -> None:
        """Refuse a file that lacks a column the mapping names.

        Raises:
            InvalidInput: columns are missing; both lists are given.
        """
        missing = [column for column in (*self.used_columns(), *self.values) if column not in header]
        if missing:
            raise InvalidInput(
                file_name,
                msg("the file has no column {missing}; it has {header}."),
                hint=msg("Check that it is the right file, or mend the mapping."),
                missing=", ".join(dict.fromkeys(missing)),
                header=", ".join(header),
            )


def guessed_mapping(noun: Noun, columns: Sequence[tuple[str, str]], key: Sequence[str], name: str) -> Mapping:
    """Return the mapping that a guess of the columns amounts to."""
    return Mapping(noun=noun.name, columns=tuple(columns), key=tuple(key), name=name)
