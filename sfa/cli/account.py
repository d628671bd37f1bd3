"""sfa account: share, besides the general verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.gateway import performing
from sfa.cli.handover import USER as RECEIVER
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, DryRun, completer
from sfa.cli.output import Format, format_of
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("account")


def group() -> LazyGroup:
    """Return the account group."""
    more = {
        "overview": own(overview, msg("Show one in the round: people, deals, what is to be done")),
        "share": own(share, msg("Let a colleague work on one too, or end it")),
        "transfer": own(transfer, msg("Give one to another owner, with all that is open")),
    }
    return noun_group("account", msg("Accounts: list, add, show, share …"), more)


def share(
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("account"), show_default=False),
    ],
    user: Annotated[
        str,
        typer.Argument(
            metavar="USER", help=msg("The colleague."), autocompletion=completer("user"), show_default=False
        ),
    ],
    access: Annotated[
        str, typer.Option("--access", metavar="read|write", help=msg("What they may do."))
    ] = "write",
    end: Annotated[bool, typer.Option("--end", help=msg("End it."))] = False,
    format_: Format = "",
) -> None:
    """Let a colleague work on an account too, or end it."""
    from sfa.services import accounts

    fmt = format_of(format_)
    account, colleague = find(NOUN, ref), find(noun_of("user"), user)
    name = msg("End sharing {label} with {user}") if end else msg("Share {label} with {user}")
    with performing(name, label=account.label, user=colleague.label) as session:
        row = accounts.share(session, account.id, colleague.id, access, end=end)
    print_row(row, fmt, tr("Not shared any more") if end else tr("Shared"))


def transfer(
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("account"), show_default=False),
    ],
    to: Annotated[str, RECEIVER],
    dry_run: DryRun = False,
    format_: Format = "",
) -> None:
    """Give an account to another owner with what is open: deals, quotes, orders, tasks, visits planned."""
    from sfa import clock
    from sfa.cli.handover import told
    from sfa.services import handover

    fmt = format_of(format_)
    account, receiver = find(NOUN, ref), find(noun_of("user"), to)
    name = msg("Transfer {label} to {user}")
    with performing(name, dry_run=dry_run, label=account.label, user=receiver.label) as session:
        done = handover.transfer(session, account.id, receiver.id, today=clock.today())
    told(done, fmt, receiver.label, dry_run=dry_run)


def overview(
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("account"), show_default=False),
    ],
    format_: Format = "",
) -> None:
    """Show an account's people, deals, what is to be done and what happened."""
    from sfa import clock
    from sfa.cli.gateway import reading
    from sfa.cli.output import emit
    from sfa.render.account import overview_text
    from sfa.reports.account import overview as overview_of

    fmt = format_of(format_)
    account = find(NOUN, ref)
    with reading() as connection:
        emit(overview_text(overview_of(connection, account.id, today=clock.today()), fmt))
