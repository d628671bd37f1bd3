"""What changed between two revisions of a quote: lines, values, totals."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sfa.errors import InvalidInput, NotFound, msg
from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding import quoting
from sfa.finding.labels import labels
from sfa.finding.quoting import Quote
from sfa.interchange.quote_lines import QuoteLine
from sfa.pricing.results import PricedLine

_LINE_FIELDS = tuple(each.name for each in fields(QuoteLine) if each.name not in {"key", "book"})
_TOTALS = ("list_minor", "net_minor", "tax_minor", "total_minor")


@dataclass(frozen=True, slots=True)
class LineAt:
    """A line with its number, from 1, and what it comes to."""

    number: int
    line: QuoteLine
    priced: PricedLine


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line before and after; ``None`` where there was none, or is none. ``columns`` names what differs."""

    before: LineAt | None
    after: LineAt | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A field of the quote with what it had and has; links are labels."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class QuoteDiff:
    """Two revisions of a quote, and all that differs; equal ones have neither lines nor values."""

    number: str
    before: Quote
    after: Quote
    lines: tuple[LineChange, ...]
    values: tuple[ValueChange, ...]
    totals: tuple[ValueChange, ...]

    @property
    def is_same(self) -> bool:
        """Say whether nothing differs."""
        return not (self.lines or self.values or self.totals)


def quote_diff(
    connection: sqlite3.Connection,
    quote_id: str,
    first: int | None = None,
    second: int | None = None,
    *,
    today: date,
) -> QuoteDiff:
    """Compare two revisions of a quote: without numbers the last two, with one that and the present one.

    Raises:
        NotFound: no such quote or revision.
        InvalidInput: the quote has one revision and none was named.
    """
    present = quoting.load_quote(connection, quote_id, today=today)
    revisions = quoting.revisions_of(connection, present.values)
    known = sorted(revisions)
    if first is None and len(known) == 1:
        raise InvalidInput(
            msg("Revision"),
            msg("the quote {number} has one alone"),
            hint=msg("Another one is begun with: sfa quote revise {number}."),
            number=present.values["number"],
        )
    wanted = (known[-2] if first is None else first, known[-1] if second is None else second)
    for each in wanted:
        if each not in revisions:
            raise NotFound(
                msg("The quote {number} has no revision {revision}."),
                hint=msg("It has: {known}."),
                number=present.values["number"],
                revision=each,
                known=", ".join(map(str, known)),
            )
    before, after = (quoting.quote_of(connection, revisions[each], today=today) for each in wanted)
    return QuoteDiff(
        str(present.values["number"]),
        before,
        after,
        _lines(before, after),
        _values(connection, before, after, totals=False),
        _values(connection, before, after, totals=True),
    )


def _lines(before: Quote, after: Quote) -> tuple[LineChange, ...]:
    """Return what became of the lines, in the order of the later revision, what went before what is there."""
    old, new = _numbered(before), _numbered(after)
    kept = {key for key in old if key in new and _is_same_thing(old[key].line, new[key].line)}
    found = [LineChange(line, None) for key, line in old.items() if key not in kept]
    for key, line in new.items():
        if key not in kept:
            found.append(LineChange(None, line))
            continue
        columns = tuple(
            name for name in _LINE_FIELDS if getattr(old[key].line, name) != getattr(line.line, name)
        )
        if columns:
            found.append(LineChange(old[key], line, columns))
    return tuple(found)


def _numbered(quote: Quote) -> dict[str, LineAt]:
    pairs = zip(quote.lines, quote.priced.lines, strict=True)
    return {line.key: LineAt(number, line, priced) for number, (line, priced) in enumerate(pairs, 1)}


def _is_same_thing(one: QuoteLine, other: QuoteLine) -> bool:
    """Say whether two lines of one key are one line: a key is given again when the last line goes."""
    return one.product == other.product if one.product or other.product else one.kind == other.kind


def _values(
    connection: sqlite3.Connection, before: Quote, after: Quote, *, totals: bool
) -> tuple[ValueChange, ...]:
    found = []
    for field in noun_of("quote").fields:
        if field.table != "quote" or field.group != "content" or field.column in {"revision", "line_count"}:
            continue
        if (field.column in _TOTALS) is not totals:
            continue
        one, other = (_value(connection, field, quote) for quote in (before, after))
        if one != other:
            found.append(ValueChange(field, one, other))
    return tuple(found)


def _value(connection: sqlite3.Connection, field: Field, quote: Quote) -> Any:
    value = quote.values[field.column]
    if value is None:
        return None
    if field.kind is Kind.MONEY:
        return (value, quote.currency)
    if field.kind is Kind.LINK:
        return labels(connection, field.target, [value]).get(value, value)
    return value
