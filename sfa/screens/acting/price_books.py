"""What can be done with price books: look at their prices."""

from __future__ import annotations

from sfa.errors import Msg, msg
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind


class PriceBookActions(Acting):
    """A screen with a price book in view."""

    BINDINGS = [
        bind(
            "p",
            "prices",
            "pricebook.prices",
            msg("Prices"),
            msg("The prices in the book: add, change, take out"),
            footer=True,
        ),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no price book."""
        if action == "prices":
            return self.refusal_for("pricebook", msg("This is no price book."))
        return super().refusal(action)

    def action_prices(self) -> None:
        """Show the prices in the book."""
        from sfa.screens.price_books import PricesScreen

        self.sfa.push_screen(PricesScreen(self.target[1]))
