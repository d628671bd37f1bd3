"""Quotes as they are read: content, lines, costs, and what their approval is at. Read-only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from sfa.errors import NotFound, msg
from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.finding.costs import SEE_COSTS
from sfa.interchange.quote_lines import QuoteLine, digest_of, document_of, lines_of
from sfa.pricing.checking import MOST_MICROS
from sfa.pricing.conversion import Rate, convert_micros, rate_on
from sfa.pricing.results import Priced
from sfa.pricing.thresholds import Level, Reason, Rule, level_needed
from sfa.pricing.totals import price_document
from sfa.store.change import local_state
from sfa.store.heard import COLUMNS, Entry, effect, heard_of
from sfa.terms import ApprovalStanding, QuoteState, Role

LADDER = (Role.REP, Role.MANAGER, Role.ADMIN)
LIMITS = ("discount", "line_discount", "margin")  # settings: approval_ROLE_LIMIT, in ppm
_COLUMNS = tuple(column.name for column in TABLES["quote"].columns)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote with its lines and what they come to; ``values`` are its stored columns."""

    values: Values
    lines: tuple[QuoteLine, ...]
    priced: Priced

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.values["id"])

    @property
    def currency(self) -> str:
        """Its currency."""
        return str(self.values["currency"])

    @property
    def state(self) -> str:
        """Its state."""
        return str(self.values["state"])


@dataclass(frozen=True, slots=True)
class Standing:
    """What a quote's approval is at, and why.

    ``level`` is the first role that may let it go, ``None`` when none may or it is not known here;
    ``reasons`` say why the roles before it may not. ``by`` is the approver's id, ``None`` when the centre
    found it within its author's limits.
    """

    approval: ApprovalStanding
    level: str | None = None
    reasons: tuple[Reason, ...] = ()
    by: str | None = None
    at: str | None = None


def load_quote(connection: sqlite3.Connection, quote_id: str, *, today: date) -> Quote:
    """Return a quote, deleted ones too; with costs where the user may see them.

    Raises:
        NotFound: no such quote.
        InvalidInput: its lines cannot be read, or priced, by this version.
    """
    row = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM quote WHERE id = ?", (quote_id,)).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of("quote").label, id=quote_id)
    return quote_of(connection, dict(zip(_COLUMNS, tuple(row), strict=True)), today=today)


def quote_of(connection: sqlite3.Connection, values: Values, *, today: date) -> Quote:
    """Return the quote that stored columns make, of an earlier revision too."""
    lines = lines_of(values["lines"])
    costs, least = prices_of(connection, lines, values["currency"], today)
    return Quote(values, lines, price_document(document_of(values, lines, costs, least)))


def costs_of(
    connection: sqlite3.Connection, lines: Iterable[QuoteLine], currency: str, *, today: date
) -> dict[str, int]:
    """Return product -> unit cost in millionths of a currency, as far as it is known and may be seen.

    A cost in another currency is converted at the last rate on or before today.
    """
    asked = _asked(lines)
    if not asked:
        return {}
    rows = connection.execute(f"{_COST} ORDER BY updated_at, id DESC", (asked,)).fetchall()
    return _in_currency(connection, [tuple(row)[:3] for row in rows], currency, today)


def prices_of(
    connection: sqlite3.Connection, lines: Iterable[QuoteLine], currency: str, today: date
) -> tuple[dict[str, int], dict[str, int]]:
    """Return what products cost, as ``costs_of``, and line's key -> its least price, in millionths.

    The least is what any price book in the currency, or the product itself, asks for so many. Whatever a
    line says of its list price, approval counts from no less: the centre does the same, so that nobody
    hides what he gives away. Source: docs/metrics.md, "Approval".
    """
    asked = _asked(lines)
    if not asked:
        return {}, {}
    rows = [tuple(row) for row in connection.execute(_PRICES, (asked, currency, MOST_MICROS))]
    costs = [row[1:4] for row in rows if row[0] == 0]
    return _in_currency(connection, costs, currency, today), {row[1]: row[2] for row in rows if row[0] == 1}


def _asked(lines: Iterable[QuoteLine]) -> str:
    """Return key, product and quantity of the lines with a product as JSON; nothing where there are none."""
    asked = [(line.key, line.product, line.quantity_milli) for line in lines if line.product]
    return json.dumps(asked) if asked else ""


def _in_currency(
    connection: sqlite3.Connection, rows: Sequence[tuple[str, int, str]], currency: str, today: date
) -> dict[str, int]:
    """Return product -> unit cost of rows of product, cost and currency; of one product the last counts."""
    rates: Sequence[Rate] = rates_to(connection, currency) if any(row[2] != currency for row in rows) else ()
    found: dict[str, int] = {}
    for product_id, micros, own in rows:
        found.pop(product_id, None)
        if own == currency:
            found[product_id] = micros
            continue
        try:
            found[product_id] = convert_micros(micros, own, rate_on(rates, own, currency, today))
        except NotFound:
            continue
    return found


_SEERS = ", ".join(f"'{role}'" for role in sorted(SEE_COSTS))
_COST = f"""
SELECT product_id, unit_cost_micros, currency, updated_at, id FROM product_cost
WHERE product_id IN (SELECT value ->> 1 FROM json_each(?1))
    AND deleted_at IS NULL AND unit_cost_micros IS NOT NULL
    AND coalesce((SELECT value IN ({_SEERS}) FROM local_state WHERE key = 'sync_role'), 1)
"""
_LEAST = """
SELECT l.value ->> 0 AS key, min(p.micros) AS micros
FROM json_each(?1) AS l
JOIN (
    SELECT e.product_id AS product, e.min_quantity_milli AS quantity, e.unit_price_micros AS micros
    FROM price_entry e JOIN pricebook b ON b.id = e.pricebook_id
    WHERE e.product_id IN (SELECT value ->> 1 FROM json_each(?1))
        AND e.deleted_at IS NULL AND b.deleted_at IS NULL AND b.currency = ?2
    UNION ALL
    SELECT id, 0, unit_price_micros FROM product
    WHERE id IN (SELECT value ->> 1 FROM json_each(?1)) AND deleted_at IS NULL AND currency = ?2
        AND unit_price_micros IS NOT NULL
) AS p ON p.product = l.value ->> 1 AND p.quantity <= l.value ->> 2
WHERE p.micros BETWEEN 0 AND ?3
GROUP BY 1
"""
_PRICES = f"""
SELECT 0 AS kind, product_id, unit_cost_micros, currency, updated_at AS at, id FROM ({_COST})
UNION ALL SELECT 1, key, micros, NULL, NULL, NULL FROM ({_LEAST})
ORDER BY kind, at, id DESC
"""


def rates_to(connection: sqlite3.Connection, currency: str) -> list[Rate]:
    """Return every rate into a currency, oldest change first."""
    rows = connection.execute(
        "SELECT from_currency, to_currency, rate_micros, effective_on FROM rate"
        " WHERE to_currency = ? AND deleted_at IS NULL ORDER BY updated_at, id",
        (currency,),
    )
    return [Rate(row[0], row[1], row[2], date.fromisoformat(row[3])) for row in rows]


class Ladder(NamedTuple):
    """What approval goes by: the role of who is signed in, ``None`` where nobody ever did, and the limits."""

    role: str | None
    rules: tuple[Rule, ...]


def ladder(connection: sqlite3.Connection) -> Ladder:
    """Return the limits as the organisation settled them; an administrator has none."""
    rows = connection.execute(_SETTLED, (json.dumps([_limit(*each) for each in product(LADDER, LIMITS)]),))
    settled = {row[0]: row[1] for row in map(tuple, rows)}
    role = settled.pop(None, None)
    limits = {key: _ppm(json.loads(value)) for key, value in settled.items()}
    found = []
    for each in LADDER[:-1]:
        discount, line, margin = (limits.get(_limit(each, name)) for name in LIMITS)
        found.append(Rule(each.value, discount, margin, line))
    return Ladder(role, (*found, Rule(Role.ADMIN.value)))


def _limit(role: Role, name: str) -> str:
    return f"approval_{role}_{name}"


# Of several live rows with a key the last changed counts, as for every setting.
_SETTLED = """
SELECT key, value FROM (
    SELECT key, value, updated_at AS at, id FROM setting
    WHERE key IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL
    UNION ALL SELECT NULL, value, '', '' FROM local_state WHERE key = 'sync_role'
) ORDER BY at, id DESC
"""


def _ppm(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rank(role: str | None) -> int:
    """Return how high a role stands on the ladder; one that is not on it below all."""
    return LADDER.index(Role(role)) if role in LADDER else -1


def my_role(connection: sqlite3.Connection) -> str | None:
    """Return the role of who is signed in; ``None`` in a store that never signed in."""
    return local_state(connection, "sync_role")


def level_of(connection: sqlite3.Connection, quote: Quote) -> Level:
    """Return the first role whose limits a quote keeps, and why those before it may not let it go."""
    return level_needed(ladder(connection).rules, quote.priced)


def standing(connection: sqlite3.Connection, quote: Quote) -> Standing:
    """Return what a quote's approval is at. Approved is what the centre has confirmed, nothing else."""
    values = quote.values
    if is_approved(connection, values):
        return Standing(ApprovalStanding.APPROVED, by=values["approved_by_id"], at=values["approved_at"])
    role, rules = ladder(connection)
    level = level_needed(rules, quote.priced)
    if values["state"] == QuoteState.SUBMITTED:
        return Standing(ApprovalStanding.WAITING, level.role, level.reasons)
    if role is None or (level.role is not None and rank(level.role) <= max(rank(role), 0)):
        return Standing(ApprovalStanding.NOT_NEEDED, level.role)
    return Standing(ApprovalStanding.NEEDED, level.role, level.reasons)


def is_approved(connection: sqlite3.Connection, values: Values) -> bool:
    """Say whether the centre has confirmed an approval of exactly this content.

    What the row says is not enough: the approval must be what was heard of the centre, so that one that
    somebody wrote into the file by hand counts for nothing.
    """
    digest = values["approved_digest"]
    if digest is None or digest != digest_of(values):
        return False
    return _heard_digest(connection, str(values["id"])) == str(digest)


def _heard_digest(connection: sqlite3.Connection, quote_id: str) -> str | None:
    """Return the approved digest that the centre last told of a quote."""
    told: str | None = None
    is_there = False
    for row in connection.execute(
        f"SELECT {COLUMNS} FROM history WHERE row_id = ? AND tbl = 'quote' ORDER BY after_seq, no",
        (quote_id,),
    ):
        heard = heard_of(tuple(row))
        if heard.entry is Entry.EXIT:
            told, is_there = None, False
            continue
        values = effect(heard, is_there=is_there)
        is_there = True
        if "approved_digest" in values:
            told = values["approved_digest"]
    return told


def decisions_of(connection: sqlite3.Connection, quote_id: str) -> list[dict[str, Any]]:
    """Return what was said about a quote, oldest first: verdict, revision, reason, by, at, digest."""
    rows = connection.execute(
        "SELECT d.verdict, d.revision, d.reason, u.name, d.created_at, d.digest, d.created_by"
        " FROM quote_decision d LEFT JOIN user u ON u.id = d.created_by"
        " WHERE d.quote_id = ? AND d.deleted_at IS NULL ORDER BY d.created_at, d.id",
        (quote_id,),
    )
    names = ("verdict", "revision", "reason", "by", "at", "digest", "author")
    return [dict(zip(names, tuple(row), strict=True)) for row in rows]


def revisions_of(connection: sqlite3.Connection, values: Values) -> dict[int, Values]:
    """Return revision -> stored columns of a quote as it was then; the present one is the last."""
    rows = connection.execute(
        "SELECT revision, content FROM quote_revision WHERE quote_id = ? AND deleted_at IS NULL"
        " ORDER BY revision, id DESC",
        (values["id"],),
    )
    found: dict[int, Values] = {row[0]: {**values, **json.loads(row[1])} for row in rows}
    found[values["revision"]] = values
    return dict(sorted(found.items()))
