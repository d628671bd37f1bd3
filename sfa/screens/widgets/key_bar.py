"""The line at the bottom: six keys of this place at most, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from sfa.i18n import tr
from sfa.screens.keys import FOOTER_KEYS

if TYPE_CHECKING:
    from textual.screen import Screen

    from sfa.screens.offers import Offer


class KeyBar(Static):
    """Keys with what they do; those that are not possible now are struck through and dim."""

    def __init__(self) -> None:
        """Say nothing yet."""
        super().__init__()
        self._said: list[tuple[str | None, str, str]] = []

    def on_mount(self) -> None:
        """Follow the focus and whatever makes keys possible."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self.call_after_refresh(self._changed, self.screen)

    def _changed(self, _: Screen[object]) -> None:
        if not self.is_attached or self.screen is not self.app.screen:
            return
        offers = self._offers()
        said = [(offer.binding.id, offer.key, offer.refusal) for offer in offers]
        if said != self._said:
            self._said = said
            self.update(_content(offers), layout=False)  # it is one line whatever it says

    def _offers(self) -> list[Offer]:
        offers: list[Offer] = self.app.offers(self.screen)  # type: ignore[attr-defined]
        shown = [offer for offer in offers if offer.binding.show]
        # Enter is the list's own and comes first, then the place's keys, then the app's.
        shown.sort(key=lambda offer: (offer.node is not self.screen.focused, offer.node is self.app))
        return shown[:FOOTER_KEYS]


def _content(offers: Sequence[Offer]) -> Content:
    parts: list[Content] = []
    for offer in offers:
        click = f"@click=app.run_offer('{offer.binding.id}')"
        look = "dim strike" if offer.refusal else ""
        label = Content.styled(f" {tr(offer.binding.description)} ", f"{look} {click}".strip())
        parts.append(Content.assemble(Content.styled(f" {offer.key}", f"bold $accent {click}"), label))
    return Content("").join(parts)
