"""Finding any record from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.dialogs.chooser import Entry, Find

if TYPE_CHECKING:
    from sfa.screens.gateway import Gateway

_SHOWN = 50


def find_records(gateway: Gateway) -> Find:
    """Return what finds records by a typed text; their keys are ``noun:id``."""

    async def find(text: str) -> Sequence[Entry]:
        if not text.strip():
            return ()
        from sfa.finding.searching import find as found_in

        hits = await gateway.read(lambda connection: found_in(connection, text, limit=_SHOWN))
        return [
            Entry(
                key=f"{hit.noun}:{hit.id}",
                label=hit.label,
                beside=tr(noun_of(hit.noun).label),
                hint="" if hit.excerpt == hit.label else hit.excerpt,
            )
            for hit in hits
        ]

    return find
