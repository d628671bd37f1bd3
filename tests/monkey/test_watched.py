"""What the monkey tells of an app that hangs: enough to see why, without meeting it once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.monkey.run import Cage


@pytest.fixture
def cage(home: Path) -> Cage:
    """Return the app on an empty store, watched."""
    return Cage(home, 0)


def test_it_tells_what_the_threads_and_tasks_of_the_app_do(cage: Cage) -> None:
    try:
        cage.shown.until("Nothing is due today.")
        told = str(cage.broken("it was asked"))
    finally:
        cage.stop()
    assert told.startswith("it was asked after 0 acts")
    assert "The main thread; the process used" in told
    assert "run_forever" in told
    assert "The app: today in front, 0 pauses in drawing" in told
    assert "TodayScreen" in told
    assert "Task screen_update: " in told
    assert "Thread textual-output: " in told
    assert "Nothing is due today." in told.partition("The screen:")[2]
