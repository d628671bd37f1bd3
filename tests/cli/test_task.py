from __future__ import annotations

from tests.cli.conftest import Sfa


def states(sfa: Sfa) -> list[tuple[str, str, str | None]]:
    found = sfa("task", "list", "--format", "json").data["rows"]
    return [(each["subject"], each["state"], each["due"]) for each in found]


def test_a_repeating_task_says_when_it_comes_again(sfa: Sfa) -> None:
    sfa("task", "add", "Report", "--repeat", "每周五")
    said = sfa("task", "done", "Report", "--format", "json")
    assert said.code == 0
    assert [each["action"] for each in said.data["records"]] == ["done", "next"]
    assert "2026-11-27" in said.err
    assert states(sfa) == [("Report", "done", "2026-11-20"), ("Report", "open", "2026-11-27")]


def test_a_follow_up_has_its_day(sfa: Sfa) -> None:
    sfa("task", "add", "Call Bob")
    assert sfa("task", "done", "Call Bob", "--follow-up", "send offer next mon").code == 0
    assert ("send offer", "open", "2026-11-23") in states(sfa)


def test_a_task_is_put_off_in_words(sfa: Sfa) -> None:
    sfa("task", "add", "Call Bob", "--due", "2026-11-18")
    said = sfa("task", "snooze", "Call Bob", "next", "mon")
    assert said.code == 0
    assert states(sfa) == [("Call Bob", "open", "2026-11-23")]
    assert sfa("task", "snooze", "Call Bob", "someday").code == 2
    assert sfa("task", "snooze", "Call Bob", "2026-11-17").code == 2


def test_done_cancelled_and_open_again(sfa: Sfa) -> None:
    sfa("task", "add", "Call Bob")
    assert sfa("task", "cancel", "Call Bob").code == 0
    said = sfa("task", "done", "Call Bob")
    assert said.code == 3
    assert "sfa task reopen" in said.err
    assert sfa("task", "reopen", "Call Bob").code == 0
    assert sfa("task", "done", "Call Bob").code == 0
    assert states(sfa) == [("Call Bob", "done", None)]


def test_a_wrong_repeat_is_refused(sfa: Sfa) -> None:
    said = sfa("task", "add", "Report", "--repeat", "sometimes")
    assert said.code == 2
    assert "every 2 weeks" in said.err


def test_undo_takes_the_next_one_back_too(sfa: Sfa) -> None:
    sfa("task", "add", "Report", "--repeat", "daily")
    sfa("task", "done", "Report")
    assert sfa("undo").out == "Undone: Complete Report\n"
    assert states(sfa) == [("Report", "open", "2026-11-18")]
