"""The records of the store as rows of a big list: read by ``finding``, put into words by ``render``."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sfa import clock
from sfa.errors import SfaError
from sfa.fields import Field, Kind
from sfa.finding import browsing
from sfa.i18n import tr, tr_error
from sfa.render.values import RIGHT_ALIGNED, show_value
from sfa.screens.widgets.big_list.source import Column, Query, Row, Unreadable
from sfa.store.reading import explained, open_reading

_RIGID = RIGHT_ALIGNED | {Kind.DAY, Kind.INSTANT, Kind.CHOICE}


class RecordSource:
    """A noun's live records in the store of a home."""

    def __init__(self, noun: str, home: Path) -> None:
        """Open nothing yet."""
        self.noun = noun
        self.home = home

    def open(self) -> RecordReader:
        """Open the store for reading in the thread that will use it."""
        with _in_words(self.home):
            return RecordReader(self.noun, self.home)


class RecordReader:
    """Reads a noun's records for one thread."""

    def __init__(self, noun: str, home: Path) -> None:
        """Open the store."""
        self._noun = noun
        self._home = home
        self._connection = open_reading(home)
        self._fields: tuple[Field, ...] = ()

    def columns(self) -> Sequence[Column]:
        """Return a column for every field; those that a list usually shows are shown."""
        with _in_words(self._home):
            self._fields = browsing.fields_of(self._connection, self._noun)
            listed = browsing.listed_fields(self._noun)
        return [_column(field, shown=field.name in listed) for field in self._fields]

    def _known(self) -> tuple[Field, ...]:
        if not self._fields:
            self._fields = browsing.fields_of(self._connection, self._noun)
        return self._fields

    def _asked(self, query: Query) -> browsing.Asked:
        return browsing.Asked(self._noun, query.where, query.text, query.sort)

    def keys(self, query: Query) -> Iterator[array[int]]:
        """Give the keys of the records in order."""
        with _in_words(self._home):
            yield from browsing.stream_keys(
                self._connection, self._asked(query), self._known(), today=clock.today()
            )

    def rows(self, keys: Sequence[int], columns: Sequence[str]) -> Sequence[Row]:
        """Return the rows of the keys in the language in use."""
        with _in_words(self._home):
            by_name = {field.name: field for field in self._known()}
            fields = [by_name[name] for name in columns]
            found = browsing.read_rows(self._connection, self._noun, fields, keys)
        return [Row(row.key, row.id, tuple(map(show_value, fields, row.values))) for row in found]

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return id -> key of the records that are still there."""
        with _in_words(self._home):
            return browsing.keys_of(self._connection, self._noun, ids)

    def ids_of(self, keys: Sequence[int]) -> Mapping[int, str]:
        """Return key -> id."""
        with _in_words(self._home):
            return browsing.ids_of(self._connection, self._noun, keys)

    def all_ids(self, query: Query) -> Iterator[str]:
        """Give the ids of all that a query selects."""
        with _in_words(self._home):
            yield from browsing.stream_ids(self._connection, self._asked(query), today=clock.today())

    def version(self) -> int:
        """Return a number that differs once another connection has written."""
        with _in_words(self._home):
            return browsing.data_version(self._connection)

    def interrupt(self) -> None:
        """Make a read that is under way in another thread end with an error."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the store."""
        self._connection.close()


def _column(field: Field, *, shown: bool) -> Column:
    rigid = field.kind in _RIGID or field.name == "ref"
    return Column(field.name, tr(field.label), field.kind in RIGHT_ALIGNED, rigid, shown)


@contextmanager
def _in_words(home: Path) -> Iterator[None]:
    """Turn what goes wrong into one text for the list."""
    try:
        with explained(home):
            yield
    except SfaError as error:
        raise Unreadable("\n".join(part for part in tr_error(error) if part)) from error
