"""What a customer pays for so many of a product: answered while one types."""

from __future__ import annotations

import sqlite3

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.fields import Field, Kind
from sfa.finding.price_list import FROM_QUANTITY
from sfa.i18n import tr
from sfa.interchange.price_columns import BOOK
from sfa.screens.forms.inputs import input_of, text_of, widget_id
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

ACCOUNT = Field("account", Kind.LINK, msg("Account"), "account", "id", target="account")
QUANTITY = FROM_QUANTITY._replace(name="quantity", label=msg("Quantity"))
ON = Field("on", Kind.DAY, msg("On"), "", "on")
CURRENCY = Field("currency", Kind.TEXT, msg("Currency"), "", "currency", max_length=3)
_ASKED = (ACCOUNT, QUANTITY, ON, BOOK, CURRENCY)


class AskPrice(ModalScreen[None], Inside):
    """Shows the price and the way through the books."""

    BINDINGS = [bind("escape", "leave", "price.leave", msg("Back"), msg("Close the price"), footer=True)]

    def __init__(self, product_id: str, label: str) -> None:
        """Name the product."""
        super().__init__(classes="dialog")
        self._product_id = product_id
        self._label = label

    def compose(self) -> ComposeResult:
        """Lay out whom, how many and when, in which book and currency, and the answer below."""
        begun = {QUANTITY.name: "1", ON.name: clock.today().isoformat()}
        with Vertical(id="line"):
            yield Static(
                tr("What does {product} cost?", product=self._label), classes="dialog-title", markup=False
            )
            for field in _ASKED:
                with Horizontal(classes="field-line"):
                    yield Static(tr(field.label), classes="field-label", markup=False)
                    yield input_of(field, begun.get(field.name, ""), self.sfa.gateway, str)
            yield Static(id="line-hint", markup=False)

    def on_mount(self) -> None:
        """Answer for anybody first."""
        self.query_one(f"#{widget_id(QUANTITY)}", Input).focus()
        self._look()

    @on(Input.Changed)
    @on(Input.Submitted)
    def _typed(self) -> None:
        self._look()

    @work(exclusive=True)
    async def _look(self) -> None:
        from sfa.render.failures import failure_lines

        texts = {field.name: text_of(self.query_one(f"#{widget_id(field)}")) for field in _ASKED}
        answer = self.query_one("#line-hint", Static)
        try:
            found = await self.sfa.gateway.read(
                lambda connection: _answer(connection, self._product_id, texts)
            )
        except SfaError as error:
            answer.update("✗ " + "\n".join(failure_lines(error)))
            answer.add_class("-wrong")
            return
        answer.update(found)
        answer.remove_class("-wrong")

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _answer(connection: sqlite3.Connection, product_id: str, texts: dict[str, str]) -> str:
    from sfa.finding.days import day_or_refuse
    from sfa.finding.prices import find_price
    from sfa.finding.references import resolve
    from sfa.interchange.amounts import known_currency
    from sfa.interchange.values import parse_value
    from sfa.render.prices import price_answer

    today = clock.today()
    milli = parse_value(QUANTITY, texts["quantity"] or "1", today=today, currency="")[QUANTITY.column]
    account = resolve(connection, "account", texts["account"]).id if texts["account"].strip() else None
    day = day_or_refuse(texts["on"], "on", today=today) if texts["on"].strip() else today
    book = resolve(connection, "pricebook", texts["pricebook"]).id if texts["pricebook"].strip() else None
    currency = known_currency(texts["currency"]) if texts["currency"].strip() else None
    return price_answer(
        find_price(
            connection,
            product_id,
            on=day,
            quantity_milli=int(str(milli)),
            account_id=account,
            book_id=book,
            currency=currency,
        )
    )
