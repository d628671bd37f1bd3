from __future__ import annotations

import pytest

from tests.cli.conftest import Sfa


@pytest.fixture
def ref(sfa: Sfa) -> str:
    """Return the reference of a visit planned for Friday."""
    sfa("account", "add", "Acme")
    said = sfa("visit", "add", "--account", "Acme", "--at", "2026-11-20 10:00", "--format", "json")
    return str(said.data["ref"])


def shown(sfa: Sfa, ref: str) -> dict[str, object]:
    found: dict[str, object] = sfa("visit", "show", ref, "--format", "json").data
    return found


def test_a_visit_ahead_is_planned_then_takes_place(sfa: Sfa, ref: str) -> None:
    assert shown(sfa, ref)["state"] == "planned"
    assert sfa("visit", "checkin", ref).code == 0
    assert sfa("visit", "checkout", ref).code == 0
    done = sfa("visit", "done", ref, "--outcome", "liked it", "--next-step", "send offer", "--next-on", "mon")
    assert done.code == 0
    visit = shown(sfa, ref)
    assert (visit["state"], visit["outcome"], visit["minutes"]) == ("done", "liked it", 0)
    (task,) = sfa("task", "list", "--format", "json").data["rows"]
    assert (task["subject"], task["due"]) == ("send offer", "2026-11-23")
    (account,) = sfa("account", "list", "--format", "json").data["rows"]
    assert account["next_follow_up"] == "2026-11-23"


def test_a_place_without_a_reason_is_refused(sfa: Sfa, ref: str) -> None:
    said = sfa("visit", "checkin", ref, "--place", "Gate 3")
    assert said.code == 2
    assert "--reason" in said.err
    assert sfa("visit", "checkin", ref, "--place", "Gate 3", "--reason", "no signal").code == 0


def test_a_cancelled_visit_does_not_take_place(sfa: Sfa, ref: str) -> None:
    assert sfa("visit", "cancel", ref).code == 0
    assert sfa("visit", "done", ref).code == 3


def test_comments_are_shown_with_the_visit(sfa: Sfa, ref: str) -> None:
    assert sfa("visit", "comment", ref, "bring", "samples").code == 0
    assert sfa("activity", "comment", ref, "done").code == 0
    assert "bring samples" in sfa("visit", "show", ref, "--format", "table").out
    said = sfa("visit", "history", ref, "--format", "json")
    added = [each["after"] for entry in said.data["entries"] for each in entry["fields"]]
    assert "bring samples" in added


def test_add_and_edit_take_the_day_of_the_next_step(sfa: Sfa, ref: str) -> None:
    said = sfa("visit", "add", "--account", "Acme", "--next-step", "call", "--next-on", "tomorrow 3pm")
    assert said.code == 0
    (task,) = sfa("task", "list", "--format", "json").data["rows"]
    assert (task["due"], task["due_time"]) == ("2026-11-19", "15:00")
    assert sfa("visit", "edit", ref, "--next-on", "fri").code == 2
    assert sfa("visit", "edit", ref, "--next-step", "call", "--next-on", "fri").code == 0
    assert sfa("visit", "edit", ref).code == 2
