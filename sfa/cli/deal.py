"""sfa deal: advance, win, lose, reopen and role, besides the general verbs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.gateway import performing
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, completer
from sfa.cli.output import Format, format_of
from sfa.errors import BadUsage, Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("deal")
Ref = Annotated[
    str, typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("deal"), show_default=False)
]


def group() -> LazyGroup:
    """Return the deal group."""
    more = {
        "advance": own(advance, msg("Move to the next stage, or to a given one")),
        "win": own(win, msg("Close as won")),
        "lose": own(lose, msg("Close as lost, with the reason")),
        "reopen": own(reopen, msg("Open a closed deal again")),
        "role": own(role, msg("Say what part a contact has in the decision")),
    }
    return noun_group("deal", msg("Deals: list, add, advance, win, lose …"), more)


def _day(text: str) -> date | None:
    from sfa.finding.days import day_or_refuse

    return day_or_refuse(text, "on", today=clock.today()) if text else None


def advance(
    ref: Ref,
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="STAGE", help=msg("A stage by name."), autocompletion=completer("stage")
        ),
    ] = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Move an open deal along its pipeline."""
    from sfa.services import deals

    fmt = format_of(format_)
    deal = find(NOUN, ref)
    with performing(msg("Advance {label}"), label=deal.label) as session:
        target = _stage(session, deal.id, to) if to else None
        row = deals.advance_stage(session, deal.id, to=target, expected_version=expect, today=clock.today())
        _name_move(session, deal, row.id)
    print_row(row, fmt, tr("Advanced") if row.changed else tr("Unchanged"))


def _stage(session: Any, deal_id: str, name: str) -> str:
    from sfa.finding.stages import stage_of_deal
    from sfa.services.records import raw

    return stage_of_deal(raw(session), deal_id, name)


def _name_move(session: Any, deal: Any, deal_id: str) -> None:
    from sfa.finding.stages import last_move
    from sfa.services.records import raw

    before, after = last_move(raw(session), deal_id)
    session.info["change"].call(
        msg("{label}: stage {before} to {after}"), label=deal.label, before=before, after=after
    )


def _closing(name: Msg, ref: str, what: str, fmt: str, act: Any) -> None:
    deal = find(NOUN, ref)
    with performing(name, label=deal.label) as session:
        row = act(session, deal.id)
        _name_move(session, deal, row.id)
    print_row(row, fmt, what if row.changed else tr("Unchanged"))


def win(
    ref: Ref,
    amount: Annotated[str, typer.Option("--amount", metavar="AMOUNT", help=msg("What it was won for."))] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=msg("Why we won."))] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help=msg("The day it was won; today unless given."))
    ] = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Close a deal as won."""
    from sfa.services import deal_closing
    from sfa.services.entry import entered
    from sfa.services.records import raw

    fmt = format_of(format_)
    texts = {name: text for name, text in (("amount", amount), ("reason", reason)) if text}

    def act(session: Any, deal_id: str) -> Any:
        given = entered(raw(session), NOUN, texts, today=clock.today())
        return deal_closing.win(
            session, deal_id, given, expected_version=expect, today=clock.today(), on=_day(on)
        )

    _closing(msg("Win {label}"), ref, tr("Won"), fmt, act)


def lose(
    ref: Ref,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help=msg("Why we lost; it must be given."))
    ] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help=msg("The day it was lost; today unless given."))
    ] = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Close a deal as lost."""
    from sfa.services import deal_closing

    fmt = format_of(format_)

    def act(session: Any, deal_id: str) -> Any:
        return deal_closing.lose(
            session, deal_id, reason=reason, expected_version=expect, today=clock.today(), on=_day(on)
        )

    _closing(msg("Lose {label}"), ref, tr("Lost"), fmt, act)


def reopen(ref: Ref, expect: Expect = None, format_: Format = "") -> None:
    """Open a closed deal again at the last stage it reached."""
    from sfa.services import deal_closing

    fmt = format_of(format_)

    def act(session: Any, deal_id: str) -> Any:
        return deal_closing.reopen(session, deal_id, expected_version=expect, today=clock.today())

    _closing(msg("Reopen {label}"), ref, tr("Reopened"), fmt, act)


def role(
    ref: Ref,
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help=REF_HELP, autocompletion=completer("contact"))
    ],
    role_: Annotated[str, typer.Option("--role", metavar="VALUE", help=msg("The buying role."))] = "",
    stance: Annotated[str, typer.Option("--stance", metavar="VALUE", help=msg("For us or against us."))] = "",
    strength: Annotated[
        int | None, typer.Option(metavar="0-5", min=0, max=5, help=msg("How well we know them."))
    ] = None,
    target: Annotated[
        int | None, typer.Option(metavar="0-5", min=0, max=5, help=msg("How well we want to."))
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help=msg("Note"))] = "",
    remove: Annotated[
        bool, typer.Option("--remove", help=msg("The contact has no part in it any more."))
    ] = False,
) -> None:
    """Say what part a contact has in the customer's decision."""
    from sfa.services import deals
    from sfa.services.buying_roles import role_columns

    if remove:
        if role_ or stance or note or strength is not None or target is not None:
            raise BadUsage(msg("--remove goes with no other option."))
        _take_out(ref, contact)
        return
    deal, person = find(NOUN, ref), find(noun_of("contact"), contact)
    columns = role_columns(role=role_, stance=stance, strength=strength, target=target, note=note)
    name = msg("{contact} in {label}: buying role")
    with performing(name, label=deal.label, contact=person.label) as session:
        deals.set_role(session, deal.id, person.id, columns)
        row = deals.touched(session, deal.id)
    print_row(row, format_of(""), tr("Changed"))


def _take_out(ref: str, contact: str) -> None:
    from sfa.services.buying_roles import take_out

    deal, person = find(NOUN, ref), find(noun_of("contact"), contact)
    name = msg("Take {contact} out of {label}")
    with performing(name, label=deal.label, contact=person.label) as session:
        row = take_out(session, deal.id, person.id)
    print_row(row, format_of(""), tr("Changed"))
