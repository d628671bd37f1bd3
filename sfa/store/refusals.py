"""What a constraint of the store, met by a change, means to the user."""

from __future__ import annotations

import sqlite3

from sfa.errors import InvalidInput, Refused, SfaError, msg
from sfa.fields import TABLES

_CHECKS = {
    "about_one": msg("it must be about exactly one record (a lead, an account, a contact or a deal)"),
    "attendee_one": msg("an attendee is one contact, one colleague or one name"),
    "amount_with_currency": msg("an amount needs a currency and must not be negative"),
    "price_with_currency": msg("a price needs a currency and must not be negative"),
    "cost_with_currency": msg("a cost needs a currency and must not be negative"),
    "probability_range": msg("a probability is between 0 and 100 %"),
    "quantity_positive": msg("a quantity must be more than zero"),
    "absence_in_order": msg("an absence must not end before it begins"),
    "not_own_manager": msg("nobody is their own manager"),
    "not_own_parent": msg("an account is not its own parent"),
    "next_step_or_none": msg("either there is a next step or there is explicitly none"),
    "checkout_after_checkin": msg("a check-out needs a check-in"),
    "time_with_day": msg("a due time needs a due day"),
}


def explain(error: sqlite3.IntegrityError) -> SfaError:
    """Return the refusal for a failed constraint, trigger or reference."""
    text = str(error)
    if text.startswith("CHECK constraint failed: "):
        name = text.removeprefix("CHECK constraint failed: ")
        reason = _CHECKS.get(name)
        if reason is None and name.endswith("_given"):
            return InvalidInput(name.removesuffix("_given"), msg("it must not be empty"))
        return InvalidInput(name, reason or msg("the store refuses this value"))
    if text.startswith("sfa:choice:"):
        return _choice(text.removeprefix("sfa:choice:"))
    if text.startswith("sfa:append:"):
        return Refused(
            msg("{table} is a log: its rows can be added, not changed."),
            table=text.removeprefix("sfa:append:"),
        )
    if text.startswith("FOREIGN KEY"):
        return Refused(
            msg("The change refers to a record that does not exist."),
            hint=msg("Nothing was changed. Check the references and try again."),
        )
    return Refused(msg("The store refuses the change: {system}."), system=text)


def _choice(where: str) -> SfaError:
    table, _, name = where.partition(".")
    column = next(column for column in TABLES[table].columns if column.name == name)
    return InvalidInput(name, msg("allowed are: {allowed}"), allowed=", ".join(column.choices) or "0, 1")
