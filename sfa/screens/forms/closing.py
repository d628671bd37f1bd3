"""The form that a deal asks for when it is won or lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sfa import clock
from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.doing import deals
from sfa.screens.doing.late import Origin, over
from sfa.screens.doing.together import Together
from sfa.screens.forms.checking import judge_of
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.forms.opening import told_late
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

# What is asked for: the amount only of what was won. The day is today unless one types another.
_ASKED = {True: ("amount", "closed", "reason"), False: ("reason", "closed")}
_CLOSED_ON = "closed"
WON, LOST = "won", "lost"  # what drafts call the two forms


async def close_deal(app: SfaApp, deal_id: str, *, won: bool, draft: str = "") -> bool:
    """Ask for what closing needs, and close the deal; say whether it was done."""
    try:
        fields, present, base, label = await app.gateway.read(
            lambda connection: _present(connection, deal_id, _ASKED[won])
        )
    except SfaError as error:
        app.report(error)
        return False
    needed = "amount" if won else "reason"
    asked = [field._replace(required=field.name == needed) for field in fields]

    origin = Origin("deal", deal_id, base)

    async def save(texts: Texts) -> str:
        name = msg("Win {label}") if won else msg("Lose {label}")
        work = over(origin, texts, lambda left: _closing(deal_id, left, won=won))
        try:
            told_late(app, await app.gateway.perform(name, work, label=label), asked, origin)
        except InvalidInput as error:
            if error.field == "on":
                error.field = _CLOSED_ON
            raise
        return deal_id

    title = tr("Won: {label}", label=label) if won else tr("Lost: {label}", label=label)
    kept = Draft(app.gateway.home, "deal", deal_id, form=WON if won else LOST, label=label, file=draft)

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.finding.days import day_or_refuse
        from sfa.services.deal_closing import check_day

        judge_of("deal")(connection, field, text)
        # A day that stands there already is not saved.
        if field.name == _CLOSED_ON and text.strip() and text != present[_CLOSED_ON]:
            today = clock.today()
            check_day(connection, deal_id, day_or_refuse(text, _CLOSED_ON, today=today), today=today)

    form = RecordForm(title, asked, present, save, judge=judge, draft=kept, origin=origin)
    return await app.push_screen_wait(form) is not None


def _closing(deal_id: str, texts: Texts, *, won: bool) -> Together:
    given = {("on" if name == _CLOSED_ON else name): text for name, text in texts.items()}
    return deals.win(deal_id, given) if won else deals.lose(deal_id, given)


def _present(
    connection: sqlite3.Connection, deal_id: str, names: tuple[str, ...]
) -> tuple[list[Field], dict[str, str], dict[str, Any], str]:
    from sfa.finding.showing import show_fields
    from sfa.render.values import typed_value

    described = noun_of("deal")
    fields = [field for field in map(described.field, names) if field is not None]
    label, _, values = show_fields(connection, "deal", deal_id, fields)
    texts = {field.name: typed_value(field, values[field.name]) for field in fields}
    return fields, texts, {field.name: values[field.name] for field in fields}, label
