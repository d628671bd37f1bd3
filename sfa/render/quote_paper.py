"""The paper of a quote: what was read becomes a ``Paper``, and that a file. Every front end prints here."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

from sfa.render.issued_paper import How, Printed, paper_of, printed_of
from sfa.render.paper.document import Approval, Kind, Paper
from sfa.reports.quote_paper import Offer, offer_of


def print_quote(
    connection: sqlite3.Connection,
    quote_id: str,
    how: How,
    *,
    home: Path,
    today: date,
    revision: int | None = None,
) -> Printed:
    """Return a quote as a file, at a revision: the present one unless another is named.

    Raises:
        NotFound: no such quote or revision.
        Refused: it has no lines, or the variant shows costs that the user may not see.
        InvalidInput: a template, logo or font that is not there or cannot be read, a character that no
            font has, an address of a mail that is none, capital numerals of another currency.
    """
    offer = offer_of(connection, quote_id, today=today, revision=revision, with_costs=how.is_internal)
    latest = offer.revisions[-1]
    replaced_by = latest if latest != offer.revision else None
    return printed_of(quote_paper(offer, how), how, home, replaced_by=replaced_by)


def quote_paper(offer: Offer, how: How) -> Paper:
    """Return the paper of a quote.

    Raises:
        InvalidInput: capital numerals are asked for, and the currency is not CNY.
    """
    until, approved = offer.document.values["valid_until"], offer.approved
    return paper_of(
        offer,
        how,
        Kind.QUOTE,
        revision=offer.revision,
        valid_until=date.fromisoformat(until) if until else None,
        standing=offer.standing,
        approval=Approval(approved.by, approved.at) if approved else None,
    )
