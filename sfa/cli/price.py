"""sfa price: what a product sells for, to whom, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa import clock
from sfa.cli.exits import NOTHING, say
from sfa.cli.gateway import reading
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import InvalidInput, msg
from sfa.i18n import tr

Product = Annotated[
    str,
    typer.Argument(metavar="PRODUCT", help=REF_HELP, autocompletion=completer("product"), show_default=False),
]
Account = Annotated[
    str,
    typer.Option(
        "--account",
        metavar="REF",
        help=msg("For this account: its own price book, then those of its tier."),
        autocompletion=completer("account"),
    ),
]
Book = Annotated[
    str,
    typer.Option(
        "--book",
        metavar="REF",
        help=msg("In this price book, whatever the account's is."),
        autocompletion=completer("pricebook"),
    ),
]
Quantity = Annotated[str, typer.Option("--qty", metavar="N", help=msg("For so many; 1 unless given."))]
On = Annotated[str, typer.Option("--on", metavar="DAY", help=msg("On this day; today unless given."))]
Currency = Annotated[
    str,
    typer.Option("--currency", metavar="CUR", help=msg("In this currency; the book's or ours unless given.")),
]


def price(
    product: Product,
    account: Account = "",
    book: Book = "",
    qty: Quantity = "1",
    on: On = "",
    currency: Currency = "",
    format_: Format = "",
) -> None:
    """Show what a product sells for, and which price book says so."""
    from sfa.finding.days import day_or_refuse
    from sfa.finding.prices import find_price
    from sfa.finding.references import resolve
    from sfa.interchange.amounts import known_currency
    from sfa.render.prices import price_line, price_text

    fmt = format_of(format_)
    today = clock.today()
    day = day_or_refuse(on, "on", today=today) if on else today
    milli = _quantity(qty)
    with reading() as connection:
        buyer = resolve(connection, "account", account) if account else None
        found = find_price(
            connection,
            resolve(connection, "product", product).id,
            on=day,
            quantity_milli=milli,
            account_id=buyer.id if buyer else None,
            book_id=resolve(connection, "pricebook", book).id if book else None,
            currency=known_currency(currency) if currency else None,
        )
    emit(price_text(found, fmt, (buyer.id, buyer.label) if buyer else None))
    if found.price_micros is None:
        if fmt != "table":
            say(price_line(found))
        say(tr("Set one: sfa pricebook set BOOK PRODUCT PRICE, or sfa product edit PRODUCT --price AMOUNT."))
        raise typer.Exit(NOTHING)


def _quantity(text: str) -> int:
    """Return a typed quantity in thousandths."""
    from sfa.finding.price_list import FROM_QUANTITY
    from sfa.interchange.values import parse_value

    asked = FROM_QUANTITY._replace(label=msg("Quantity"))
    milli = parse_value(asked, text, today=clock.today(), currency="")[asked.column]
    if not isinstance(milli, int):
        raise InvalidInput(asked.label, msg("it must be given"))
    return milli
