"""The line at the bottom: six keys of this place at most, each of which can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from sfa.i18n import tr
from sfa.screens.keys import FOOTER_KEYS

if TYPE_CHECKING:
    from textual.screen import Screen


class KeyBar(Static):
    """Keys with what they do; those that are not possible now are struck through and dim."""

    def on_mount(self) -> None:
        """Follow the focus and whatever makes keys possible."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self.call_after_refresh(self._changed, self.screen)

    def _changed(self, _: Screen[object]) -> None:
        if self.is_attached and self.screen is self.app.screen:
            self.update(self._content())

    def _content(self) -> Content:
        parts: list[Content] = []
        shown = [offer for offer in self.app.offers(self.screen) if offer.binding.show]  # type: ignore[attr-defined]
        # Enter is the list's own and comes first, then the place's keys, then the app's.
        shown.sort(key=lambda offer: (offer.node is not self.screen.focused, offer.node is self.app))
        for offer in shown[:FOOTER_KEYS]:
            click = f"@click=app.run_offer('{offer.binding.id}')"
            look = "dim strike" if offer.refusal else ""
            label = Content.styled(f" {tr(offer.binding.description)} ", f"{look} {click}".strip())
            parts.append(Content.assemble(Content.styled(f" {offer.key}", f"bold $accent {click}"), label))
        return Content("").join(parts)
