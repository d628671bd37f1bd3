"""A deal that comes back has its past."""

from __future__ import annotations

from pathlib import Path

from sfa.services import nouns
from tests.services.acting import acting, make, rows
from tests.store.rows import add, edit


def test_the_events_of_a_deal_come_back_that_went_at_another_instant(home: Path) -> None:
    deal = make(home, "deal", name="Pumps").id
    with acting(home) as session:
        nouns.delete(session, "deal", deal)
    (event,) = rows(home, "SELECT id FROM deal_event WHERE deal_id = ?", deal)
    # Somebody else had deleted it, too, and of the events theirs is the later deletion.
    edit(home, "deal_event", str(event["id"]), deleted_at="2026-11-22T10:00:00.000Z")
    with acting(home) as session:
        nouns.restore(session, "deal", deal)
    assert rows(home, "SELECT id FROM deal_event WHERE deleted_at IS NULL") == [event]


def test_an_event_that_went_before_stays_away_where_another_comes_back(home: Path) -> None:
    deal = make(home, "deal", name="Pumps").id
    (first,) = rows(home, "SELECT * FROM deal_event WHERE deal_id = ?", deal)
    told = ("deal_id", "effective_on", "recorded_at", "stage_id", "probability_pct", "category")
    second = add(home, "deal_event", **{name: first[name] for name in told})
    edit(home, "deal_event", str(first["id"]), deleted_at="2026-11-22T10:00:00.000Z")
    with acting(home) as session:
        nouns.delete(session, "deal", deal)
    with acting(home) as session:
        nouns.restore(session, "deal", deal)
    assert rows(home, "SELECT id FROM deal_event WHERE deleted_at IS NULL") == [{"id": second}]
