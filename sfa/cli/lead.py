"""sfa lead: convert, besides the general verbs."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Annotated

import typer

from sfa import clock
from sfa.cli import questions
from sfa.cli.exits import say
from sfa.cli.gateway import mind_the_role, performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find
from sfa.cli.options import REF_HELP, DryRun, Expect, Yes, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import NeedsDecision, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.services.conversions import Conversion
    from sfa.services.entry import Entered

NOUN = noun_of("lead")
NEW = "new"
Ref = Annotated[
    str, typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("lead"), show_default=False)
]


def group() -> LazyGroup:
    """Return the lead group."""
    more = {"convert": own(convert, msg("Turn into an account, a contact and a deal"))}
    return noun_group("lead", msg("Leads: list, add, convert …"), more)


ToAccount = Annotated[
    str,
    typer.Option(
        "--account",
        metavar="REF|new",
        help=msg("An existing account, or a new one; else the one of that name."),
        autocompletion=completer("account"),
    ),
]
ToContact = Annotated[
    str,
    typer.Option(
        "--contact",
        metavar="REF|new",
        help=msg("An existing contact, or a new one; else the one of that name."),
        autocompletion=completer("contact"),
    ),
]
NoDeal = Annotated[bool, typer.Option("--no-deal", help=msg("Account and contact alone."))]
DealName = Annotated[str, typer.Option("--deal-name", metavar="NAME", help=msg("Name of the deal."))]
DealAmount = Annotated[str, typer.Option("--amount", metavar="AMOUNT", help=msg("Amount of the deal."))]
CloseDate = Annotated[
    str,
    typer.Option(
        "--close-date",
        metavar="DAY",
        help=msg("When the deal closes; the end of the fiscal quarter unless given."),
    ),
]


def convert(
    ref: Ref,
    account: ToAccount = "",
    contact: ToContact = "",
    no_deal: NoDeal = False,
    deal_name: DealName = "",
    amount: DealAmount = "",
    close_date: CloseDate = "",
    expect: Expect = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    format_: Format = "",
) -> None:
    """Turn a lead into an account, a contact and a deal."""
    from sfa.render.conversions import conversion_text
    from sfa.render.row_lists import rows_text
    from sfa.services import conversions, converting

    fmt = format_of(format_)
    lead = find(NOUN, ref)
    with reading() as connection:
        company, person = _target(connection, "account", account), _target(connection, "contact", contact)
        deal = None if no_deal else _deal(connection, deal_name, amount, close_date)
        plan = conversions.preview_conversion(
            connection, lead.id, account=company, contact=person, deal=deal, today=clock.today()
        )
    if dry_run:
        emit(conversion_text(plan, fmt))
        return
    mind_the_role()
    if not yes:
        _ask(plan, fmt)
    with performing(msg("Convert lead {label}"), label=lead.label) as session:
        done = converting.convert(
            session,
            lead.id,
            # What was shown is what is done, even when another record of that name has come meanwhile.
            account=plan.account.record_id or NEW,
            contact=plan.contact.record_id or NEW,
            deal=deal,
            expected_version=expect,
            today=clock.today(),
        )
    rows = [("converted", done.lead), ("", done.account), ("", done.contact), ("", done.deal)]
    named = [
        (what or ("created" if row.created else "attached"), row) for what, row in rows if row is not None
    ]
    emit(rows_text("sfa.lead.convert/1", named, fmt))
    say(tr("Converted: {noun} {label}", noun=tr(NOUN.label), label=lead.label))


def _target(connection: sqlite3.Connection, noun: str, typed: str) -> str | None:
    from sfa.finding.references import resolve

    if not typed or typed == NEW:
        return typed or None
    return resolve(connection, noun, typed).id


def _deal(connection: sqlite3.Connection, name: str, amount: str, close_date: str) -> Entered:
    from sfa.services.entry import entered

    typed = {"name": name, "amount": amount, "close_date": close_date}
    texts = {field: text for field, text in typed.items() if text}
    return entered(connection, noun_of("deal"), texts, today=clock.today())


def _ask(plan: Conversion, fmt: str) -> None:
    from sfa.render.conversions import conversion_text

    if not questions.can_ask():
        emit(conversion_text(plan, fmt))
        raise NeedsDecision(
            msg("Nothing was changed: the conversion waits for a yes."),
            hint=msg("Repeat it with --yes, or run it on a terminal."),
        )
    say(conversion_text(plan, "table").rstrip())
    if not questions.confirm(tr("Convert the lead?")):
        say(tr("Nothing was changed."))
        raise typer.Exit(1)
