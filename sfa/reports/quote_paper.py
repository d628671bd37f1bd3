"""Everything that a quote's paper says, of the present revision or an earlier one. Read-only.

How it is said is ``render.quote_paper``. Money is computed in ``pricing``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sfa import clock, ids
from sfa.errors import NotFound, Refused, msg
from sfa.finding import quoting
from sfa.finding.quoting import Quote
from sfa.interchange.quote_lines import digest_of, document_of
from sfa.pricing.totals import price_document
from sfa.reports.paper_sides import Issued, around, priced_beside, refuse_unseen_costs, user_side, zone
from sfa.store.heard import COLUMNS, Entry, effect, heard_of
from sfa.terms import ApprovalStanding, QuoteState


@dataclass(frozen=True, slots=True)
class Approved:
    """Whose approval the centre confirmed, and when; no name where it found the author's limits kept."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Issued):
    """A quote as its paper needs it. ``revisions`` are those there are, the last of them the present one."""

    revisions: tuple[int, ...]
    standing: ApprovalStanding
    approved: Approved | None

    @property
    def revision(self) -> int:
        """Which revision it is."""
        return int(self.document.values["revision"])


def offer_of(
    connection: sqlite3.Connection,
    quote_id: str,
    *,
    today: date,
    revision: int | None = None,
    with_costs: bool = False,
) -> Offer:
    """Return a quote as its paper needs it, at a revision; costs only where they are asked for.

    It is issued on the day it was sent, and before that today.

    Raises:
        NotFound: no such quote or revision.
        Refused: costs are asked for by somebody who may not see them, or the quote has no lines.
        InvalidInput: its lines cannot be read, or priced, by this version.
    """
    if with_costs:
        refuse_unseen_costs(connection)
    present = quoting.load_quote(connection, quote_id, today=today)
    revisions = quoting.revisions_of(connection, present.values)
    quote = _at(connection, present, revisions, revision, today)
    is_present = quote is present
    # Before the costs are taken away: a limit may be one of the margin.
    standing, approved = _standing(connection, quote, is_present=is_present)
    costs = quoting.costs_of(connection, quote.lines, quote.currency, today=today) if with_costs else {}
    if not with_costs:
        quote = replace(quote, priced=price_document(document_of(quote.values, quote.lines)))
    values = quote.values
    return Offer(
        **around(connection, values),
        document=quote,
        beside=priced_beside(quote, costs),
        revisions=tuple(revisions),
        standing=standing,
        approved=approved,
        made_at=_made_at(connection, values, is_present=is_present),
        issued_on=_issued_on(connection, values, today),
    )


def _at(
    connection: sqlite3.Connection,
    present: Quote,
    revisions: Mapping[int, Mapping[str, Any]],
    revision: int | None,
    today: date,
) -> Quote:
    """Return a quote as it was at a revision, the present one unless another is named."""
    number = present.values["number"]
    wanted = present.values["revision"] if revision is None else revision
    if wanted not in revisions:
        raise NotFound(
            msg("The quote {number} has no revision {revision}."),
            hint=msg("There are: {known}."),
            number=number,
            revision=wanted,
            known=", ".join(map(str, revisions)),
        )
    is_present = wanted == present.values["revision"]
    quote = present if is_present else quoting.quote_of(connection, revisions[wanted], today=today)
    if not quote.lines:
        raise Refused(
            msg("The quote {number} has no lines to print."),
            hint=msg("Add one: sfa quote add-line {number} 'PRODUCT x 1'."),
            number=number,
        )
    return quote


def _standing(
    connection: sqlite3.Connection, quote: Quote, *, is_present: bool
) -> tuple[ApprovalStanding, Approved | None]:
    """Return what the approval is at, and whose it was: as the centre told it, not as the row says."""
    values = quote.values
    digest = values["approved_digest"]
    told = _told(connection, str(values["id"])) if digest is not None and digest == digest_of(values) else {}
    # What an earlier revision was approved for is in what the centre told then.
    if digest in told and (not is_present or quoting.is_approved(connection, values)):
        by, at = told[digest]
        when = clock.from_text(at) if at else clock.utc_now()
        return ApprovalStanding.APPROVED, Approved(
            user_side(connection, by).name or ids.ref_of(by) if by else "", when.astimezone(zone(connection))
        )
    found = quoting.standing(connection, quote).approval
    return (ApprovalStanding.NEEDED if found is ApprovalStanding.APPROVED else found), None


def _told(connection: sqlite3.Connection, quote_id: str) -> dict[str, tuple[str | None, str | None]]:
    """Return digest -> who approved, and when, of every approval that the centre told of a quote."""
    found: dict[str, tuple[str | None, str | None]] = {}
    known: dict[str, Any] = {}
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM history WHERE row_id = ? AND tbl = 'quote' ORDER BY after_seq, no",
        (quote_id,),
    )
    for row in rows:
        heard = heard_of(tuple(row))
        if heard.entry is Entry.EXIT:
            known = {}
            continue
        known = {**known, **effect(heard, is_there=bool(known))}
        if digest := known.get("approved_digest"):
            found[digest] = (known.get("approved_by_id"), known.get("approved_at"))
    return found


def _issued_on(connection: sqlite3.Connection, values: Mapping[str, Any], today: date) -> date:
    """Return the day a revision was sent; today before that."""
    state, since = values["state"], values["state_on"]
    if state in {QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED}:
        return today
    if state != QuoteState.SENT:  # what became of it since has another day
        sent = [day for day in _sent_on(connection, values["id"]) if day <= (since or day)]
        since = max(sent, default=since)
    return date.fromisoformat(since) if since else today


def _sent_on(connection: sqlite3.Connection, quote_id: str) -> Iterator[str]:
    """Yield the days on which a quote was sent, a revision after the other, as far as they are known here."""
    day = None
    for (changes,) in connection.execute(
        "SELECT changes FROM (SELECT hlc, changes FROM oplog WHERE tbl = 'quote' AND row_id = :id UNION ALL"
        " SELECT hlc, changes FROM history WHERE tbl = 'quote' AND row_id = :id)"
        " WHERE changes IS NOT NULL ORDER BY hlc",
        {"id": quote_id},
    ):
        new = {name: entry[0] for name, entry in json.loads(changes).items()}
        day = new.get("state_on", day)
        if new.get("state") == QuoteState.SENT and day:
            yield day


def _made_at(connection: sqlite3.Connection, values: Mapping[str, Any], *, is_present: bool) -> datetime:
    """Return when a revision was last written."""
    if is_present:
        return clock.from_text(values["updated_at"])
    row = connection.execute(
        "SELECT max(created_at) FROM quote_revision"
        " WHERE quote_id = ? AND revision = ? AND deleted_at IS NULL",
        (values["id"], values["revision"]),
    ).fetchone()
    return clock.from_text(row[0] or values["updated_at"])
