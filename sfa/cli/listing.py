"""Listing a noun: its options, and what the command does. Loads neither SQLModel nor the framework."""

from __future__ import annotations

import sqlite3
import sys

from sfa import clock, config
from sfa.cli.declared import FORMAT, Declared, Given
from sfa.cli.exits import DONE, say
from sfa.cli.gateway import reading
from sfa.cli.printing import emit, format_of
from sfa.errors import msg
from sfa.fields import Noun
from sfa.i18n import tr
from sfa.store.home import home_dir


def list_options(noun: Noun) -> tuple[Declared, ...]:
    """Return the options of a noun's list."""
    names = ", ".join(each.name for each in noun.fields)
    return (
        Declared(
            "where",
            ("--where", "-w"),
            msg('A filter, such as: "amount>=50000 and stage=proposal and owner=me".'),
            "FILTER",
        ),
        Declared(
            "view",
            ("--view",),
            msg("As a saved view has it; see: sfa view list."),
            "NAME",
            views_of=noun.name,
        ),
        Declared("find", ("--find",), msg("Only those in which this text stands, as in sfa find."), "TEXT"),
        Declared("sort", ("--sort",), msg("Order: amount,-close_date (- is descending)."), "FIELDS"),
        Declared("fields", ("--fields",), tr("Columns, separated by commas: {names}", names=names), "FIELDS"),
        Declared(
            "limit",
            ("--limit",),
            msg("At most so many rows; 0 for all."),
            "N",
            kind=int,
            default=None,
            show_default=False,
        ),
        Declared("deleted", ("--deleted",), msg("List the deleted ones."), kind=bool, default=False),
        FORMAT,
    )


def list_records(noun: Noun, given: Given) -> int:
    """Print a noun's records; return the exit code."""
    from sfa.finding.listing import list_rows
    from sfa.render.listings import listing_text

    fmt = format_of(given["format_"])
    limit = _limit(given["limit"], fmt)
    with reading() as connection:
        given = _as_viewed(connection, noun, given) if given["view"] else given
        found = list_rows(
            connection,
            noun.name,
            where=given["where"],
            find=given["find"],
            sort=given["sort"],
            fields=tuple(name.strip() for name in given["fields"].split(",") if name.strip()),
            limit=limit,
            deleted=given["deleted"],
            today=clock.today(),
        )
    emit(listing_text(found, fmt))
    if not found.rows and fmt == "table":
        say(_empty(noun, given))
    elif found.more and fmt == "table":
        say(tr("Only {count} are shown; --limit 0 shows all.", count=len(found.rows)))
    return DONE


def _as_viewed(connection: sqlite3.Connection, noun: Noun, given: Given) -> Given:
    """Return the options with what a view says: both filters; an order and columns where none are typed."""
    from sfa.finding.views import find_view, views_of

    view = find_view(views_of(connection, noun.name, home_dir()), noun.name, given["view"])
    both = [f"({each})" for each in (view.where, given["where"]) if each.strip()]
    return {
        **given,
        "where": " and ".join(both),
        "sort": given["sort"] or view.sort,
        "fields": given["fields"] or ",".join(name for name, _ in view.columns),
    }


def _limit(asked: int | None, fmt: str) -> int | None:
    if asked is not None:
        return asked or None
    # A machine gets everything; a person gets a page.
    return int(config.get("limit", home_dir()).value) if fmt == "table" and sys.stdout.isatty() else None


def _empty(noun: Noun, given: Given) -> str:
    if given["where"] or given["deleted"] or given["find"]:
        return tr("No {nouns} match.", nouns=noun.label_plural)
    return tr("There are no {nouns} yet. Add one: sfa {noun} add", nouns=noun.label_plural, noun=noun.name)
