"""The form of a person's part in a deal."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.errors import SfaError, msg
from sfa.fields import Field
from sfa.i18n import tr
from sfa.screens.doing import buying_roles
from sfa.screens.doing.late import Origin
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

ROLE = "role"  # what drafts call this form
_NAME = msg("{contact} in {label}: buying role")


class _Known(NamedTuple):
    """What the form begins with: the deal, its customer as one types it, the person, and the part so far."""

    deal: str
    customer: str
    contact: str
    typed: str
    stored: dict[str, Any] | None


async def edit_role(app: SfaApp, deal_id: str, contact_id: str = "", *, draft: str = "") -> bool:
    """Ask for a person's part in a deal and write it; say whether it was done.

    Without a person that is asked for too, the customer's own first. ``draft`` names the file of
    unsaved text that is taken up.
    """
    from sfa.render.buying_roles import CONTACT, FIELDS

    if refuses_reader(app):
        return False
    try:
        known = await app.gateway.read(lambda connection: _known(connection, deal_id, contact_id))
    except SfaError as error:
        app.report(error)
        return False
    is_new = known.stored is None
    base = {field.name: (known.stored or {}).get(field.name) for field in FIELDS}
    origin = Origin("deal", deal_id, base)

    async def save(texts: Texts) -> str:
        if is_new:
            work = buying_roles.add(deal_id, {"contact": known.typed, **texts})
        else:
            work = buying_roles.edit(deal_id, contact_id, texts, origin.base)
        app.told(await app.gateway.perform(_NAME, work, contact=known.contact, label=known.deal))
        return deal_id

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.services.buying_roles import new_person, typed_columns

        if field == CONTACT:
            new_person(connection, deal_id, text)
        else:
            typed_columns({field.name: text})

    title = tr("{contact} in {deal}", contact=known.contact, deal=known.deal)
    form = RecordForm(
        title if contact_id else tr("Who decides in {deal}?", deal=known.deal),
        FIELDS if contact_id else (CONTACT, *FIELDS),
        {name: "" if value is None else str(value) for name, value in base.items()},
        save,
        judge=judge,
        draft=Draft(
            app.gateway.home,
            "deal",
            deal_id,
            form=ROLE,
            label=known.deal,
            more={"ids": [contact_id]} if contact_id else {},
            file=draft,
        ),
        origin=None if is_new else origin,
        customer=known.customer,
    )
    return await app.push_screen_wait(form) is not None


def _known(connection: sqlite3.Connection, deal_id: str, contact_id: str) -> _Known:
    from sfa.finding.buying_roles import stored
    from sfa.finding.labels import labels
    from sfa.reports.buying_roles import buying_roles as read
    from sfa.screens.forms.about import typed_of

    found = read(connection, deal_id)
    customer = typed_of(connection, "account", found.account_id) if found.account_id else ""
    if not contact_id:
        return _Known(found.deal, customer, "", "", None)
    label = labels(connection, "contact", [contact_id]).get(contact_id, "")
    typed = typed_of(connection, "contact", contact_id)
    return _Known(found.deal, customer, label, typed, stored(connection, deal_id, contact_id))


def contact_of(more: Mapping[str, Any]) -> str:
    """Return the person that a draft of this form is about; empty for one that was yet to be chosen."""
    return str(next(iter(more.get("ids") or ()), ""))
