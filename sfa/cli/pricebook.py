"""sfa pricebook: the prices in a book, besides the general verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("pricebook")
PRODUCT = noun_of("product")
Book = Annotated[
    str,
    typer.Argument(metavar="BOOK", help=REF_HELP, autocompletion=completer("pricebook"), show_default=False),
]
Product = Annotated[
    str,
    typer.Argument(metavar="PRODUCT", help=REF_HELP, autocompletion=completer("product"), show_default=False),
]
FromQuantity = Annotated[str, typer.Option("--from-qty", metavar="N", help=msg("From this quantity on."))]
ValidFrom = Annotated[str, typer.Option("--valid-from", metavar="DAY", help=msg("The first day."))]
ValidUntil = Annotated[
    str, typer.Option("--valid-until", metavar="DAY", help=msg("The last day; it still counts."))
]


def group() -> LazyGroup:
    """Return the price book group."""
    more = {
        "prices": own(prices, msg("List the prices in a book")),
        "set": own(set_, msg("Set what a product sells for in a book")),
        "unset": own(unset, msg("Take a product's price out of a book")),
        "copy": own(copy, msg("Copy a book with its prices, as next year's with 3 % more")),
    }
    return noun_group("pricebook", msg("Price books: list, add, prices, set, copy …"), more)


def prices(
    book: Book,
    product: Annotated[
        str,
        typer.Option(
            "--product",
            metavar="REF",
            help=msg("Of this product alone."),
            autocompletion=completer("product"),
        ),
    ] = "",
    find_: Annotated[
        str,
        typer.Option("--find", metavar="TEXT", help=msg("Only those of products in which this text stands.")),
    ] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help=msg("Only those that hold on this day."))
    ] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help=msg("So many; 0 for all."))] = 0,
    format_: Format = "",
) -> None:
    """List the prices in a book by product and quantity."""
    from sfa.finding.days import day_or_refuse
    from sfa.finding.price_list import prices_in
    from sfa.render.listings import listing_text

    fmt = format_of(format_)
    found = find(NOUN, book)
    wanted = find(PRODUCT, product).id if product else ""
    day = day_or_refuse(on, "on", today=clock.today()) if on else None
    with reading() as connection:
        listing = prices_in(connection, found.id, product_id=wanted, text=find_, on=day, limit=limit or None)
    emit(listing_text(listing, fmt))
    if not listing.rows and fmt == "table" and (product or find_.strip() or on):
        say(tr("No such prices here; without options all are shown."))
    elif not listing.rows and fmt == "table":
        say(tr("No prices here. Set one: sfa pricebook set {ref} PRODUCT PRICE", ref=found.ref))
    elif listing.more and fmt == "table":
        say(tr("Only {count} are shown; --limit 0 shows all.", count=len(listing.rows)))


def set_(
    book: Book,
    product: Product,
    price: Annotated[
        str,
        typer.Argument(
            metavar="PRICE", help=msg("The price of one unit; empty text forgets it."), show_default=False
        ),
    ],
    from_qty: FromQuantity = "",
    valid_from: ValidFrom = "",
    valid_until: ValidUntil = "",
    format_: Format = "",
) -> None:
    """Set what a product sells for in a book, from a quantity on, for some days or always."""
    from sfa.services.prices import set_price, terms

    fmt = format_of(format_)
    today = clock.today()
    at = terms(from_quantity=from_qty, valid_from=valid_from, valid_until=valid_until, today=today)
    found, sold = find(NOUN, book), find(PRODUCT, product)
    with performing(msg("Price of {product} in {label}"), product=sold.label, label=found.label) as session:
        row = set_price(session, found.id, sold.id, price, at, today=today)
    print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))


def unset(
    book: Book,
    product: Product,
    from_qty: FromQuantity = "",
    valid_from: ValidFrom = "",
    valid_until: ValidUntil = "",
    all_: Annotated[bool, typer.Option("--all", help=msg("All prices of the product in the book."))] = False,
    format_: Format = "",
) -> None:
    """Take a product's price out of a book; sfa undo brings it back."""
    from sfa.services.prices import terms, unset_all, unset_price

    fmt = format_of(format_)
    at = terms(from_quantity=from_qty, valid_from=valid_from, valid_until=valid_until, today=clock.today())
    found, sold = find(NOUN, book), find(PRODUCT, product)
    name = msg("Take {product} out of {label}")
    with performing(name, product=sold.label, label=found.label) as session:
        row = (
            unset_price(session, found.id, sold.id, at)
            if from_qty or valid_from or valid_until
            else unset_all(session, found.id, sold.id, several=all_)
        )
    print_row(row, fmt, tr("Changed"))


def copy(
    book: Book,
    name: Annotated[
        str, typer.Argument(metavar="NEWNAME", help=msg("The new book's name."), show_default=False)
    ],
    change: Annotated[
        str,
        typer.Option("--change", metavar="PERCENT", help=msg("Prices go up by so many per cent, or down.")),
    ] = "0",
    round_: Annotated[
        str,
        typer.Option("--round", metavar="STEP", help=msg("Round prices to a multiple of it, as 0.1 or 5.")),
    ] = "",
    valid_from: ValidFrom = "",
    valid_until: ValidUntil = "",
    format_: Format = "",
) -> None:
    """Copy a book with its prices under a new name; the copy is not the default."""
    from sfa.interchange.book_copy import read_copy
    from sfa.render.prices import copied_lines
    from sfa.services import price_books

    fmt = format_of(format_)
    days = {"valid_from": valid_from, "valid_until": valid_until}
    wanted = read_copy({"name": name, "change": change, "round": round_, **days}, today=clock.today())
    found = find(NOUN, book)
    with performing(msg("Copy {label} as {copy}"), label=found.label, copy=wanted.name) as session:
        done = price_books.copy(session, found.id, wanted)
    print_row(done.row, fmt, tr("Added"))
    for line in copied_lines(done.copied, done.left_out, wanted.valid_from):
        say(line)
