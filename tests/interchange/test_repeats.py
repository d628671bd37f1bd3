from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.interchange.repeats import Repeat, Unit, anchored, first_due, next_due, parse_repeat, repeat_text

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("daily", "daily"),
        ("Every Day", "daily"),
        ("every 2 weeks", "every 2 weeks"),
        ("every other week", "every 2 weeks"),
        ("weekly on Monday, thu", "weekly on mon, thu"),
        ("mondays and fridays", "weekly on mon, fri"),
        ("monthly", "monthly"),
        ("every month on the 15th", "monthly on 15"),
        ("last day of the month", "monthly on 31"),
        ("quarterly", "every 3 months"),
        ("yearly on 02-29", "yearly on 02-29"),
        ("every weekday", "every weekday"),
        ("每天", "daily"),
        ("每隔一天", "every 2 days"),
        ("每周", "weekly"),
        ("每周一三五", "weekly on mon, wed, fri"),
        ("每周一、周四", "weekly on mon, thu"),
        ("每两周", "every 2 weeks"),
        ("双周", "every 2 weeks"),
        ("每月15号", "monthly on 15"),
        ("每月十五号", "monthly on 15"),
        ("每月底", "monthly on 31"),
        ("每季度", "every 3 months"),
        ("每年3月1日", "yearly on 03-01"),
        ("每个工作日", "every weekday"),
    ],
)
def test_words_are_read_and_stored_as_one_plain_text(words: str, plain: str) -> None:
    rule = parse_repeat(words)
    assert rule is not None
    assert repeat_text(rule) == plain
    assert parse_repeat(plain) == rule


@pytest.mark.parametrize("words", ["", "  ", "none", "不重复"])
def test_no_words_are_no_rule(words: str) -> None:
    assert parse_repeat(words) is None


@pytest.mark.parametrize(
    "words", ["sometimes", "every 0 days", "每月40号", "yearly on 13-01", "fri day of may"]
)
def test_words_that_say_not_how_often_are_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_repeat(words)


def test_the_last_day_of_january_comes_back_after_february() -> None:
    due = date(2026, 1, 31)
    rule = anchored(Repeat(Unit.MONTH), due)
    found = []
    for _ in range(3):
        due = next_due(rule, due, today=date(2026, 1, 1))
        found.append(due)
    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_days_that_have_gone_by_are_left_out() -> None:
    rule = Repeat(Unit.WEEK, 2, weekdays=(0,))
    # From Monday 5 October every other Monday is 19 October, 2, 16 and 30 November.
    assert next_due(rule, date(2026, 10, 5), today=WEDNESDAY) == date(2026, 11, 30)


def test_what_is_done_early_comes_again_after_its_own_day() -> None:
    assert next_due(Repeat(Unit.DAY), date(2026, 11, 20), today=WEDNESDAY) == date(2026, 11, 21)


def test_weekdays_skip_the_weekend() -> None:
    friday = date(2026, 11, 20)
    assert next_due(Repeat(Unit.WORKDAY), friday, today=friday) == date(2026, 11, 23)


def test_a_leap_day_falls_on_the_last_of_february() -> None:
    rule = Repeat(Unit.YEAR, day=29, month=2)
    assert next_due(rule, date(2024, 2, 29), today=date(2024, 3, 1)) == date(2025, 2, 28)


def test_the_first_day_is_today_or_the_day_the_words_name() -> None:
    assert first_due(Repeat(Unit.WEEK), WEDNESDAY) == WEDNESDAY
    assert first_due(Repeat(Unit.WEEK, weekdays=(0,)), WEDNESDAY) == date(2026, 11, 23)
    assert first_due(Repeat(Unit.MONTH, day=15), WEDNESDAY) == date(2026, 12, 15)


RULES = st.one_of(
    st.builds(Repeat, st.sampled_from([Unit.DAY, Unit.WORKDAY]), st.just(1)),
    st.builds(Repeat, st.just(Unit.DAY), st.integers(1, 400)),
    st.builds(
        Repeat,
        st.just(Unit.WEEK),
        st.integers(1, 9),
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(Repeat, st.just(Unit.MONTH), st.integers(1, 13), day=st.integers(1, 31)),
    st.builds(
        Repeat, st.just(Unit.YEAR), st.integers(1, 3), day=st.integers(1, 28), month=st.integers(1, 12)
    ),
)


@given(RULES)
def test_a_rule_survives_being_stored(rule: Repeat) -> None:
    assert parse_repeat(repeat_text(rule)) == rule


@given(RULES, st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(-900, 900))
def test_the_next_day_is_after_both_today_and_the_day_it_was_due(rule: Repeat, due: date, late: int) -> None:
    today = due + timedelta(days=late)
    assert next_due(rule, due, today=today) > max(due, today)
