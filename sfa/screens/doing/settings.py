"""Changing settings: one's own in the file, the organisation's in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sfa import config
from sfa.errors import SfaError, msg
from sfa.screens import dressing

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.finding.shared_settings import Settled
    from sfa.screens.app import SfaApp


def put(app: SfaApp, name: str, value: str) -> bool:
    """Write a setting of one's own and let the app follow it; say whether it was done."""
    if name == "language":
        return dressing.speak(app, value)
    if name == "theme":
        return dressing.wear(app, value)
    try:
        config.put(name, value, app.gateway.home)
    except SfaError as error:
        app.report(error)
        return False
    if name == "sync_every":
        app.syncing.keep_time()
    return True


def own_keys(home: Path) -> dict[str, str]:
    """Return the keys of one's own by the name of their action; none where the file cannot be read."""
    try:
        return config.keys(home)
    except SfaError:  # said when the app was opened
        return {}


def settle(key: str, text: str) -> Callable[[Session], Settled]:
    """Settle something for the whole organisation."""

    def work(session: Session) -> Settled:
        from sfa.services import settings

        now = settings.settle(session, key, text)
        session.info["change"].call(msg("Set {key} to {value}"), key=now.key, value=now.shown)
        return now

    return work
