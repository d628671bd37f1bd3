"""What every screen of ours knows: the app it is in, and with it the way to the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from sfa.errors import Msg

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

    def refusal(self, action: str) -> Msg | None:  # noqa: ARG002  the screens that refuse override it
        """Return why an action is not possible now, ``None`` when it is."""
        return None

    @property
    def gateway(self) -> Gateway:
        """Return the way to the store."""
        return self.sfa.gateway
