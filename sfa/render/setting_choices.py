"""What a setting of the organisation can be chosen from, in the user's language."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from sfa.finding.shared_settings import DEFAULT_PIPELINE
from sfa.i18n import language
from sfa.money import CURRENCIES

# Those that most people look for stand first.
_OFTEN = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "TWD")


class Choice(NamedTuple):
    """A value and what it is called."""

    value: str
    label: str


def choices(connection: sqlite3.Connection, key: str) -> Sequence[Choice]:
    """Return what a setting can be; nothing where any text of its kind will do."""
    if key == "currency":
        return currencies()
    if key == "fiscal_year_start_month":
        return _months()
    if key == "time_zone":
        return _zones()
    if key == DEFAULT_PIPELINE:
        rows = connection.execute(
            "SELECT ref, name FROM pipeline WHERE deleted_at IS NULL ORDER BY is_default DESC, name, id"
        ).fetchall()
        return [Choice(str(row[0]), str(row[1])) for row in rows]
    return []


def currencies() -> list[Choice]:
    """Return every currency with its name, the usual ones first."""
    from babel.numbers import get_currency_name

    ordered = [*_OFTEN, *sorted(CURRENCIES - set(_OFTEN))]
    return [Choice(code, f"{code}  {get_currency_name(code, locale=language())}") for code in ordered]


def _months() -> list[Choice]:
    from babel.dates import get_month_names

    names = get_month_names("wide", context="stand-alone", locale=language())
    return [Choice(str(number), f"{number}  {names[number]}") for number in range(1, 13)]


def _zones() -> list[Choice]:
    from zoneinfo import available_timezones

    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [Choice(name, name) for name in names]
