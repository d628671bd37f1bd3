"""What a product sells for and why: one line, and the way through the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.errors import Msg, msg
from sfa.finding.prices import Outcome, Source
from sfa.i18n import tr, tr_plural
from sfa.render.cells import one_line
from sfa.render.numbers import plain_price, plain_quantity, plain_ratio, price, quantity, ratio
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from datetime import date

    from sfa.finding.listing import Listing
    from sfa.finding.price_list import Book
    from sfa.finding.prices import Break, Price, Step

MOST_LINES = 1000  # prices that a screen lists

_SOURCES: dict[Source, Msg] = {
    Source.NAMED: msg("the book asked for"),
    Source.ACCOUNT: msg("the account's book"),
    Source.TIER: msg("a book of the account's tier"),
    Source.DEFAULT: msg("the default book"),
    Source.PARENT: msg("parent of the book before"),
    Source.PRODUCT: msg("the product's own price"),
}
_OUTCOMES: dict[Outcome, Msg] = {
    Outcome.GAVE: msg("gives the price"),
    Outcome.DELETED: msg("is deleted"),
    Outcome.OTHER_CURRENCY: msg("is in {currency}"),
    Outcome.NOT_YET_VALID: msg("is valid only from {day} on"),
    Outcome.EXPIRED: msg("was valid until {day}"),
    Outcome.NO_ENTRY: msg("does not have the product"),
    Outcome.ENTRY_NOT_YET_VALID: msg("its price begins on {day}"),
    Outcome.ENTRY_EXPIRED: msg("its price ended on {day}"),
    Outcome.MINIMUM_NOT_REACHED: msg("has a price from {quantity} on: {price}"),
    Outcome.NO_PRICE: msg("there is none"),
}


def price_text(found: Price, fmt: str, account: tuple[str, str] | None = None) -> str:
    """Return a price in a format, for people with what was looked at; ``account`` is (id, label)."""
    if fmt == "json":
        return json_text("sfa.price/1", price_body(found, account))
    if fmt in {"table", "md"}:
        why = Grid(
            (Col("looked_at", tr("Looked at")), Col("as", tr("As")), Col("outcome", tr("What came of it"))),
            tuple(trail_rows(found)),
        )
        return f"{price_line(found)}\n\n{grid_text(why, fmt)}"
    return grid_text(_machine_grid(found), fmt)


def price_answer(found: Price) -> str:
    """Return a price and what was looked at, a line each, for a dialog."""
    looked_at = (
        tr("{name} ({source}): {what}", name=name, source=source, what=what)
        for name, source, what in trail_rows(found)
    )
    return "\n".join([price_line(found), "", *looked_at])


def prices_title(label: str, currency: str, sought: str, on: date | None) -> str:
    """Return what a screen of a book's prices is called, and to what they are narrowed."""
    parts = [tr("Prices in {label} ({currency})", label=label, currency=currency)]
    if sought.strip():
        parts.append(tr("find: {text}", text=one_line(sought)))
    if on is not None:
        parts.append(tr("valid on {day}", day=on.isoformat()))
    return " · ".join(parts)


def price_lines(listing: Listing) -> tuple[list[tuple[str, tuple[str, str, str]]], dict[str, str]]:
    """Return (entry, its three texts) of each price of a book, and the products' names by entry."""
    lines, named = [], {}
    for entry, (code, product, milli, micros, currency, first, last) in zip(
        listing.ids, listing.rows, strict=True
    ):
        days = " – ".join((first or "", last or "")) if first or last else ""
        from_ = tr("from {quantity}", quantity=quantity(milli)) if milli else ""
        what = " · ".join(part for part in (one_line(product[1]), from_, days) if part)
        lines.append((entry, (one_line(code or ""), what, price(micros, currency))))
        named[entry] = product[1]
    return lines, named


def book_line(book: Book) -> str:
    """Return a book's currency, its days where it has any, and how many prices it has."""
    first, last = book.valid_from, book.valid_until
    days = " – ".join((first or "", last or "")).strip() if first or last else ""
    count = tr_plural("{count} price", "{count} prices", book.prices)
    return " · ".join(filter(None, (book.currency, days, count)))


def copied_lines(copied: int, left_out: int, first: str | None) -> list[str]:
    """Return how many prices a copy of a book took along, and how many ended before its first day."""
    lines = [tr("Prices copied: {count}.", count=copied)]
    if left_out:
        lines.append(tr("Left out, because they end before {day}: {count}.", count=left_out, day=first))
    return lines


def price_line(found: Price) -> str:
    """Return a price on one line: product, price, book, from which quantity, until when, tax."""
    parts = [one_line(found.product)]
    if found.price_micros is None:
        parts.append(tr("no price in {currency}", currency=found.currency))
    else:
        each = price(found.price_micros, found.currency)
        parts.append(tr("{price} per {unit}", price=each, unit=found.unit) if found.unit else each)
        parts.append(one_line(found.book) if found.book_id else tr("the product's own price"))
    if found.min_quantity_milli:
        parts.append(tr("from {quantity}", quantity=quantity(found.min_quantity_milli)))
    if found.valid_until is not None:
        parts.append(tr("until {day}", day=found.valid_until.isoformat()))
    if found.next_break is not None:
        parts.append(_break(found.next_break, found.currency))
    if found.tax is not None and found.price_micros is not None:
        name, rate = one_line(found.tax.name), ratio(found.tax.rate_ppm)
        # Many are called by their rate: "VAT 13 %" says it already.
        is_said = plain_ratio(found.tax.rate_ppm) in name
        parts.append(
            tr("tax {name}", name=name) if is_said else tr("tax {name} {rate}", name=name, rate=rate)
        )
    if found.is_discontinued:
        parts.append(tr("discontinued"))
    return " · ".join(parts)


def trail_rows(found: Price) -> list[tuple[str, str, str]]:
    """Return what was looked at in order: which book, as what, and what came of it."""
    return [
        (
            one_line(step.book) if step.book_id else one_line(found.product),
            tr(_SOURCES[step.source]),
            _outcome(step),
        )
        for step in found.trail
    ]


def _outcome(step: Step) -> str:
    more = step.next_break
    return tr(
        _OUTCOMES[step.outcome],
        currency=step.currency or "",
        day=step.on.isoformat() if step.on else "",
        quantity=quantity(more.quantity_milli) if more else "",
        price=price(more.price_micros, step.currency or "") if more else "",
    )


def _break(more: Break, currency: str) -> str:
    return tr(
        "from {quantity}: {price}",
        quantity=quantity(more.quantity_milli),
        price=price(more.price_micros, currency),
    )


def price_body(found: Price, account: tuple[str, str] | None) -> dict[str, Any]:
    """Return the JSON body of a price; amounts and quantities are texts so that no reader rounds them."""
    given = found.price_micros is not None
    return {
        "product": {"id": found.product_id, "name": found.product},
        "code": found.code,
        "unit": found.unit,
        "discontinued": found.is_discontinued,
        "account": {"id": account[0], "name": account[1]} if account else None,
        "quantity": plain_quantity(found.quantity_milli),
        "on": found.on.isoformat(),
        "currency": found.currency,
        "price": plain_price(found.price_micros) if found.price_micros is not None else None,
        "source": found.source,
        "pricebook": {"id": found.book_id, "name": found.book} if found.book_id else None,
        "entry": found.entry_id,
        "from_qty": plain_quantity(found.min_quantity_milli) if given else None,
        "valid_from": found.valid_from.isoformat() if found.valid_from else None,
        "valid_until": found.valid_until.isoformat() if found.valid_until else None,
        "next_break": _plain_break(found.next_break),
        "tax": {"id": found.tax.id, "name": found.tax.name, "rate": plain_ratio(found.tax.rate_ppm)}
        if found.tax
        else None,
        "trail": [_plain_step(step) for step in found.trail],
    }


def _plain_break(more: Break | None) -> dict[str, str] | None:
    if more is None:
        return None
    return {"from_qty": plain_quantity(more.quantity_milli), "price": plain_price(more.price_micros)}


def _plain_step(step: Step) -> dict[str, Any]:
    return {
        "source": step.source,
        "pricebook": {"id": step.book_id, "name": step.book} if step.book_id else None,
        "outcome": step.outcome,
        "currency": step.currency,
        "on": step.on.isoformat() if step.on else None,
        "next_break": _plain_break(step.next_break),
    }


def _machine_grid(found: Price) -> Grid:
    tax = found.tax
    cells = {
        "product": found.product,
        "code": found.code or "",
        "quantity": plain_quantity(found.quantity_milli),
        "price": plain_price(found.price_micros) if found.price_micros is not None else "",
        "currency": found.currency,
        "source": found.source or "",
        "pricebook": found.book,
        "from_qty": plain_quantity(found.min_quantity_milli) if found.source else "",
        "valid_from": found.valid_from.isoformat() if found.valid_from else "",
        "valid_until": found.valid_until.isoformat() if found.valid_until else "",
        "tax": tax.name if tax else "",
        "tax_rate": plain_ratio(tax.rate_ppm) if tax else "",
    }
    return Grid(tuple(Col(name, name) for name in cells), (tuple(cells.values()),))
