"""Adding a record: which kind, by a letter, and to which record it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.dialogs.letters import Choice, Letters
from sfa.screens.forms.layout import ADDED
from sfa.screens.forms.opening import add_record

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


# The field in which a new record of a noun names the customer it belongs to.
_OF_A_CUSTOMER = {"contact": "accounts", "deal": "account"}


async def add_any(app: SfaApp) -> str | None:
    """Ask for the kind of the new record and open its form; return its id, ``None`` when left."""
    noun = await app.push_screen_wait(Letters(tr("New"), _choices(ADDED)))
    return await add_record(app, noun) if noun is not None else None


async def add_to(app: SfaApp, noun: str, record_id: str) -> str | None:
    """Ask what to add to a record and open its form; return its id, ``None`` when left."""
    from sfa.finding.labels import labels
    from sfa.screens.forms.about import added_to, holder, preset

    noun, record_id = await app.gateway.read(lambda connection: holder(connection, noun, record_id))
    if not noun:
        app.notify(tr(msg("Nothing can be added to this record.")), severity="warning")
        return None
    label = (await app.gateway.read(lambda connection: labels(connection, noun, [record_id]))).get(record_id)
    new = await app.push_screen_wait(
        Letters(tr("Add to {label}", label=label or ""), _choices(added_to(noun)))
    )
    if new is None:
        return None
    begins = await app.gateway.read(lambda connection: preset(connection, new, noun, record_id))
    return await add_record(app, new, begins)


async def add_beside(app: SfaApp, noun: str, name: str, customer: str) -> str:
    """Add a record that a form names and nobody knows yet; return what names it there, empty when left.

    A person or a deal belongs to the customer that the form is about.
    """
    from sfa.screens.forms.about import typed_of

    preset = {"name": name}
    if customer and noun in _OF_A_CUSTOMER:
        preset[_OF_A_CUSTOMER[noun]] = customer
    record_id = await add_record(app, noun, preset)
    if record_id is None:
        return ""
    return await app.gateway.read(lambda connection: typed_of(connection, noun, record_id))


def _choices(nouns: Iterable[str]) -> list[Choice]:
    return [Choice(each, ADDED[each], tr(noun_of(each).label)) for each in nouns]
