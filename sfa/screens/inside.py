"""What every screen of ours knows: the app it is in, and with it the way to the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.gateway import Gateway


class Inside(Screen):  # type: ignore[type-arg]  # what it gives when it closes is for each screen to say
    """A screen of the app."""

    @property
    def sfa(self) -> SfaApp:
        """Return the app, as what it is."""
        from sfa.screens.app import SfaApp

        assert isinstance(self.app, SfaApp)
        return self.app

    @property
    def gateway(self) -> Gateway:
        """Return the way to the store."""
        return self.sfa.gateway
