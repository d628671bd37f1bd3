"""The form of a conflict: the record's fields that it is about, with both sides above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.errors import Msg, Refused, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.doing import decisions
from sfa.screens.forms.checking import judge_of
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.forms.layout import form_fields
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.reports.decisions import ConflictView
    from sfa.screens.app import SfaApp

_MERGE: Msg = msg("Settle a conflict")


async def merge_conflict(app: SfaApp, found: ConflictView, *, draft: str = "") -> None:
    """Open the form of a conflict's fields; what is saved stands instead of either side."""
    from sfa.finding.custom import all_fields
    from sfa.render.decisions import sides_lines
    from sfa.render.values import typed_value

    named = {each.field.name: each for each in found.fields}
    known = await app.gateway.read(lambda connection: all_fields(connection, found.record.noun or "lead"))
    fields = form_fields(noun_of(found.record.noun), known, tuple(named)) if found.record.noun else []
    if not fields:
        app.report(
            Refused(
                msg("This cannot be typed here."),
                hint=msg("m and t take one side; or edit the record, then e confirms it."),
            )
        )
        return

    async def save(texts: Texts) -> str:
        app.told(await app.gateway.perform(_MERGE, decisions.merge_conflict(found.id, texts)))
        return found.id

    title = tr("Merge: {noun} {label}", noun=found.record.noun_label, label=found.record.label)
    form = RecordForm(
        "\n".join([title, *sides_lines(found)]),
        fields,
        {name: typed_value(each.field, each.now) for name, each in named.items()},
        save,
        judge=judge_of(found.record.noun),
        draft=Draft(app.gateway.home, "conflict", found.id, label=found.record.label, file=draft),
    )
    await app.push_screen_wait(form)
