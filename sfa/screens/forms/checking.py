"""Looking at what is typed while it is typed: can a field hold it, and is there such a record already?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from sfa import clock
from sfa.errors import Ambiguous, InvalidInput, NotFound, SfaError, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr

# What names a new record, or whom it comes from: others may have entered them before.
NAMING = {"lead": ("name", "company"), "account": ("name", "short_name"), "contact": ("name",)}
_MOST = 3
# Reads a text for a field as saving does, and raises what saving would raise; what it gives is of no account.
Judge = Callable[[sqlite3.Connection, Field, str], object]


def fault_of(connection: sqlite3.Connection, judge: Judge, field: Field, text: str) -> SfaError | None:
    """Return why a field cannot hold a text, in the words in which saving says it; ``None`` when it can."""
    try:
        judge(connection, field, text)
    except (InvalidInput, NotFound, Ambiguous) as error:
        return error
    return None


def judge_of(noun: str) -> Judge:
    """Return the judge of the fields of a noun's records."""
    return partial(_judge_record, noun)


def _judge_record(noun: str, connection: sqlite3.Connection, field: Field, text: str) -> None:
    from sfa.finding import organisation
    from sfa.finding.days import day_or_refuse
    from sfa.interchange.product_columns import COST
    from sfa.interchange.values import parse_value
    from sfa.services.entry import entered

    if not text.strip():
        if field.required:
            raise InvalidInput(field.name, msg("it must be given"))
    elif field == COST:
        parse_value(field, text, today=clock.today(), currency=organisation.currency(connection))
    elif field.editable and field.column:
        entered(connection, noun_of(noun), {field.name: text}, today=clock.today())
    else:
        day_or_refuse(text, field.name, today=clock.today())


def warning_of(connection: sqlite3.Connection, noun: str, names: tuple[str, ...]) -> str:
    """Return which records of that name there are already; empty when there is none."""
    from sfa.finding.picking import same_name

    found = same_name(connection, noun, names, _MOST)
    listed = ", ".join(f"{tr(noun_of(each).label)} {label}" for each, label in found)
    return tr("There is already: {records}", records=listed) if listed else ""
