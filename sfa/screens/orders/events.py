"""Noting what happened to orders: which step, on which day, and what else is to be said."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field, Kind
from sfa.finding.days import day_or_refuse
from sfa.finding.order_steps import BY_MONEY, next_step_of
from sfa.i18n import tr
from sfa.render.orders import state_word
from sfa.screens.doing import orders
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft
from sfa.terms import OrderState

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

EVENT = "event"  # what drafts call this form
ON = Field("on", Kind.DAY, msg("Day"), "order_event", "happened_on")
NOTE = Field("note", Kind.TEXT, msg("Note"), "order_event", "note")
CLOSE = Field("close", Kind.FLAG, msg("Close its tasks"), "order_event", "")
WHY = NOTE._replace(label=msg("Reason"), required=True)
# What can be noted, with the letter that takes it; the amounts note the rest.
_LETTERS = {
    OrderState.CONFIRMED: "c",
    OrderState.IN_PRODUCTION: "p",
    OrderState.SHIPPED: "s",
    OrderState.DELIVERED: "d",
    OrderState.CANCELLED: "x",
}
_SEVERAL = "several"


async def ask_event(app: SfaApp, ids: Sequence[str]) -> bool:
    """Ask what happened to orders, then when, and note it; say whether it was done."""
    from sfa.screens.dialogs.letters import Choice, Letters

    if not ids or refuses_reader(app):
        return False
    choices = [Choice(state.value, letter, state_word(state)) for state, letter in _LETTERS.items()]
    title = tr("What happened to {label}?", label=await called(app, ids))
    chosen = await app.push_screen_wait(Letters(title, choices))
    return chosen is not None and await note_event(app, ids, chosen)


async def note_event(app: SfaApp, ids: Sequence[str], word: str, *, draft: str = "") -> bool:
    """Ask on which day something happened to orders, and note it; say whether it was done.

    ``draft`` names the file of unsaved text that is taken up.
    """
    if refuses_reader(app):
        return False
    state = OrderState(word)
    today = clock.today()
    label = await called(app, ids)
    title = f"{state_word(state)}: {label}"
    fields: tuple[Field, ...] = (ON, NOTE)
    if state == OrderState.CANCELLED:
        tasks = await app.gateway.read(lambda connection: _service_tasks(connection, ids))
        fields = (WHY, ON, CLOSE) if tasks else (WHY, ON)
        if tasks:
            title += "\n" + tr("Open tasks of its services: {tasks}", tasks="; ".join(tasks))

    async def save(texts: Texts) -> str:
        on = day_or_refuse(texts.get(ON.name) or today.isoformat(), ON.name, today=today)
        try:
            closes = texts.get(CLOSE.name) == "yes"
            work = orders.note(ids, state, on, texts.get(NOTE.name, ""), close_services=closes)
            app.told(await app.gateway.perform(orders.SEVERAL, work, number=len(ids)))
        except InvalidInput as error:
            error.field = {"Day": ON.name, "Note": NOTE.name}.get(error.field, error.field)
            raise
        return ids[0]

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.services import order_events

        if field.name == NOTE.name:
            order_events.read_note(state, text)
        elif field == ON:
            on = day_or_refuse(text or today.isoformat(), ON.name, today=today)
            for order_id in ids:
                order_events.check_day(connection, order_id, on, today=today)

    form = RecordForm(
        title,
        fields,
        {},
        save,
        judge=judge,
        draft=Draft(
            app.gateway.home,
            "order",
            ids[0] if len(ids) == 1 else _SEVERAL,
            form=EVENT,
            label=f"{label}: {state_word(state)}",
            more={"ids": list(ids), "state": word},
            file=draft,
        ),
        preset={ON.name: today.isoformat()},
        first=NOTE.name if state == OrderState.CANCELLED else ON.name,
    )
    return await app.push_screen_wait(form) is not None


def _service_tasks(connection: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Return what the open tasks are called that lines of orders promised."""
    from sfa.finding.labels import labels
    from sfa.finding.order_services import open_services
    from sfa.render.cells import one_line

    numbers = labels(connection, "order", ids)
    return [
        one_line(task.subject)
        for order_id in ids
        for task in open_services(connection, order_id, numbers.get(order_id, ""))
    ]


async def advance(app: SfaApp, ids: Sequence[str]) -> bool:
    """Note that the next step of orders happened today; an amount is asked for. Say whether it was done."""
    from sfa.screens.orders.money import note_amount

    if not ids or refuses_reader(app):
        return False
    try:
        if len(ids) == 1:
            state = await app.gateway.read(lambda connection: next_step_of(connection, ids[0]))
            if state in BY_MONEY:
                kind = orders.INVOICE if state == OrderState.INVOICED else orders.RECEIPT
                return await note_amount(app, ids[0], kind)
        app.told(await app.gateway.perform(orders.SEVERAL, orders.advance(ids), number=len(ids)))
    except SfaError as error:
        app.report(error)
        return False
    return True


async def called(app: SfaApp, ids: Sequence[str]) -> str:
    """Return what one order is called, or that there are several."""
    from sfa.finding.labels import labels
    from sfa.render.numbers import grouped

    if len(ids) > 1:
        return tr("{number} orders", number=grouped(len(ids)))
    found = await app.gateway.read(lambda connection: labels(connection, "order", ids))
    return found.get(ids[0], "")
