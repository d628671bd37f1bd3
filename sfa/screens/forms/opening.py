"""Opening the form of a record: its fields, its present texts, and how it is saved."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfa.errors import Msg, SfaError, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.doing import products, records, visits
from sfa.screens.doing.late import Late, Origin, over
from sfa.screens.forms.checking import judge_of
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.forms.layout import FOLLOWING, REPORT, WITH_NEXT_STEP, form_fields, with_beside
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.gateway import Done

# The form of what came of a visit; drafts name it.
REPORTED = "report"
_ADD = msg("Add {noun}")
_EDIT = msg("Edit {noun} {label}")


async def add_record(
    app: SfaApp, noun: str, preset: Mapping[str, str] | None = None, *, draft: str = ""
) -> str | None:
    """Open the form of a new record; return its id, ``None`` when it was left.

    Here and below ``draft`` names the file of unsaved text that is taken up.
    """
    from sfa.finding.custom import all_fields

    if refuses_reader(app):
        return None
    if noun == "order":
        from sfa.screens.orders.making import order_any

        return await order_any(app, preset)
    described = noun_of(noun)
    known = await app.gateway.read(lambda connection: all_fields(connection, noun))
    beside = [] if noun != "product" else await app.gateway.read(_cost_field)

    async def save(texts: Texts) -> str:
        done = await app.gateway.perform(_ADD, _adding(noun, texts), noun=noun)
        app.told(done)
        return str(done.value.id)

    form = RecordForm(
        tr("New {noun}", noun=described.label),
        with_beside(form_fields(described, known, new=True), beside),
        _defaults(known),
        save,
        judge=judge_of(noun),
        draft=Draft(app.gateway.home, noun, more={"preset": dict(preset)} if preset else {}, file=draft),
        preset=preset,
        new=noun,
    )
    added: str | None = await app.push_screen_wait(form)
    if added is not None and noun == "quote":
        from sfa.screens.quote_lines.screen import open_lines

        await open_lines(app, added)  # a quote without lines is none yet
    return added


def _adding(noun: str, texts: Texts) -> records.Work:
    if noun == "product":
        return products.add(texts)
    return visits.add(noun, texts) if noun in WITH_NEXT_STEP else records.add(noun, texts)


def _cost_field(connection: sqlite3.Connection) -> list[Field]:
    """Return the field of the cost for who may see it."""
    from sfa.finding.costs import may_see_costs
    from sfa.interchange.product_columns import COST

    return [COST] if may_see_costs(connection) else []


def _defaults(known: tuple[Field, ...] | list[Field]) -> dict[str, str]:
    """Return what a new record holds unless it is typed, but for what follows from the rest of it."""
    return {
        field.name: field.default
        for field in known
        if field.default and (field.table, field.name) not in FOLLOWING
    }


async def edit_record(
    app: SfaApp,
    noun: str,
    record_id: str,
    *,
    first: str = "",
    preset: Mapping[str, str] | None = None,
    draft: str = "",
) -> str | None:
    """Open the form of a record; return its id, ``None`` when it was left or is not there."""
    if not noun or refuses_reader(app):
        return None
    try:
        fields, present, base, label = await app.gateway.read(
            lambda connection: present_of(connection, noun, record_id)
        )
    except SfaError as error:
        app.report(error)
        return None

    origin = Origin(noun, record_id, base)

    async def save(texts: Texts) -> str:
        work = over(origin, texts, lambda left: _editing(origin, left))
        told_late(app, await app.gateway.perform(_EDIT, work, noun=noun, label=label), fields, origin)
        return record_id

    form = RecordForm(
        tr("Edit {noun} {label}", noun=noun_of(noun).label, label=label),
        fields,
        present,
        save,
        judge=judge_of(noun),
        draft=Draft(app.gateway.home, noun, record_id, label=label, file=draft),
        preset=preset,
        first=first,
        origin=origin,
    )
    promised = base.get("promised")
    edited: str | None = await app.push_screen_wait(form)
    if edited is not None and noun == "order":
        from sfa.screens.orders.telling import offer_message

        await offer_message(app, record_id, promised)
    return edited


def _editing(origin: Origin, texts: Texts) -> records.Work:
    if origin.noun == "product":
        return products.edit(origin.record_id, texts, origin.base)
    return records.edit(origin.noun, origin.record_id, texts)


def told_late(app: SfaApp, done: Done, fields: Sequence[Field], origin: Origin) -> None:
    """Say what a change did, and what others changed meanwhile and it left as it is."""
    late: Late = done.value
    app.told(done)
    taken = origin.taken.union(late.taken)
    if taken:
        labels = ", ".join(tr(field.label) for field in fields if field.name in taken)
        app.notify(tr("Changed by others meanwhile, and kept as it is now: {fields}.", fields=labels))


async def report_visit(app: SfaApp, visit_id: str, *, draft: str = "") -> str | None:
    """Ask what came of a planned visit, and say that it took place."""
    if refuses_reader(app):
        return None
    try:
        fields, present, base, label = await app.gateway.read(
            lambda connection: present_of(connection, "visit", visit_id, REPORT)
        )
    except SfaError as error:
        app.report(error)
        return None
    name: Msg = msg("Complete {label}")
    origin = Origin("visit", visit_id, base)

    async def save(texts: Texts) -> str:
        work = over(origin, texts, lambda left: visits.complete(visit_id, left))
        told_late(app, await app.gateway.perform(name, work, label=label), fields, origin)
        return visit_id

    form = RecordForm(
        tr("What came of the visit {label}?", label=label),
        fields,
        present,
        save,
        judge=judge_of("visit"),
        draft=Draft(app.gateway.home, "visit", visit_id, form=REPORTED, label=label, file=draft),
        origin=origin,
    )
    return await app.push_screen_wait(form)


def present_of(
    connection: sqlite3.Connection, noun: str, record_id: str, only: tuple[str, ...] = ()
) -> tuple[list[Field], dict[str, str], dict[str, Any], str]:
    """Return what the form of a record shows: fields, their texts, the values these are of, and its label.

    Product lines have quantities, so they are no line of text.
    """
    from sfa.finding.costs import cost_shown
    from sfa.finding.custom import all_fields
    from sfa.finding.showing import show_fields
    from sfa.render.values import typed_value

    known = [field for field in all_fields(connection, noun) if field.table != "deal_line"]
    fields = form_fields(noun_of(noun), known, only)
    stored = [field for field in fields if field.column]
    label, _, values = show_fields(connection, noun, record_id, stored)
    beside = cost_shown(connection, noun, record_id)
    base = {
        **{field.name: values[field.name] for field in stored},
        **{each.name: value for each, value in beside},
    }
    known_by_name = {field.name: field for field in (*stored, *(each for each, _ in beside))}
    texts = {name: typed_value(known_by_name[name], value) for name, value in base.items()}
    return with_beside(fields, [each for each, _ in beside]), texts, base, label
