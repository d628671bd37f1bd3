"""What a visit line was understood as, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sfa.fields import noun
from sfa.i18n import tr
from sfa.interchange.visit_line import VisitDraft
from sfa.render.tables import json_text, pairs_text
from sfa.render.values import show_value


@dataclass(frozen=True, slots=True)
class Named:
    """A name and what it was taken for: its short reference, empty for something new."""

    label: str
    ref: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft with its names resolved; ``doubts`` are texts ready to print."""

    draft: VisitDraft
    account: Named | None
    attendees: tuple[Named, ...]
    doubts: tuple[tuple[str, str], ...]


def preview_text(found: Preview, fmt: str) -> str:
    """Return the preview: labels and values for people, the same in JSON for machines."""
    if fmt == "json":
        return json_text("sfa.log.preview/1", _body(found))
    return pairs_text(_pairs(found))


def _pairs(found: Preview) -> list[tuple[str, str]]:
    draft, activity = found.draft, noun("activity")
    kind = activity.field("kind")
    assert kind is not None
    step = tr("none") if draft.no_next_step else draft.next_step
    pairs = [
        (tr("Kind"), show_value(kind, draft.kind.value)),
        (tr("Account"), _named(found.account) if found.account else ""),
        (tr("Attendees"), ", ".join(_named(each) for each in found.attendees)),
        (tr("When"), _when(draft.happened_on, draft.happened_time)),
        (tr("Outcome"), draft.notes),
        (tr("Next step"), step),
        (tr("Due"), _when(draft.next_due_on, draft.next_due_time)),
    ]
    return [pair for pair in pairs if pair[1]]


def _named(each: Named) -> str:
    inside = each.ref or each.remark
    return f"{each.label} ({inside})" if inside else each.label


def _when(day: date | None, at: time | None) -> str:
    if day is None:
        return ""
    from babel.dates import get_day_names  # the preview alone names the weekday

    from sfa.i18n import language

    weekday = get_day_names("abbreviated", locale=language())[day.weekday()]
    return f"{day.isoformat()} {weekday}" + (f" {at:%H:%M}" if at else "")


def _body(found: Preview) -> dict[str, Any]:
    draft = found.draft
    return {
        "kind": draft.kind.value,
        "account": _plain(found.account) if found.account else None,
        "attendees": [_plain(each) for each in found.attendees],
        "on": draft.happened_on.isoformat(),
        "time": f"{draft.happened_time:%H:%M}" if draft.happened_time else None,
        "outcome": draft.notes or None,
        "next_step": draft.next_step or None,
        "no_next_step": draft.no_next_step,
        "due": draft.next_due_on.isoformat() if draft.next_due_on else None,
        "due_time": f"{draft.next_due_time:%H:%M}" if draft.next_due_time else None,
        "doubts": [{"field": name, "reason": text} for name, text in found.doubts],
    }


def _plain(each: Named) -> dict[str, str | None]:
    return {"name": each.label, "ref": each.ref or None}
