"""sfa today, as it is typed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Sfa
from tests.services.acting import rows
from tests.services.hearing import heard


def test_what_sync_brought_is_shown_until_it_is_seen(sfa: Sfa, home: Path) -> None:
    sfa("deal", "add", "Pumps", "--next-step", "call")
    sfa("user", "add", "Ben")
    deal = str(rows(home, "SELECT id FROM deal")[0]["id"])
    ben = str(rows(home, "SELECT id FROM user WHERE name = 'Ben'")[0]["id"])
    heard(home, "deal", deal, author=ben, name="Win {label}")
    for _ in range(2):  # looking is not seeing
        said = sfa("today", "--format", "table")
        assert "Changed by others, as sync brought it (1)" in said.out
        assert "Ben: Win Pumps" in said.out
    said = sfa("today", "--seen", "--format", "table")
    assert "Ben: Win Pumps" in said.out
    assert "is seen" in said.err
    assert "Changed by others" not in sfa("today", "--format", "table").out
    assert sfa("undo").code == 0  # it is no change that undo offers: this takes Ben back
    assert rows(home, "SELECT name FROM user WHERE name = 'Ben' AND deleted_at IS NULL") == []


def test_machines_get_the_same_sections_on_every_day(sfa: Sfa) -> None:
    found = sfa("today", "--format", "json").data
    for kind in ("tasks", "visits", "decisions", "brought", "team_visits", "team_deals", "week"):
        assert found[kind] == {"total": 0, "entries": []}
