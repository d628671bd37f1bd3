"""sfa order: making one from a quote, what happens to it, how it stands. Its money: ``order_money``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfa import clock
from sfa.cli import order_money, order_print
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.noun import VERBS, noun_group, own
from sfa.cli.noun_changing import More, find, make_add, make_edit, print_row
from sfa.cli.options import REF_HELP, completer, same_options
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import LANGUAGES, language, match_language, tr
from sfa.terms import OrderState

if TYPE_CHECKING:
    from sfa.finding.order_services import Service

NOUN = noun_of("order")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("order"), show_default=False),
]
_TASKS = Annotated[
    bool | None,
    typer.Option(
        "--close-tasks/--keep-tasks",
        help=msg(
            "Whether the open tasks of a cancelled order's services are closed too; a terminal is asked."
        ),
        show_default=False,
    ),
]
Day = Annotated[str, typer.Option("--on", metavar="DAY", help=msg("The day; else today."))]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=msg("More about it."))]
_QUOTE = Annotated[
    str,
    typer.Option(
        "--quote",
        metavar="REF",
        help=msg("The accepted quote that it is made from."),
        autocompletion=completer("quote"),
        show_default=False,
    ),
]
_LINE = Annotated[
    list[str] | None,
    typer.Option(
        "--line",
        metavar="N=QTY",
        help=msg(
            "A line of the quote and how much of it; can be given several times. Else all that is left."
        ),
        show_default=False,
    ),
]
_STATE = Annotated[
    str,
    typer.Argument(
        metavar="WHAT",
        help=msg("What happened: confirmed, in-production, shipped, delivered or cancelled."),
        autocompletion=lambda incomplete: [word for word in _WORDS if word.startswith(incomplete)],
        show_default=False,
    ),
]
_WORDS = tuple(state.value for state in OrderState)
_CALLED: dict[str, Msg] = {
    OrderState.PLACED: msg("Place order {label}"),
    OrderState.CONFIRMED: msg("Confirm order {label}"),
    OrderState.IN_PRODUCTION: msg("Begin to make order {label}"),
    OrderState.SHIPPED: msg("Ship order {label}"),
    OrderState.DELIVERED: msg("Deliver order {label}"),
    OrderState.INVOICED: msg("Invoice order {label}"),
    OrderState.PAID: msg("Note that order {label} is paid"),
    OrderState.CANCELLED: msg("Cancel order {label}"),
}


def group() -> LazyGroup:
    """Return the order group."""
    add_text, edit_text = msg("Add one from an accepted quote"), msg("Change fields of one")
    more = {
        "add": Lazy(add_text, lambda: command(_adding(), "add", tr(add_text)), VERBS),
        "edit": Lazy(edit_text, lambda: command(_editing(), "edit", tr(edit_text)), VERBS),
        "lines": own(lines, msg("List the lines of one, with what they come to")),
        "event": own(event, msg("Note what happened to one, and when")),
        "track": own(track, msg("Say on one line how one stands")),
        "message": own(message, msg("Print what to write to the customer about the day of delivery")),
        "print": own(order_print.print_, msg("Print one as PDF, HTML, spreadsheet or mail")),
        **order_money.verbs(),
    }
    return noun_group("order", msg("Orders: list, add, track, event, invoice, receipt …"), more)


def _adding() -> Any:
    def of_quote(given: Any) -> dict[str, Any]:
        return {"quote": given["quote"], "lines": tuple(given["lines"] or ())}

    return make_add(NOUN, More([("quote", _QUOTE, ""), ("lines", _LINE, None)], of_quote))


def _editing() -> Any:
    change = make_edit(NOUN)

    def edit(**given: Any) -> None:
        """Change fields of an order; when it is promised for another day, print what to tell the customer."""
        order = find(NOUN, given["ref"])
        before = _tracked(order.id)
        change(**given)
        after = _tracked(order.id)
        if after.promised != before.promised:
            _offer_message(after)

    return same_options(edit, change)


def _tracked(order_id: str) -> Any:
    from sfa.finding.order_tracking import track as track_order

    with reading() as connection:
        return track_order(connection, order_id)


def _offer_message(tracked: Any) -> None:
    from sfa.render.orders import has_news, message_text

    if has_news(tracked):
        say(tr("To tell the customer (again: sfa order message {number}):", number=tracked.number))
        say("\n" + message_text(tracked, language()))


def lines(ref: Ref, format_: Format = "") -> None:
    """List the lines of an order with what they come to."""
    from sfa.finding.order_sections import load_order
    from sfa.render.orders import lines_text

    fmt = format_of(format_)
    found = find(NOUN, ref, deleted=None)
    with reading() as connection:
        order = load_order(connection, found.id)
    emit(lines_text(order, fmt))


def event(
    ref: Ref, what: _STATE, on: Day = "", note: Note = "", tasks: _TASKS = None, format_: Format = ""
) -> None:
    """Note what happened to an order: confirmed, in-production, shipped, delivered or cancelled.

    Invoiced and paid are noted by themselves when the amounts reach the total.
    """
    from sfa.finding.days import day_or_refuse
    from sfa.services import order_events

    fmt = format_of(format_)
    if what not in _WORDS:
        raise BadUsage(
            msg("{word!r} is nothing that happens to an order."),
            hint=msg("There are: {known}."),
            word=what,
            known=", ".join(_WORDS),
        )
    today = clock.today()
    day = day_or_refuse(on, "on", today=today) if on else None
    found = find(NOUN, ref)
    state = OrderState(what)
    services = _services(found.id, found.label) if state == OrderState.CANCELLED else ()
    closes = bool(services) and _closes(services, tasks)
    with performing(_CALLED[state], label=found.label) as session:
        row = order_events.note(
            session, found.id, state, today=today, on=day, text=note, close_services=closes
        )
    print_row(row, fmt, tr("Noted"))
    if services:
        _tell_of_services(services, closed=closes)


def _services(order_id: str, number: str) -> tuple[Service, ...]:
    from sfa.finding.order_services import open_services

    with reading() as connection:
        return open_services(connection, order_id, number)


def _closes(services: Sequence[Service], wanted: bool | None) -> bool:
    """Say whether the tasks of a cancelled order's services are closed; in a pipe they stay."""
    from sfa.cli import questions

    if wanted is not None or not questions.can_ask():
        return bool(wanted)
    for service in services:
        say(f"  {_service_text(service)}")
    return questions.confirm(tr("Close these tasks of its services too?"))


def _tell_of_services(services: Sequence[Service], *, closed: bool) -> None:
    names = "; ".join(map(_service_text, services))
    if closed:
        say(tr("Closed with it: {tasks}.", tasks=names))
    else:
        say(tr("Tasks of its services stay open: {tasks}.", tasks=names))
        say(tr("To close one: sfa task cancel {ref}.", ref=services[0].ref[:6]))


def _service_text(service: Service) -> str:
    from sfa.render.cells import one_line
    from sfa.render.dates import day

    due = f", {day(service.due_on)}" if service.due_on else ""
    return f"{one_line(service.subject)} ({service.ref[:6]}{due})"


def track(ref: Ref, format_: Format = "") -> None:
    """Say on one line how an order stands: state, promised day, what is invoiced, received and overdue."""
    from sfa.finding.order_tracking import track as track_order
    from sfa.render.orders import track_text

    fmt = format_of(format_)
    found = find(NOUN, ref)
    with reading() as connection:
        tracked = track_order(connection, found.id)
    emit(track_text(tracked, clock.today(), fmt))


def message(
    ref: Ref,
    lang: Annotated[
        str,
        typer.Option("--language", metavar="LANG", help=msg("Its language: en or zh_CN; else yours.")),
    ] = "",
) -> None:
    """Print what to write to the customer about the day of delivery, to copy or to pipe into a mail."""
    from sfa.finding.order_tracking import track as track_order
    from sfa.render.orders import has_news, message_text

    chosen = lang or language()
    if lang and (match_language(lang) not in LANGUAGES or lang[:2].lower() not in {"en", "zh"}):
        raise BadUsage(
            msg("There is no language {name!r}."),
            hint=msg("There are: {known}."),
            name=lang,
            known="en, zh_CN",
        )
    found = find(NOUN, ref)
    with reading() as connection:
        tracked = track_order(connection, found.id)
    emit(message_text(tracked, match_language(chosen) or chosen) + "\n")
    if not has_news(tracked):
        say(
            tr(
                "The order {number} is closed or delivered: there is no day to tell of.",
                number=tracked.number,
            )
        )
