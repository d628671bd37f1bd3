"""What the papers of quotes and orders have in common: what was sold, by whom and to whom. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sfa.errors import Refused, msg
from sfa.finding import organisation
from sfa.finding.costs import NOT_SEEN, may_see_costs
from sfa.finding.quoting import Quote
from sfa.interchange.quote_lines import document_of
from sfa.pricing.results import Priced
from sfa.pricing.totals import price_document

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A document as its paper needs it, with the sides.

    ``beside`` is what stands beside each line: the amounts before the discount on the whole, by line.
    ``seller`` are the settings of ``SELLER``, empty texts where nothing is settled.
    """

    document: Quote
    beside: Priced
    seller: Mapping[str, str]
    customer: Side
    contact: Side | None
    owner: Side
    made_at: datetime
    issued_on: date


def refuse_unseen_costs(connection: sqlite3.Connection) -> None:
    """Refuse a paper with costs to who may not see them."""
    if not may_see_costs(connection):
        raise Refused(
            NOT_SEEN,
            why=msg("The paper for ourselves shows cost and margin."),
            hint=msg("Print the one for the customer or the warehouse."),
        )


def around(connection: sqlite3.Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sides of a stored quote or order, as ``Issued`` names them."""
    return {
        "seller": {key: str(organisation.setting(connection, key) or "") for key in SELLER},
        "customer": _account(connection, values["account_id"]),
        "contact": _contact(connection, values["contact_id"]) if values["contact_id"] else None,
        "owner": user_side(connection, values["owner_id"]),
    }


def priced_beside(document: Quote, costs: Mapping[str, int]) -> Priced:
    """Return what the lines come to before the discount on the whole."""
    whole = {**document.values, "discount_ppm": 0, "discount_minor": 0}
    return price_document(document_of(whole, document.lines, costs))


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


def user_side(connection: sqlite3.Connection, user_id: str) -> Side:
    """Return a user as a paper names them."""
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
