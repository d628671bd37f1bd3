"""The form of what several records shall have in common, and what of it others changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfa.errors import SeveralChanged, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr, tr_plural
from sfa.screens.doing import records
from sfa.screens.doing.late import Origin
from sfa.screens.forms.checking import judge_of
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.forms.layout import form_fields
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    import sqlite3

    from sfa.screens.app import SfaApp

TOGETHER = "together"  # what drafts call it
_EDIT = msg("Edit {number} {noun}")


async def edit_together(
    app: SfaApp, noun: str, ids: Sequence[str], names: Sequence[str], *, draft: str = ""
) -> bool:
    """Ask what several records shall have in common, and write it in one change; say whether it was done.

    ``draft`` names the file of unsaved text that is taken up.
    """
    from sfa.render.numbers import grouped

    if refuses_reader(app):
        return False
    described = noun_of(noun)
    fields, decided, bases = await app.gateway.read(lambda connection: _read(connection, noun, ids, names))
    saving = _Saving(app, noun, decided, bases)
    form = RecordForm(
        tr(
            "Change {number} {nouns}; what stays empty is not changed",
            number=grouped(len(ids)),
            nouns=described.label_plural,
        ),
        fields,
        {},
        saving.save,
        judge=judge_of(noun),
        draft=Draft(
            app.gateway.home,
            noun,
            TOGETHER,
            form=TOGETHER,
            more={"ids": list(ids), "names": list(names)},
            file=draft,
        ),
        origin=saving.origin,
    )
    return await app.push_screen_wait(form) is not None


def _read(
    connection: sqlite3.Connection, noun: str, ids: Sequence[str], names: Sequence[str]
) -> tuple[list[Field], list[Field], dict[str, dict[str, Any]]]:
    """Return the form's fields, those with all that is decided with them, and their values by record."""
    from sfa.finding.custom import all_fields
    from sfa.finding.showing import values_of
    from sfa.services.catching_up import decided_with

    described = noun_of(noun)
    known = all_fields(connection, noun)
    stored = [field for field in form_fields(described, known) if field.column and field.table != "deal_line"]
    read = decided_with(described, stored, names)
    # An empty field stays as each record has it, so none is required here.
    asked = [field._replace(required=False) for field in form_fields(described, known, names)]
    return asked, read, values_of(connection, noun, ids, read)


class _Saving:
    """What is written of which record; ``origin`` is what each held when the form was opened, by id."""

    def __init__(
        self, app: SfaApp, noun: str, fields: Sequence[Field], bases: dict[str, dict[str, Any]]
    ) -> None:
        self.origin = Origin(noun, TOGETHER, bases)
        self._app = app
        self._noun = noun
        self._fields = {field.name: field for field in fields}
        self._theirs: dict[str, set[str]] = {}  # fields of records that stay as others left them

    async def save(self, texts: Texts) -> str | None:
        """Write the texts into every record; ``None`` when what others changed too was not settled."""
        from sfa.render.numbers import grouped

        given = {name: text for name, text in texts.items() if text}
        while given:
            bases = self.origin.base
            wanted = {record_id: self._left(record_id, given) for record_id in bases}
            work = records.edit_all(self._noun, wanted, bases)
            plural = noun_of(self._noun).plural
            try:
                done = await self._app.gateway.perform(_EDIT, work, number=len(bases), noun=plural)
            except SeveralChanged as error:
                if not await self._settle(error, given):
                    return None
                continue
            self._app.told(done)
            if gone := len(bases) - done.value:
                text = tr_plural(
                    "{count} of them was deleted meanwhile and is left out.",
                    "{count} of them were deleted meanwhile and are left out.",
                    gone,
                    count=grouped(gone),
                )
                self._app.notify(text, severity="warning")
            break
        return self._noun

    def _left(self, record_id: str, given: Mapping[str, str]) -> dict[str, str]:
        theirs = self._theirs.get(record_id, set())
        return {name: text for name, text in given.items() if name not in theirs}

    async def _settle(self, error: SeveralChanged, given: Mapping[str, str]) -> bool:
        """Ask field by field of each record which side stands, and remember; say whether it was settled."""
        from sfa.screens.forms.both import settle_several

        sides = await settle_several(self._app, error, self._fields, given, self.origin.base)
        if sides is None:
            return False
        for record_id, changed in error.records:
            for name in (name for clash in changed.clashes for name in clash.names):
                self.origin.base[record_id][name] = changed.now[name]
                if not sides[record_id, name]:
                    self._theirs.setdefault(record_id, set()).add(name)
        return True
