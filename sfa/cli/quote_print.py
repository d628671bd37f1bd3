"""sfa quote print: a quote as the customer, the office or the warehouse gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.store.home import home_dir
from sfa.terms import ApprovalStanding

if TYPE_CHECKING:
    from sfa.render.issued_paper import Printed

Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("quote"), show_default=False),
]
Revision = Annotated[
    int | None,
    typer.Option(
        "--revision",
        metavar="N",
        min=1,
        help=msg("An earlier revision; the present one unless given."),
        show_default=False,
    ),
]


def print_(
    ref: Ref,
    output: Output = "",
    format_: FormatOf = "",
    variant: VariantOf = "customer",
    language: LanguageOf = "",
    template: TemplateOf = "",
    revision: Revision = None,
    capitals: Capitals = None,
    open_: Open = False,
    over: Over = False,
) -> None:
    """Print a quote into a file and print the file's path; one not yet approved is marked as such."""
    from sfa.render.quote_paper import print_quote

    refuse_open_of_nothing(output, is_opened=open_)
    how = how_of(variant, language, output, format_, template, capitals=capitals)
    found = find(noun_of("quote"), ref)
    with reading() as connection:
        printed = print_quote(
            connection, found.id, how, home=home_dir(), today=clock.today(), revision=revision
        )
    path = hand_over(printed, output, how.fmt, over=over)
    if path is not None:
        say(tr("Printed: quote {number} for {customer}", number=printed.number, customer=printed.customer))
    _remark(printed)
    if open_ and path is not None:
        show(path)


def _remark(printed: Printed) -> None:
    """Say what whoever gives it to the customer should know."""
    if printed.replaced_by is not None:
        say(tr("It is an earlier revision; the present one is {revision}.", revision=printed.replaced_by))
    elif printed.standing is ApprovalStanding.WAITING:
        say(tr("It is marked as not approved: the centre has not decided yet. See: sfa sync"))
    elif printed.standing is ApprovalStanding.NEEDED:
        say(
            tr(
                "It is marked as not approved. Ask for approval: sfa quote submit {number}; then: sfa sync",
                number=printed.number,
            )
        )
    remark_seller(printed)
