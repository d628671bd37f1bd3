"""Currency rates: between two different currencies that exist, from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, msg
from sfa.models.setting import Rate
from sfa.money import CURRENCIES
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row


def create(session: Session, given: Entered, *, today: date, idempotency_key: str | None = None) -> Row:
    """Add a rate; it holds from today on unless a day is given.

    Raises:
        InvalidInput: a code that is no currency, or twice the same.
    """
    columns = _checked(dict(given.columns))
    columns.setdefault("effective_on", today)
    return records.create(
        session, "rate", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def edit(
    session: Session,
    rate_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change a rate under the same rules.

    Raises:
        InvalidInput: a code that is no currency, or twice the same.
    """
    rate: Rate = records.load(session, "rate", rate_id, expected_version)
    present = {"from_currency": rate.from_currency, "to_currency": rate.to_currency}
    wanted = _checked({**present, **given.columns})
    columns = {name: wanted[name] for name in given.columns}
    return records.edit(session, "rate", rate_id, Entered(columns, given.many, given.custom))


def _checked(columns: dict[str, Any]) -> dict[str, Any]:
    for name, label in (("from_currency", msg("From")), ("to_currency", msg("To"))):
        typed = columns.get(name)
        if typed is None:
            continue
        code = str(typed).strip().upper()
        if code not in CURRENCIES:
            raise InvalidInput(
                label,
                msg("{value!r} is no currency code of ISO 4217"),
                hint=msg("Write it as CNY, EUR or USD."),
                value=typed,
            )
        columns[name] = code
    if columns.get("from_currency") is not None and columns.get("from_currency") == columns.get(
        "to_currency"
    ):
        raise InvalidInput(msg("To"), msg("a rate needs two different currencies"))
    return columns
