"""What a deal's row repeats of its events: the day of the latest one, and since when it stands in its stage.

Prints of the present read both from the row, one pass over an index instead of three
events a deal. Triggers on the events keep them, whoever writes: an import, undo, a replay.
"""

from __future__ import annotations

EVENTS = "deal_event"
ON_INSERT = "sfa_standing_insert"

# Events in time, as one text to compare; of those on one day the last recorded, then the greatest id.
_ORDER = "{0}.effective_on || {0}.recorded_at || {0}.id"
_NEWEST_FIRST = "{0}.effective_on DESC, {0}.recorded_at DESC, {0}.id DESC"
_OF = "{0}.deal_id = {1}.id AND {0}.deleted_at IS NULL"


def event_on(deal: str) -> str:
    """Return the subquery of the day of a deal's latest event."""
    return f"(SELECT max(v.effective_on) FROM deal_event v WHERE {_OF.format('v', deal)})"


def stage_on(deal: str) -> str:
    """Return the subquery of the day a deal entered the stage of its latest event, not to leave it."""
    stage = (
        f"(SELECT w.stage_id FROM deal_event w WHERE {_OF.format('w', deal)}"
        f" ORDER BY {_NEWEST_FIRST.format('w')} LIMIT 1)"
    )
    left = (
        f"(SELECT {_ORDER.format('o')} FROM deal_event o WHERE {_OF.format('o', deal)}"
        f" AND o.stage_id <> {stage} ORDER BY {_NEWEST_FIRST.format('o')} LIMIT 1)"
    )
    return (
        f"(SELECT min(n.effective_on) FROM deal_event n WHERE {_OF.format('n', deal)}"
        f" AND {_ORDER.format('n')} > coalesce({left}, ''))"
    )


def refreshed(condition: str) -> str:
    """Return the statement that sets both days anew for the deals under a condition."""
    return f"UPDATE deal SET event_on = {event_on('deal')}, stage_on = {stage_on('deal')} WHERE {condition}"


_PARTS = "deal_id, effective_on, recorded_at, stage_id, deleted_at"

# Of the events' side; a deal that comes after its events, as in a sync, asks for itself.
TRIGGERS = {
    ON_INSERT: (
        f"CREATE TRIGGER {ON_INSERT} AFTER INSERT ON deal_event BEGIN\n  "
        f"{refreshed('id = NEW.deal_id')};\n  END"
    ),
    "sfa_standing_update": (
        f"CREATE TRIGGER sfa_standing_update AFTER UPDATE OF {_PARTS} ON deal_event BEGIN\n  "
        f"{refreshed('id IN (OLD.deal_id, NEW.deal_id)')};\n  END"
    ),
    "sfa_standing_delete": (
        f"CREATE TRIGGER sfa_standing_delete AFTER DELETE ON deal_event BEGIN\n  "
        f"{refreshed('id = OLD.deal_id')};\n  END"
    ),
    "sfa_standing_deal": (
        f"CREATE TRIGGER sfa_standing_deal AFTER INSERT ON deal"
        f" WHEN EXISTS (SELECT 1 FROM deal_event e WHERE e.deal_id = NEW.id) BEGIN\n  "
        f"{refreshed('id = NEW.id')};\n  END"
    ),
}

# What the rows say that their events do not, for doctor.
DIFFERS = f"event_on IS NOT {event_on('deal')} OR stage_on IS NOT {stage_on('deal')}"
