"""The line at the bottom: six keys of this place at most, and how the store stands to the centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from sfa import clock
from sfa.i18n import tr
from sfa.render import cells
from sfa.screens.keys import FOOTER_KEYS

if TYPE_CHECKING:
    from textual.screen import Screen

    from sfa.screens.offers import Offer
    from sfa.screens.syncing import Syncing


class KeyBar(Static):
    """Keys with what they do; those that are not possible now are struck through and dim."""

    def __init__(self) -> None:
        """Say nothing yet."""
        super().__init__()
        self._said: list[tuple[str | None, str, str]] = []
        self._keys = Content("")
        self._looks_soon = False

    def on_mount(self) -> None:
        """Follow the focus and whatever makes keys possible."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        syncing = self._syncing
        syncing.changed.subscribe(self, lambda _: self._draw())
        self._changed(self.screen)

    def _changed(self, _: Screen[object]) -> None:
        """Look once at what keys do now, after what the key did is drawn, however often it was told."""
        if not self._looks_soon:
            self._looks_soon = self.call_after_refresh(self._look)

    def _look(self) -> None:
        self._looks_soon = False
        if not self.is_attached or self.screen is not self.app.screen:
            return
        offers = self._offers()
        said = [(offer.binding.id, offer.key, offer.refusal) for offer in offers]
        if said != self._said:
            self._said = said
            self._keys = _content(offers)
            self._draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    @property
    def _syncing(self) -> Syncing:
        found: Syncing = self.app.syncing  # type: ignore[attr-defined]
        return found

    def _draw(self) -> None:
        """Put the longest form of how the store stands into what room the keys leave."""
        from sfa.render.syncs import corner_forms

        syncing = self._syncing
        room = (self.size.width or self.app.size.width) - self._keys.cell_length - 1
        forms = corner_forms(syncing.fresh, syncing.progress, clock.utc_now(), running=syncing.is_running)
        state = next((form for form in forms if cells.cell_width(form) < room), "")
        gap = " " * max(0, room - cells.cell_width(state))
        corner = Content.styled(state, "@click=app.go('sync')") if state else Content("")
        # It is one line whatever it says.
        self.update(Content.assemble(self._keys, gap, corner), layout=False)

    def _offers(self) -> list[Offer]:
        offers: list[Offer] = self.app.offers(self.screen)  # type: ignore[attr-defined]
        shown = [offer for offer in offers if offer.binding.show]
        # Enter is the list's own and comes first, then the place's keys, then the app's.
        shown.sort(key=lambda offer: (offer.node is not self.screen.focused, offer.node is self.app))
        if len(shown) > FOOTER_KEYS:  # where not all fit, those that are possible now
            shown = [offer for offer in shown if not offer.refusal]
        return shown[:FOOTER_KEYS]


def _content(offers: Sequence[Offer]) -> Content:
    parts: list[Content] = []
    for offer in offers:
        click = f"@click=app.run_offer('{offer.binding.id}')"
        look = "dim strike" if offer.refusal else ""
        label = Content.styled(f" {tr(offer.binding.description)} ", f"{look} {click}".strip())
        parts.append(Content.assemble(Content.styled(f" {offer.key}", f"bold $accent {click}"), label))
    return Content("").join(parts)
