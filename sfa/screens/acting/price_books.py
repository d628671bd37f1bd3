"""What can be done with price books: look at their prices, copy one."""

from __future__ import annotations

from textual import work

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
        bind(
            "c",
            "copy_book",
            "pricebook.copy",
            msg("Copy book"),
            msg("Copy the book with its prices, as next year's with 3 % more"),
            footer=True,
        ),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no price book."""
        if action in {"prices", "copy_book"}:
            return self.refusal_for("pricebook", msg("This is no price book."))
        return super().refusal(action)

    def action_prices(self) -> None:
        """Show the prices in the book."""
        from sfa.screens.price_books import PricesScreen

        self.sfa.push_screen(PricesScreen(self.target[1]))

    @work
    async def action_copy_book(self) -> None:
        """Ask what the copy is called and how its prices change, make it, and show it."""
        from sfa.screens.forms.book_copy import copy_book

        made = await copy_book(self.sfa, self.target[1])
        if made is not None:
            self.acted()
            self.sfa.show_record("pricebook", made)
