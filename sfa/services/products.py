"""Products: what they cost us, kept apart from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import ChangedByBoth, msg
from sfa.fields import noun as noun_of
from sfa.finding import organisation
from sfa.finding.costs import cost_of
from sfa.finding.labels import labels
from sfa.interchange.product_columns import COST
from sfa.interchange.values import parse_value
from sfa.services import nouns, records
from sfa.services.catching_up import Clash
from sfa.services.rows import Row
from sfa.store import change


def set_cost(session: Session, product_id: str, text: str, *, today: date) -> Row:
    """Write down what a unit costs us; an empty text forgets it.

    Raises:
        NotFound: no such product.
        InvalidInput: the text is no amount, or below zero.
    """
    product = records.load(session, "product", product_id)
    connection = records.raw(session)
    stored = parse_value(COST, text, today=today, currency=organisation.currency(connection))
    present = cost_of(connection, product_id)
    if present.row_id is not None:
        change.update(connection, "product_cost", present.row_id, stored)
    elif stored[COST.column] is not None:
        new = {"id": ids.uuid7(clock.wall_ms()), "product_id": product_id, **stored}
        change.insert(connection, "product_cost", new)
    return records.answer(session, "product", product)


def change_cost(
    session: Session, product_id: str, text: str, base: Sequence[Any] | None, *, today: date
) -> Row:
    """Write the cost that was typed over ``base``: the amount in millionths with its currency, or ``None``.

    Raises:
        NotFound, InvalidInput: as ``set_cost``.
        ChangedByBoth: somebody else wrote another one meanwhile.
    """
    connection = records.raw(session)
    now = cost_of(connection, product_id).value
    stored = parse_value(COST, text, today=today, currency=organisation.currency(connection))
    wanted = (stored[COST.column], stored[COST.currency_column]) if stored[COST.column] is not None else None
    if now not in (wanted, tuple(base) if base else None):
        raise _changed(session, product_id, now)
    return set_cost(session, product_id, text, today=today)


def _changed(session: Session, product_id: str, now: tuple[int, str] | None) -> ChangedByBoth:
    connection = records.raw(session)
    row = connection.execute(
        "SELECT coalesce(u.name, '?'), c.updated_at FROM product_cost c"
        " LEFT JOIN user u ON u.id = c.updated_by WHERE c.product_id = ? ORDER BY c.updated_at DESC LIMIT 1",
        (product_id,),
    ).fetchone()
    return ChangedByBoth(
        msg("The {noun} {label} was changed meanwhile, by {who}, in what you changed too."),
        hint=msg("Look at both and choose, then save again."),
        clashes=[Clash((COST.name,))],
        now={COST.name: now},
        noun=noun_of("product").label,
        label=labels(connection, "product", [product_id]).get(product_id, ""),
        who=row[0],
        at=row[1],
    )


def add_typed(session: Session, texts: Mapping[str, str], *, today: date) -> Row:
    """Add a product from the texts of a form, which may hold its cost.

    Raises:
        BadUsage, InvalidInput, NotFound, Ambiguous: as ``nouns.add_typed``.
    """
    own = {name: text for name, text in texts.items() if name != COST.name}
    row = nouns.add_typed(session, "product", own, today=today)
    if texts.get(COST.name, "").strip():
        set_cost(session, row.id, texts[COST.name], today=today)
    return row


def edit_typed(
    session: Session, product_id: str, texts: Mapping[str, str], base: Mapping[str, Any], *, today: date
) -> Row:
    """Change a product from the texts of a form; ``base`` is what its fields held, its cost among them.

    Raises:
        BadUsage, InvalidInput, NotFound, Ambiguous: as ``nouns.edit_typed``.
        ChangedByBoth: as ``change_cost``.
    """
    own = {name: text for name, text in texts.items() if name != COST.name}
    row = nouns.edit_typed(session, "product", product_id, own, today=today)
    if COST.name in texts:
        return change_cost(session, product_id, texts[COST.name], base.get(COST.name), today=today)
    return row
