from __future__ import annotations

import pytest

from sfa.fields import noun
from sfa.interchange.repeats import parse_repeat, repeat_text
from sfa.render.repeats import repeat_label
from sfa.render.values import flat_value, show_value


@pytest.mark.parametrize(
    "stored",
    [
        "daily",
        "every 3 days",
        "every weekday",
        "weekly on mon, thu",
        "every 2 weeks on fri",
        "monthly on 31",
        "every 3 months on 15",
        "yearly on 02-29",
        "every 2 years on 11-22",
        "weekly",
        "monthly",
        "yearly",
    ],
)
def test_in_english_a_rule_reads_as_it_is_stored(stored: str) -> None:
    rule = parse_repeat(stored)
    assert rule is not None
    assert repeat_label(stored) == repeat_text(rule) == stored


def test_what_is_no_rule_here_is_shown_as_it_is() -> None:
    assert repeat_label("every blue moon") == "every blue moon"


def test_a_list_shows_people_the_words_and_machines_the_stored_text() -> None:
    field = noun("task").field("repeat")
    assert field is not None
    assert show_value(field, "daily") == "daily"
    assert flat_value(field, "weekly on mon") == "weekly on mon"
