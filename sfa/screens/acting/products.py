"""What can be done with products: ask for what they sell, say what a unit costs us."""

from __future__ import annotations

import sqlite3

from textual import work

from sfa import clock
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind


class ProductActions(Acting):
    """A screen with a product in view."""

    BINDINGS = [
        bind(
            "p",
            "price",
            "product.price",
            msg("Price"),
            msg("What a customer pays for so many of it, and why"),
        ),
        bind(
            "c",
            "cost",
            "product.cost",
            msg("Cost"),
            msg("What a unit costs us; for managers and administrators"),
        ),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no product."""
        if action in {"cost", "price"}:
            return self.refusal_for("product", msg("This is no product."))
        return super().refusal(action)

    @work
    async def action_price(self) -> None:
        """Ask for whom, how many and when, and say what it sells for."""
        from sfa.finding.labels import labels
        from sfa.screens.dialogs.ask_price import AskPrice

        product_id = self.target[1]
        found = await self.gateway.read(lambda connection: labels(connection, "product", [product_id]))
        await self.sfa.push_screen_wait(AskPrice(product_id, found.get(product_id, "")))

    @work
    async def action_cost(self) -> None:
        """Ask what a unit costs us, with what is known so far, and write it."""
        from sfa.finding.costs import seen_cost
        from sfa.finding.labels import labels
        from sfa.interchange.product_columns import COST
        from sfa.interchange.values import parse_value
        from sfa.render.values import typed_value
        from sfa.screens.dialogs.ask_checked import AskChecked
        from sfa.screens.doing import products

        product_id = self.target[1]

        def known(connection: sqlite3.Connection) -> tuple[str, tuple[int, str] | None]:
            found = seen_cost(connection, product_id).value
            return labels(connection, "product", [product_id]).get(product_id, ""), found

        async def check(text: str) -> None:
            parse_value(COST, text, today=clock.today(), currency="USD")  # any will do to look at it

        try:
            label, base = await self.gateway.read(known)
        except SfaError as error:
            self.sfa.report(error)
            return
        text = await self.sfa.push_screen_wait(
            AskChecked(
                tr("What does a unit of {product} cost us?", product=label),
                tr("An amount: 61.50, 61.50 EUR; nothing forgets it"),
                check,
                text=typed_value(COST, base),
            )
        )
        if text is not None and text != typed_value(COST, base):
            work_ = products.edit(product_id, {COST.name: text}, {COST.name: base})
            await self.act(msg("Cost of {label}"), work_, label=label)
