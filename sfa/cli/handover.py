"""sfa handover: a person's records to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.noun_changing import find
from sfa.cli.options import DryRun, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr, tr_plural

if TYPE_CHECKING:
    from sfa.services.handover import Handover

USER = typer.Option(
    "--to", metavar="USER", help=msg("Who gets them."), autocompletion=completer("user"), show_default=False
)


def handover(
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="USER",
            help=msg("Whose records they are."),
            autocompletion=completer("user"),
            show_default=False,
        ),
    ],
    to: Annotated[str, USER],
    accounts: Annotated[
        str | None,
        typer.Option(
            "--accounts",
            metavar="FILTER",
            help=msg("Only the accounts that meet this filter, with what hangs on them."),
            show_default=False,
        ),
    ] = None,
    effective: Annotated[
        str | None,
        typer.Option(
            "--effective", metavar="DAY", help=msg("Since when; today unless given."), show_default=False
        ),
    ] = None,
    dry_run: DryRun = False,
    format_: Format = "",
) -> None:
    """Hand over accounts with what is open: deals, quotes, orders, tasks …; history keeps its author."""
    from sfa import clock
    from sfa.finding.days import day_or_refuse
    from sfa.services import handover as service

    fmt = format_of(format_)
    today = clock.today()
    day = day_or_refuse(effective, "--effective", today=today) if effective else today
    giver, receiver = find(noun_of("user"), from_), find(noun_of("user"), to)
    chosen = _chosen(accounts) if accounts is not None else None
    name = msg("Hand over from {giver} to {receiver}")
    with performing(name, dry_run=dry_run, giver=giver.label, receiver=receiver.label) as session:
        done = service.hand_over(
            session, giver.id, receiver.id, accounts=chosen, effective_on=day, today=today
        )
    told(done, fmt, receiver.label, dry_run=dry_run)


def _chosen(accounts: str) -> list[str]:
    from sfa import clock
    from sfa.finding.listing import matching

    with reading() as connection:
        return matching(connection, "account", where=accounts, today=clock.today())


def told(done: Handover, fmt: str, receiver: str, *, dry_run: bool) -> None:
    """Print what moved, and say how much."""
    from sfa.render.handover import handover_text

    emit(handover_text(done, fmt))
    counted = ", ".join(_WORDS[noun](done.count(noun)) for noun in _WORDS if done.count(noun))
    text: Msg = msg("Would go to {name}: {things}.") if dry_run else msg("Went to {name}: {things}.")
    say(tr(text, name=receiver, things=counted))


_WORDS = {
    "account": lambda count: tr_plural("{count} account", "{count} accounts", count),
    "contact": lambda count: tr_plural("{count} contact", "{count} contacts", count),
    "deal": lambda count: tr_plural("{count} open deal", "{count} open deals", count),
    "quote": lambda count: tr_plural("{count} open quote", "{count} open quotes", count),
    "order": lambda count: tr_plural("{count} running order", "{count} running orders", count),
    "lead": lambda count: tr_plural("{count} lead", "{count} leads", count),
    "task": lambda count: tr_plural("{count} open task", "{count} open tasks", count),
    "activity": lambda count: tr_plural("{count} planned visit", "{count} planned visits", count),
}
