"""A quote as it is read to edit its lines, and as a draft keeps it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from sfa import clock
from sfa.errors import NotFound, msg
from sfa.interchange.quote_lines import lines_of, lines_text
from sfa.screens.widgets.line_grid.sheet import Sheet, State
from sfa.terms import QuoteState

LINES = "lines"  # what drafts call this form
OPEN = frozenset({QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED})


class Loaded(NamedTuple):
    """A quote as it is stored: its columns, lines and discount, what products cost, its customer."""

    values: Mapping[str, Any]
    state: State
    costs: Mapping[str, int]
    account: str


def load(connection: sqlite3.Connection, quote_id: str) -> Loaded:
    """Return a quote to edit.

    Raises:
        NotFound: it is not there.
        InvalidInput: its lines cannot be read by this version.
    """
    from sfa.finding.labels import labels
    from sfa.finding.quoting import costs_of, load_quote

    quote = load_quote(connection, quote_id, today=clock.today())
    values = quote.values
    if values["deleted_at"]:
        raise NotFound(msg("There is no {noun} {id}."), noun=msg("quote"), id=values["number"])
    account = values["account_id"]
    costs = costs_of(connection, quote.lines, quote.currency, today=clock.today())
    state = State(quote.lines, frozenset(), values["discount_ppm"], values["discount_minor"])
    return Loaded(values, state, costs, labels(connection, "account", [account]).get(account, ""))


def ground_of(loaded: Loaded) -> dict[str, Any]:
    """Return what is typed over, as a draft keeps it."""
    return {
        "version": loaded.values["version"],
        "lines": lines_text(loaded.state.lines),
        "discount_ppm": loaded.state.discount_ppm,
        "discount_minor": loaded.state.discount_minor,
    }


def kept_texts(state: State, currency: str) -> dict[str, str]:
    """Return a state as a draft keeps it, readable first."""
    from sfa.render.lines_below import line_words

    return {
        "words": "; ".join(line_words(line, currency) for line in state.lines),
        "lines": lines_text(state.lines),
        "unpriced": ",".join(sorted(state.unpriced)),
        "discount": f"{state.discount_ppm}:{state.discount_minor}",
    }


def kept_sheet(
    loaded: Loaded, costs: Mapping[str, int], kept: Mapping[str, str], ground: Mapping[str, Any]
) -> Sheet:
    """Return the sheet of a draft, over the ground that it was typed on.

    Raises:
        InvalidInput, KeyError, ValueError: the draft cannot be read.
    """
    was = State(lines_of(ground["lines"]), frozenset(), ground["discount_ppm"], ground["discount_minor"])
    ppm, _, minor = kept["discount"].partition(":")
    unpriced = frozenset(filter(None, kept["unpriced"].split(",")))
    sheet = Sheet(loaded.values, was, costs)
    sheet.put(State(lines_of(kept["lines"]), unpriced, int(ppm), int(minor)))
    return sheet
