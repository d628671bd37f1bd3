"""sfa product: cost, besides the general verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa import clock
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("product")


def group() -> LazyGroup:
    """Return the product group."""
    more = {"cost": own(cost, msg("Show or set what a unit costs us"))}
    return noun_group("product", msg("Products: list, add, cost …"), more)


def cost(
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("product"), show_default=False),
    ],
    amount: Annotated[
        str | None,
        typer.Argument(
            metavar="AMOUNT", help=msg("The new cost; empty text forgets it."), show_default=False
        ),
    ] = None,
    format_: Format = "",
) -> None:
    """Show what a unit costs us, or set it."""
    fmt = format_of(format_)
    product = find(NOUN, ref)
    if amount is None:
        from sfa.finding.costs import seen_cost
        from sfa.render.costs import cost_text

        with reading() as connection:
            emit(cost_text(product.label, seen_cost(connection, product.id), fmt))
        return
    from sfa.services import products

    with performing(msg("Cost of {label}"), label=product.label) as session:
        row = products.set_cost(session, product.id, amount, today=clock.today())
    print_row(row, fmt, tr("Changed"))
