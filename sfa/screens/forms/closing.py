"""The form that a deal asks for when it is won or lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.doing import deals
from sfa.screens.forms.form import RecordForm, Texts
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

# What is asked for: the amount only of what was won. The day is today unless one types another.
_ASKED = {True: ("amount", "closed", "reason"), False: ("reason", "closed")}
_CLOSED_ON = "closed"


async def close_deal(app: SfaApp, deal_id: str, *, won: bool) -> bool:
    """Ask for what closing needs, and close the deal; say whether it was done."""
    try:
        fields, present, label = await app.gateway.read(
            lambda connection: _present(connection, deal_id, _ASKED[won])
        )
    except SfaError as error:
        app.report(error)
        return False
    needed = "amount" if won else "reason"
    asked = [field._replace(required=field.name == needed) for field in fields]

    async def save(texts: Texts) -> str:
        given = {("on" if name == _CLOSED_ON else name): text for name, text in texts.items()}
        work = deals.win(deal_id, given) if won else deals.lose(deal_id, given)
        name = msg("Win {label}") if won else msg("Lose {label}")
        try:
            app.told(await app.gateway.perform(name, work, label=label))
        except InvalidInput as error:
            if error.field == "on":
                error.field = _CLOSED_ON
            raise
        return deal_id

    title = tr("Won: {label}", label=label) if won else tr("Lost: {label}", label=label)
    draft = Draft(app.gateway.home, "deal_won" if won else "deal_lost", deal_id)
    form = RecordForm(title, asked, present, save, draft=draft)
    return await app.push_screen_wait(form) is not None


def _present(
    connection: sqlite3.Connection, deal_id: str, names: tuple[str, ...]
) -> tuple[list[Field], dict[str, str], str]:
    from sfa.finding.showing import show_fields
    from sfa.render.values import typed_value

    described = noun_of("deal")
    fields = [field for field in map(described.field, names) if field is not None]
    label, _, values = show_fields(connection, "deal", deal_id, fields)
    return fields, {field.name: typed_value(field, values[field.name]) for field in fields}, label
