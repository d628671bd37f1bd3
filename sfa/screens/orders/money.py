"""The money of an order: when it is to be paid, what was invoiced, what was received."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field, Kind
from sfa.finding.days import day_or_refuse
from sfa.finding.order_money import OrderMoney, load_money
from sfa.i18n import tr
from sfa.interchange.payment_plans import read_plan
from sfa.money import Money
from sfa.screens.doing import orders
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

PLAN = "plan"  # what drafts call the form of a payment plan; the others are called as their services
# What stands in the list of unsaved text.
TITLES = {
    PLAN: msg("Payment plan of order {label}"),
    orders.INVOICE: msg("Invoice of order {label}"),
    orders.RECEIPT: msg("Receipt of order {label}"),
}
AMOUNT = Field("amount", Kind.MONEY, msg("Amount"), "order_invoice", "amount_minor", required=True)
ON = Field("on", Kind.DAY, msg("Day"), "order_invoice", "invoiced_on")
NUMBER = Field("number", Kind.TEXT, msg("Reference number"), "order_invoice", "number", max_length=100)
NOTE = Field("note", Kind.TEXT, msg("Note"), "order_invoice", "note")
INSTALMENTS = Field("plan", Kind.LONG, msg("Instalments"), "sales_order", "payment_plan")


async def note_amount(app: SfaApp, order_id: str, kind: str, *, draft: str = "") -> bool:
    """Ask for an amount invoiced or received, and note it; say whether it was done.

    What is still to be invoiced, or due next, stands there already. ``draft`` names the file of unsaved
    text that is taken up.
    """
    from sfa.render.orders import money_part

    if refuses_reader(app):
        return False
    today = clock.today()
    try:
        money = await app.gateway.read(lambda connection: load_money(connection, order_id))
    except SfaError as error:
        app.report(error)
        return False

    async def save(texts: Texts) -> str:
        on = day_or_refuse(texts.get(ON.name) or today.isoformat(), ON.name, today=today)
        number, more = texts.get(NUMBER.name, ""), texts.get(NOTE.name, "")
        try:
            work = orders.amount(order_id, kind, texts.get(AMOUNT.name, ""), on=on, number=number, more=more)
            done = await app.gateway.perform(orders.AMOUNTS[kind], work, label=money.number)
        except InvalidInput as error:
            named = {"Day": ON.name, "Invoice": AMOUNT.name, "Receipt": AMOUNT.name}
            error.field = named.get(error.field, error.field)
            raise
        app.told(done)
        _tell(app, done.value, kind)
        return order_id

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.services import order_events, order_money

        if field == AMOUNT:
            read = order_money.read_invoice if kind == orders.INVOICE else order_money.read_receipt
            read(text, load_money(connection, order_id))
        elif field == ON and text:
            order_events.refuse_to_come(day_or_refuse(text, ON.name, today=today), today=today)

    expected = expected_minor(money, kind)
    preset = {ON.name: today.isoformat()}
    if expected:
        from sfa.render.numbers import plain_amount

        preset[AMOUNT.name] = plain_amount(expected, money.currency)
    form = RecordForm(
        f"{tr(TITLES[kind], label=money.number)}\n{money_part(money)}",
        (AMOUNT, ON, NUMBER, NOTE),
        {},
        save,
        judge=judge,
        draft=Draft(app.gateway.home, "order", order_id, form=kind, label=money.number, file=draft),
        preset=preset,
        first=AMOUNT.name,
    )
    return await app.push_screen_wait(form) is not None


def expected_minor(money: OrderMoney, kind: str) -> int:
    """Return the amount that is likely: what is not invoiced yet; of receipts what the plan has due next."""
    if money.is_cancelled:
        return 0
    if kind == orders.INVOICE:
        return max(0, money.total_minor - money.invoiced_minor)
    dated = [due for due in money.dues if due.open_minor and due.on is not None]
    if dated:
        return min(dated, key=lambda due: due.on or clock.today()).open_minor
    return money.open_minor


def _tell(app: SfaApp, money: OrderMoney, kind: str) -> None:
    """Say where the amounts stand, and when they are more than the order comes to."""
    from sfa.render.orders import money_part

    app.notify(f"{money.number}: {money_part(money)}")
    now = money.invoiced_minor if kind == orders.INVOICE else money.received_minor
    if now > money.total_minor:
        beyond = tr("More is received than the order comes to.")
        if kind == orders.INVOICE:
            beyond = tr("More is invoiced than the order comes to.")
        app.notify(beyond, severity="warning")


async def settle_plan(app: SfaApp, order_id: str, *, draft: str = "") -> bool:
    """Ask when an order is to be paid, an instalment a line, and write it; say whether it was done."""
    from sfa.render.orders import instalment_typed, plan_hint

    if refuses_reader(app):
        return False
    try:
        money = await app.gateway.read(lambda connection: load_money(connection, order_id))
    except SfaError as error:
        app.report(error)
        return False

    async def save(texts: Texts) -> str:
        work = orders.plan(order_id, _lines(texts.get(INSTALMENTS.name, present)))
        try:
            app.told(await app.gateway.perform(orders.PLAN, work, label=money.number))
        except InvalidInput as error:
            error.field = INSTALMENTS.name
            raise
        return order_id

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        del field
        now = load_money(connection, order_id)
        read_plan(_lines(text), Money(now.total_minor, now.currency), today=clock.today())

    present = "\n".join(instalment_typed(due.planned, money.currency) for due in money.dues)
    form = RecordForm(
        f"{tr('When is the order {label} to be paid?', label=money.number)}\n{plan_hint(money)}",
        (INSTALMENTS,),
        {INSTALMENTS.name: present},
        save,
        judge=judge,
        draft=Draft(app.gateway.home, "order", order_id, form=PLAN, label=money.number, file=draft),
    )
    return await app.push_screen_wait(form) is not None


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]
