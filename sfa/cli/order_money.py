"""sfa order plan, invoice, receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy
from sfa.cli.noun import own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.finding.order_money import OrderMoney

NOUN = noun_of("order")
_Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("order"), show_default=False),
]
_Amount = Annotated[
    str,
    typer.Argument(
        metavar="AMOUNT",
        help=msg("The amount; one in brackets, as (100), takes back or pays back as much."),
        show_default=False,
    ),
]
_Day = Annotated[str, typer.Option("--on", metavar="DAY", help=msg("The day; else today."))]
_Number = Annotated[str, typer.Option("--number", metavar="TEXT", help=msg("Its number."))]
_Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=msg("More about it."))]


def verbs() -> dict[str, Lazy]:
    """Return the verbs about money."""
    return {
        "plan": own(plan, msg("Show or settle when one is to be paid")),
        "invoice": own(invoice, msg("Note an amount invoiced")),
        "receipt": own(receipt, msg("Note an amount received")),
    }


def plan(
    ref: _Ref,
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INSTALMENT…",
            help=msg("Each as '30% order', '60% delivery+30', '5000 2026-12-31' or 'rest invoice+30'."),
            show_default=False,
        ),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help=msg("Take the plan away."))] = False,
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Show when an order is to be paid, or settle it anew: instalments that sum to its total."""
    from sfa.finding.order_money import load_money
    from sfa.render.orders import plan_text
    from sfa.services import order_money

    fmt = format_of(format_)
    if clear and texts:
        raise BadUsage(msg("Give instalments, or --clear, not both."))
    found = find(NOUN, ref)
    if not (texts or clear):
        with reading() as connection:
            money = load_money(connection, found.id)
        emit(plan_text(money, fmt))
        if not money.dues and fmt == "table":
            say(
                tr(
                    "No payment plan. Settle one: sfa order plan {number} '30% order' 'rest delivery+30'",
                    number=money.number,
                )
            )
        return
    with performing(msg("Settle payments of order {label}"), label=found.label) as session:
        row = order_money.plan(session, found.id, texts or (), today=clock.today(), expected_version=expect)
    print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))


def invoice(
    ref: _Ref, amount: _Amount, on: _Day = "", number: _Number = "", note: _Note = "", format_: Format = ""
) -> None:
    """Note an amount invoiced; when all is invoiced, the order is."""
    money = _note(ref, format_, msg("Note an invoice of order {label}"), "invoice", amount, on, number, note)
    _say_sums(money, money.invoiced_minor, tr("More is invoiced than the order comes to."))


def receipt(
    ref: _Ref, amount: _Amount, on: _Day = "", number: _Number = "", note: _Note = "", format_: Format = ""
) -> None:
    """Note an amount received; when all is received, the order is paid."""
    money = _note(ref, format_, msg("Note a receipt of order {label}"), "receipt", amount, on, number, note)
    _say_sums(money, money.received_minor, tr("More is received than the order comes to."))


def _note(ref: str, fmt: str, name: Msg, verb: str, amount: str, on: str, number: str, note: str) -> Any:
    from sfa.finding.days import day_or_refuse
    from sfa.services import order_money

    fmt = format_of(fmt)
    today = clock.today()
    day = day_or_refuse(on, "on", today=today) if on else None
    found = find(NOUN, ref)
    given = order_money.Amount(amount, day, number, note)
    with performing(name, label=found.label) as session:
        row, money = getattr(order_money, verb)(session, found.id, given, today=today)
    print_row(row, fmt, tr("Noted"))
    return money


def _say_sums(money: OrderMoney, now_minor: int, beyond: str) -> None:
    from sfa.render.orders import money_part

    say(f"{money.number}: {money_part(money)}")
    if now_minor > money.total_minor:
        say(beyond)
