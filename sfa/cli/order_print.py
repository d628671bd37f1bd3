"""sfa order print: an order as the customer, the office or the warehouse gets it."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.noun_changing import find
from sfa.cli.options import REF_HELP, completer
from sfa.cli.paper_output import (
    Capitals,
    FormatOf,
    LanguageOf,
    Open,
    Output,
    Over,
    TemplateOf,
    VariantOf,
    hand_over,
    how_of,
    refuse_open_of_nothing,
    remark_seller,
    show,
)
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.store.home import home_dir

Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("order"), show_default=False),
]


def print_(
    ref: Ref,
    output: Output = "",
    format_: FormatOf = "",
    variant: VariantOf = "customer",
    language: LanguageOf = "",
    template: TemplateOf = "",
    capitals: Capitals = None,
    open_: Open = False,
    over: Over = False,
) -> None:
    """Print an order into a file and print the file's path: for the customer it is the confirmation."""
    from sfa.render.order_paper import print_order

    refuse_open_of_nothing(output, is_opened=open_)
    how = how_of(variant, language, output, format_, template, capitals=capitals)
    found = find(noun_of("order"), ref)
    with reading() as connection:
        printed = print_order(connection, found.id, how, home=home_dir(), today=clock.today())
    path = hand_over(printed, output, how.fmt, over=over)
    if path is not None:
        say(tr("Printed: order {number} for {customer}", number=printed.number, customer=printed.customer))
    remark_seller(printed)
    if open_ and path is not None:
        show(path)
