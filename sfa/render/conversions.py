"""What converting a lead would do, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.fields import noun
from sfa.i18n import tr, tr_plural
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.render.values import flat_value, plain_value, show_value

if TYPE_CHECKING:
    from sfa.services.conversions import Conversion, FieldPlan, Part

_PEOPLE = frozenset({"table", "md"})


def conversion_text(plan: Conversion, fmt: str, *, width: int | None = None) -> str:
    """Return the plan: a line for each record, then one for each of its fields."""
    if fmt == "json":
        return json_text("sfa.lead.conversion/1", _body(plan))
    people = fmt in _PEOPLE
    columns = (
        Col("record", tr("Record")),
        Col("field", tr("Field")),
        Col("action", tr("Change")),
        Col("value", tr("From the lead")),
        Col("present", tr("Stays as it is")),
    )
    rows = tuple(row for part in plan.parts() for row in _part_rows(part, people=people))
    footer = _moved(plan) if people else ()
    return grid_text(Grid(columns, rows, footer), fmt, width=width)


def _part_rows(part: Part, *, people: bool) -> list[tuple[str, ...]]:
    name = tr(noun(part.noun).label) if people else part.noun
    label = f"{part.label} ({part.ref})" if part.ref else part.label
    head = (name, "", _word(part.act.value) if people else part.act.value, label, "")
    return [head, *(_field_row("" if people else name, each, people=people) for each in part.fields)]


def _field_row(record: str, each: FieldPlan, *, people: bool) -> tuple[str, ...]:
    show = show_value if people else flat_value
    return (
        record,
        tr(each.field.label) if people else each.field.name,
        _word(each.act.value) if people else each.act.value,
        show(each.field, each.offered),
        show(each.field, each.present) if each.present is not None else "",
    )


def _word(act: str) -> str:
    return {
        "create": tr("create"),
        "attach": tr("attach"),
        "set": tr("set"),
        "fill": tr("fill blank"),
        "keep": tr("keep"),
        "add": tr("add"),
    }[act]


def _moved(plan: Conversion) -> tuple[str, ...]:
    words = {
        "activity": lambda count: tr_plural("{count} activity", "{count} activities", count),
        "task": lambda count: tr_plural("{count} task", "{count} tasks", count),
        "attachment": lambda count: tr_plural("{count} file", "{count} files", count),
    }
    counted = [words[name](count) for name, count in plan.moved.items() if count]
    if not counted:
        return ()
    target = tr(noun(plan.target).label)
    return (tr("To the {noun} go along: {things}.", noun=target, things=", ".join(counted)),)


def _body(plan: Conversion) -> dict[str, Any]:
    return {
        "lead": {"id": plan.lead_id, "ref": plan.ref, "name": plan.label},
        "parts": [
            {
                "noun": part.noun,
                "action": part.act.value,
                "id": part.record_id,
                "name": part.label,
                "fields": [
                    {
                        "field": each.field.name,
                        "action": each.act.value,
                        "value": plain_value(each.field, each.offered),
                        "present": plain_value(each.field, each.present)
                        if each.present is not None
                        else None,
                    }
                    for each in part.fields
                ],
            }
            for part in plan.parts()
        ],
        "moved": dict(plan.moved),
        "to": plan.target,
    }
