"""Everything that a quote's paper says, of the present revision or an earlier one. Read-only.

How it is said is ``render.quote_paper``. Money is computed in ``pricing``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from sfa import clock, ids
from sfa.errors import NotFound, Refused, msg
from sfa.finding import organisation, quoting
from sfa.finding.costs import NOT_SEEN, may_see_costs
from sfa.finding.quoting import Quote
from sfa.interchange.quote_lines import digest_of, document_of
from sfa.pricing.results import Priced
from sfa.pricing.totals import price_document
from sfa.store.heard import COLUMNS, Entry, effect, heard_of
from sfa.terms import ApprovalStanding, QuoteState

SELLER = (
    "organisation_name",
    *(
        f"seller_{name}"
        for name in ("name_en", "address", "address_en", "tax_id", "phone", "email", "website", "bank")
    ),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A company or a person; a text is empty where nobody knows it."""

    name: str
    title: str = ""
    address: str = ""
    tax_id: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """Whose approval the centre confirmed, and when; no name where it found the author's limits kept."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote as its paper needs it.

    ``beside`` is what stands beside each line: the amounts before the discount on the whole, by line.
    ``seller`` are the settings of ``SELLER``, empty texts where nothing is settled. ``revisions`` are
    those there are, the last of them the present one.
    """

    quote: Quote
    beside: Priced
    revisions: tuple[int, ...]
    standing: ApprovalStanding
    approved: Approved | None
    seller: Mapping[str, str]
    customer: Side
    contact: Side | None
    owner: Side
    made_at: datetime
    issued_on: date

    @property
    def revision(self) -> int:
        """Which revision it is."""
        return int(self.quote.values["revision"])


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
    if with_costs and not may_see_costs(connection):
        raise Refused(
            NOT_SEEN,
            why=msg("The paper for ourselves shows cost and margin."),
            hint=msg("Print the one for the customer or the warehouse."),
        )
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
        quote,
        beside=price_document(
            document_of({**values, "discount_ppm": 0, "discount_minor": 0}, quote.lines, costs)
        ),
        revisions=tuple(revisions),
        standing=standing,
        approved=approved,
        seller={key: str(organisation.setting(connection, key) or "") for key in SELLER},
        customer=_account(connection, values["account_id"]),
        contact=_contact(connection, values["contact_id"]) if values["contact_id"] else None,
        owner=_user(connection, values["owner_id"]),
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
            _user(connection, by).name or ids.ref_of(by) if by else "", when.astimezone(zone(connection))
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


def zone(connection: sqlite3.Connection) -> tzinfo | None:
    """Return the organisation's time zone; ``None``, which is this machine's, where none is settled."""
    name = organisation.setting(connection, "time_zone")
    if not isinstance(name, str):
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


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


def _account(connection: sqlite3.Connection, account_id: str) -> Side:
    row = connection.execute(
        "SELECT name, coalesce(tax_id, ''), coalesce(website, '') FROM account WHERE id = ?", (account_id,)
    ).fetchone()
    name, tax_id, website = tuple(row) if row is not None else ("", "", "")
    return Side(
        name,
        address=_address(connection, "account_id", account_id),
        tax_id=tax_id,
        phone=_first(connection, "phone", "account_id", account_id),
        email=_first(connection, "email", "account_id", account_id),
        website=website,
    )


def _contact(connection: sqlite3.Connection, contact_id: str) -> Side | None:
    row = connection.execute(
        "SELECT name, coalesce(title, '') FROM contact WHERE id = ?", (contact_id,)
    ).fetchone()
    return None if row is None else _person(connection, "contact_id", contact_id, row[0], row[1])


def _user(connection: sqlite3.Connection, user_id: str) -> Side:
    row = connection.execute("SELECT name FROM user WHERE id = ?", (user_id,)).fetchone()
    return _person(connection, "user_id", user_id, row[0] if row is not None else "", "")


def _person(connection: sqlite3.Connection, column: str, row_id: str, name: str, title: str) -> Side:
    phone, email = (_first(connection, table, column, row_id) for table in ("phone", "email"))
    return Side(name, title, phone=phone, email=email)


def _first(connection: sqlite3.Connection, table: str, column: str, row_id: str) -> str:
    row = connection.execute(
        f"SELECT value FROM {table} WHERE {column} = ? AND deleted_at IS NULL ORDER BY id LIMIT 1", (row_id,)
    ).fetchone()
    return "" if row is None else str(row[0])


def _address(connection: sqlite3.Connection, column: str, row_id: str) -> str:
    """Return the first address on one line: the large first in Chinese, the small first elsewhere."""
    row = connection.execute(
        "SELECT line, district, city, region, postcode, country FROM address"
        f" WHERE {column} = ? AND deleted_at IS NULL ORDER BY id LIMIT 1",
        (row_id,),
    ).fetchone()
    if row is None:
        return ""
    line, district, city, region, postcode, country = (each or "" for each in tuple(row))
    # What the line says already is not said again.
    district, city, region = (each if each not in line else "" for each in (district, city, region))
    if f"{line}{district}{city}{region}".isascii():
        return ", ".join(each for each in (line, district, city, region, postcode, country) if each)
    whole = "".join(each for each in (country, region, city, district, line) if each)
    return f"{whole} {postcode}".strip()
