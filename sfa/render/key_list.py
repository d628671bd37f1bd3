"""Keys of the app that were given to actions, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sfa.errors import SfaError
from sfa.i18n import tr
from sfa.render.failures import failure_lines
from sfa.render.tables import Col, Grid, grid_text, json_text


class KeyLine(NamedTuple):
    """An action with its own and its usual keys; ``fault`` is why its own do not hold."""

    name: str
    action: str
    keys: str
    usual: str
    fault: SfaError | None

    @property
    def why(self) -> str:
        """Return what is wrong with the keys, in the user's language; empty where nothing is."""
        return " ".join(failure_lines(self.fault)) if self.fault is not None else ""


def keys_text(lines: Sequence[KeyLine], fmt: str) -> str:
    """Return the keys in a format."""
    rows = tuple((line.name, line.action, line.keys, line.usual, line.why) for line in lines)
    names = ("name", "action", "keys", "usual", "fault")
    if fmt == "json":
        return json_text("sfa.config.keys/1", {"keys": [dict(zip(names, row, strict=True)) for row in rows]})
    labels = (tr("Name"), tr("Action"), tr("Keys"), tr("Usual keys"), tr("What is wrong"))
    columns = tuple(Col(name, label, rigid=name == "name") for name, label in zip(names, labels, strict=True))
    return grid_text(Grid(columns, rows), fmt)
