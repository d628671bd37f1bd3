"""What the organisation can settle and how it stands: currency, fiscal year, time zone and their kin.

Personal settings are in ``sfa.config``; ``sfa.services.settings`` changes these here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sfa.errors import BadUsage, InvalidInput, Msg, msg
from sfa.finding import organisation, references
from sfa.interchange.amounts import read_decimal
from sfa.money import CURRENCIES
from sfa.pricing.checking import percent
from sfa.store.lease import MOST_DAYS
from sfa.terms import TaxMode

DEFAULT_PIPELINE = "default_pipeline"
APPROVAL_FALLBACK = "approval_fallback"
_NAMED = {DEFAULT_PIPELINE: "pipeline", APPROVAL_FALLBACK: "user"}  # settings that are the id of a record
_NO_LIMIT = frozenset({"", "none", "无", "不限"})
_LONGEST_TERMS = 2_000
_MONTHS = 12
_MOST_DAYS = 3650
_LONGEST = 200
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Shared:
    """A setting of the organisation: its label, what it is for, and how its text is read."""

    key: str
    label: Msg
    help: Msg
    read: Callable[[sqlite3.Connection, str], object]
    show: Callable[[object], str] = str


@dataclass(frozen=True, slots=True)
class Settled:
    """A setting as it stands; ``value`` is ``None`` while nobody has settled it."""

    key: str
    value: object
    shown: str
    help: Msg


def _text(_: sqlite3.Connection, text: str) -> object:
    if not text or len(text) > _LONGEST:
        raise InvalidInput(
            "organisation_name", msg("give a name of at most {limit} characters"), limit=_LONGEST
        )
    return text


def _currency(_: sqlite3.Connection, text: str) -> object:
    code = text.upper()
    if code not in CURRENCIES:
        raise InvalidInput(
            "currency",
            msg("{value!r} is no currency code of ISO 4217"),
            hint=msg("Write it as CNY, EUR or USD."),
            value=text,
        )
    return code


def _number(key: str, most: int, low: int = 1) -> Callable[[sqlite3.Connection, str], object]:
    def read(_: sqlite3.Connection, text: str) -> object:
        if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= most:
            raise InvalidInput(
                key, msg("{value!r} is no whole number from {low} to {high}"), value=text, low=low, high=most
            )
        return int(text)

    return read


def _zone(_: sqlite3.Connection, text: str) -> object:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # only here is a zone named

    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            "time_zone",
            msg("{value!r} is no time zone"),
            hint=msg("Write it as Asia/Shanghai or Europe/Berlin."),
            value=text,
        ) from None


def _pipeline(connection: sqlite3.Connection, text: str) -> object:
    return references.resolve(connection, "pipeline", text).id


def _limit(key: str) -> Callable[[sqlite3.Connection, str], object]:
    """Return what reads a limit in per cent as ppm; ``none`` is no limit."""

    def read(_: sqlite3.Connection, text: str) -> object:
        plain = text.strip().rstrip("%％").strip()
        if plain.casefold() in _NO_LIMIT:
            return None
        number = read_decimal(plain)
        if number is None or not 0 <= number <= 100 or number * 10_000 != int(number * 10_000):
            raise InvalidInput(
                key,
                msg("{value!r} is no percentage from 0 to 100"),
                hint=msg("Write it as 15 or 12.5; none is no limit."),
                value=text,
            )
        return int(number * 10_000)

    return read


def _percent(ppm: object) -> str:
    return f"{percent(ppm)}%" if isinstance(ppm, int) else ""


def _word(key: str, words: type[StrEnum]) -> Callable[[sqlite3.Connection, str], object]:
    def read(_: sqlite3.Connection, text: str) -> object:
        plain = text.strip().casefold()
        if plain not in list(words):
            raise InvalidInput(
                key,
                msg("{value!r} is unknown; allowed are: {allowed}"),
                value=text,
                allowed=", ".join(words),
            )
        return plain

    return read


def _terms(key: str) -> Callable[[sqlite3.Connection, str], object]:
    def read(_: sqlite3.Connection, text: str) -> object:
        if len(text) > _LONGEST_TERMS:
            raise InvalidInput(key, msg("give at most {limit} characters"), limit=_LONGEST_TERMS)
        return text

    return read


def _user(connection: sqlite3.Connection, text: str) -> object:
    return references.resolve(connection, "user", text).id if text.strip() else None


_QUOTES = (
    Shared(
        "quote_valid_days",
        msg("Quotes hold for days"),
        msg("Days a new quote holds"),
        _number("quote_valid_days", _MOST_DAYS),
    ),
    Shared(
        "quote_tax_mode",
        msg("Tax of new quotes"),
        msg("Whether prices of new quotes are without tax (added) or hold it (included)"),
        _word("quote_tax_mode", TaxMode),
    ),
    Shared(
        "quote_payment_terms",
        msg("Payment terms of new quotes"),
        msg("Payment terms that new quotes begin with"),
        _terms("quote_payment_terms"),
    ),
    Shared(
        "quote_delivery_terms",
        msg("Delivery terms of new quotes"),
        msg("Delivery terms that new quotes begin with"),
        _terms("quote_delivery_terms"),
    ),
    Shared(
        "approval_rep_discount",
        msg("Reps: discount"),
        msg("What a rep may give off the list prices without approval, in per cent"),
        _limit("approval_rep_discount"),
        _percent,
    ),
    Shared(
        "approval_rep_line_discount",
        msg("Reps: discount of a line"),
        msg("What a rep may give off the list price of any one line, in per cent"),
        _limit("approval_rep_line_discount"),
        _percent,
    ),
    Shared(
        "approval_rep_margin",
        msg("Reps: margin"),
        msg("Margin below which a rep's quote needs approval, in per cent"),
        _limit("approval_rep_margin"),
        _percent,
    ),
    Shared(
        "approval_manager_discount",
        msg("Managers: discount"),
        msg("What a manager may approve off the list prices, in per cent"),
        _limit("approval_manager_discount"),
        _percent,
    ),
    Shared(
        "approval_manager_line_discount",
        msg("Managers: discount of a line"),
        msg("What a manager may approve off the list price of any one line, in per cent"),
        _limit("approval_manager_line_discount"),
        _percent,
    ),
    Shared(
        "approval_manager_margin",
        msg("Managers: margin"),
        msg("Margin below which a manager may not approve, in per cent"),
        _limit("approval_manager_margin"),
        _percent,
    ),
    Shared(
        APPROVAL_FALLBACK,
        msg("Approver where nobody is above"),
        msg("Who approves the quotes of somebody without a manager"),
        _user,
    ),
)


def _line_of(key: str) -> Callable[[sqlite3.Connection, str], object]:
    """Return what reads one line of text; an empty one empties the setting."""

    def read(_: sqlite3.Connection, text: str) -> object:
        if len(text) > _LONGEST or not text.isprintable():
            raise InvalidInput(key, msg("give one line of at most {limit} characters"), limit=_LONGEST)
        return text

    return read


def _lines(_: sqlite3.Connection, text: str) -> object:
    """Return lines as one text; they are typed with a semicolon between them."""
    lines = [" ".join(line.split()) for line in text.replace("；", ";").replace(";", "\n").splitlines()]
    kept = [line for line in lines if line]
    if len(kept) > _MOST_LINES or any(len(line) > _LONGEST or not line.isprintable() for line in kept):
        raise InvalidInput(
            "seller_bank",
            msg("give at most {count} lines of at most {limit} characters, with ; between them"),
            count=_MOST_LINES,
            limit=_LONGEST,
        )
    return "\n".join(kept)


# Who sells: stands on quotes and orders beside the organisation's name.
_SELLER = (
    Shared(
        "seller_name_en",
        msg("Name in English"),
        msg("The organisation's name on papers in English"),
        _line_of("seller_name_en"),
    ),
    Shared(
        "seller_address",
        msg("Address on papers"),
        msg("Address that stands on quotes and orders"),
        _line_of("seller_address"),
    ),
    Shared(
        "seller_address_en",
        msg("Address in English"),
        msg("Address that stands on papers in English"),
        _line_of("seller_address_en"),
    ),
    Shared(
        "seller_tax_id",
        msg("Own tax id"),
        msg("Tax id of the organisation that stands on quotes and orders"),
        _line_of("seller_tax_id"),
    ),
    Shared(
        "seller_phone",
        msg("Phone on papers"),
        msg("Phone number that stands on quotes and orders"),
        _line_of("seller_phone"),
    ),
    Shared(
        "seller_email",
        msg("Email on papers"),
        msg("Email address that stands on quotes and orders, and that mails are from"),
        _line_of("seller_email"),
    ),
    Shared(
        "seller_website",
        msg("Website on papers"),
        msg("Website that stands on quotes and orders"),
        _line_of("seller_website"),
    ),
    Shared(
        "seller_bank",
        msg("Bank details on papers"),
        msg("Bank, account and SWIFT that stand on quotes and orders; lines with ; between them"),
        _lines,
        lambda text: "; ".join(str(text).splitlines()),
    ),
)

KNOWN = {
    each.key: each
    for each in (
        Shared("organisation_name", msg("Organisation"), msg("Name that stands on printouts"), _text),
        Shared(
            "currency", msg("Currency"), msg("Currency of amounts typed without one, ISO 4217"), _currency
        ),
        Shared(
            "fiscal_year_start_month",
            msg("Fiscal year begins"),
            msg("Month in which the fiscal year begins, 1 to 12"),
            _number("fiscal_year_start_month", _MONTHS),
        ),
        Shared("time_zone", msg("Time zone"), msg("Time zone of reports, such as Asia/Shanghai"), _zone),
        Shared(
            "stale_days",
            msg("Stale after days"),
            msg("Days without news after which a deal is stale"),
            _number("stale_days", _MOST_DAYS),
        ),
        Shared(
            "lease_days",
            msg("Days without a sync"),
            msg("Days a store opens without a sync; 0 is any time"),
            _number("lease_days", MOST_DAYS, low=0),
        ),
        Shared(
            DEFAULT_PIPELINE, msg("Pipeline of new deals"), msg("Pipeline that new deals enter"), _pipeline
        ),
        *_QUOTES,
        *_SELLER,
    )
}


def known(key: str) -> Shared:
    """Return a setting there is.

    Raises:
        BadUsage: there is none of that name.
    """
    plain = key.strip().lower().replace("-", "_")
    if plain not in KNOWN:
        raise BadUsage(
            msg("The organisation has no setting {name!r}."),
            hint=msg("There are: {known}."),
            name=key,
            known=", ".join(KNOWN),
        )
    return KNOWN[plain]


def settled(connection: sqlite3.Connection, key: str) -> Settled:
    """Return how a setting stands.

    Raises:
        BadUsage: there is none of that name.
    """
    each = known(key)
    value = organisation.setting(connection, each.key)
    shown = "" if value is None else each.show(value)
    if each.key in _NAMED and value is not None:
        row = connection.execute(f"SELECT name FROM {_NAMED[each.key]} WHERE id = ?", (value,)).fetchone()
        shown = row[0] if row else shown
    return Settled(each.key, value, shown, each.help)


def amounts_in(connection: sqlite3.Connection, currency: str) -> int:
    """Return how many live deals have an amount in a currency."""
    row = connection.execute(
        "SELECT count(*) FROM deal WHERE currency = ? AND deleted_at IS NULL", (currency,)
    ).fetchone()
    return int(row[0])
