from __future__ import annotations

from datetime import date, time

import pytest

from sfa.interchange.follow_ups import FollowUp, read_follow_up

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("call back fri 3pm", FollowUp("call back", date(2026, 11, 20), time(15))),
        ("tomorrow call", FollowUp("call", date(2026, 11, 19))),
        ("周五前发报价", FollowUp("发报价", date(2026, 11, 20))),
        ("call back", FollowUp("call back")),
        ("fri", FollowUp("fri", date(2026, 11, 20))),
        ("", FollowUp("")),
    ],
)
def test_a_day_at_either_end_is_the_day_it_is_due(words: str, found: FollowUp) -> None:
    assert read_follow_up(words, today=WEDNESDAY) == found


def test_a_day_in_the_middle_stays_in_the_text() -> None:
    found = read_follow_up("先周一寄样品再说", today=WEDNESDAY)
    assert found == FollowUp("先周一寄样品再说", date(2026, 11, 23))
