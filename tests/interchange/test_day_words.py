from __future__ import annotations

from calendar import monthrange
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.interchange.day_words import find_days, parse_day

WEDNESDAY = date(2026, 11, 18)
ORDINARY_DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-18"),
        ("Tomorrow", "2026-11-19"),
        ("tmrw", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("yesterday", "2026-11-17"),
        ("fri", "2026-11-20"),
        ("by friday", "2026-11-20"),
        ("wed", "2026-11-25"),
        ("next tue", "2026-11-24"),
        ("next fri", "2026-11-27"),
        ("this mon", "2026-11-16"),
        ("last friday", "2026-11-13"),
        ("thurs next week", "2026-11-26"),
        ("next week", "2026-11-23"),
        ("in 3 days", "2026-11-21"),
        ("in two weeks", "2026-12-02"),
        ("in a fortnight", "2026-12-02"),
        ("a month from now", "2026-12-18"),
        ("in 3 working days", "2026-11-23"),
        ("2 days ago", "2026-11-16"),
        ("25 Nov", "2026-11-25"),
        ("Nov 25th", "2026-11-25"),
        ("3 Nov", "2026-11-03"),
        ("15 January", "2027-01-15"),
        ("1 Feb 2027", "2027-02-01"),
        ("mon 30 nov", "2026-11-30"),
        ("11/25", "2026-11-25"),
        ("25/11", "2026-11-25"),
        ("24.11.", "2026-11-24"),
        ("31.03.2027", "2027-03-31"),
        ("2026-11-25", "2026-11-25"),
        ("2026/1/5", "2026-01-05"),
        ("20261125", "2026-11-25"),
        ("the 24th", "2026-11-24"),
        ("end of month", "2026-11-30"),
        ("EOW", "2026-11-20"),
        ("end of next quarter", "2027-03-31"),
        ("end of january", "2027-01-31"),
        ("xmas", "2026-12-25"),
        ("+3d", "2026-11-21"),
        ("2w", "2026-12-02"),
        ("-1m", "2026-10-18"),
        ("fri 3pm", "2026-11-20"),
        ("今天", "2026-11-18"),
        ("明天", "2026-11-19"),
        ("后天", "2026-11-20"),
        ("大后天", "2026-11-21"),
        ("昨天", "2026-11-17"),
        ("大前天", "2026-11-15"),
        ("周五", "2026-11-20"),
        ("周五前", "2026-11-20"),
        ("这周五", "2026-11-20"),
        ("下周三", "2026-11-25"),
        ("下下周一", "2026-11-30"),
        ("上周五", "2026-11-13"),
        ("礼拜天", "2026-11-22"),
        ("星期二", "2026-11-24"),
        ("周末", "2026-11-21"),
        ("三天后", "2026-11-21"),
        ("两周后", "2026-12-02"),
        ("半个月后", "2026-12-03"),
        ("3个月内", "2027-02-18"),
        ("三天前", "2026-11-15"),
        ("下个月5号", "2026-12-05"),
        ("下月底", "2026-12-31"),
        ("月底", "2026-11-30"),
        ("年底前", "2026-12-31"),
        ("本周内", "2026-11-20"),
        ("11月25日", "2026-11-25"),
        ("十一月二十五号", "2026-11-25"),
        ("2026年11月25日", "2026-11-25"),
        ("明年1月5号", "2027-01-05"),
        ("25号", "2026-11-25"),
        ("5号", "2026-12-05"),
        ("20日前", "2026-11-20"),
        ("11月25日（周三）", "2026-11-25"),
        ("下周三下午3点", "2026-11-25"),
        ("１１月２５日", "2026-11-25"),
        ("11-25", "2026-11-25"),
    ],
)
def test_whole_text_is_read_as_its_day(text: str, day: str) -> None:
    assert parse_day(text, today=WEDNESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "abc",
        "no",
        "3",
        "may",
        "31/2",
        "2026-02-30",
        "24/7",
        "15:30",
        "3pm",
        "in december",
        "1月",
        "fri or mon",
        "fridge",
        "monkey",
        "25 Novak",
        "every 3 days",
        "三号产线",
        "目前",
        "一周",
        "call fri",
        "03/04",
        "04/03/2026",
        "2027",
        "100",
        "两天",
        "每周五",
    ],
)
def test_what_names_no_single_day_is_refused(text: str) -> None:
    assert parse_day(text, today=WEDNESDAY) is None


def test_figures_are_read_month_first_for_chinese_and_doubted_in_english() -> None:
    assert parse_day("03/04", today=WEDNESDAY, language_hint="zh") == date(2027, 3, 4)
    [mention] = find_days("call 03/04", today=WEDNESDAY)
    assert mention.doubtful
    assert not find_days("3/4再约", today=WEDNESDAY)[0].doubtful


@pytest.mark.parametrize(
    ("text", "words", "day", "at"),
    [
        ("ring 3pm fri please", "3pm fri", "2026-11-20", "15:00"),
        ("demo 2 Dec 10:30 sharp", "2 Dec 10:30", "2026-12-02", "10:30"),
        ("come thurs next week 11am", "thurs next week 11am", "2026-11-26", "11:00"),
        ("nudge on 1 December at 9", "1 December at 9", "2026-12-01", "09:00"),
        ("quote by tmr noon", "tmr noon", "2026-11-19", "12:00"),
        ("friday morning call", "friday morning", "2026-11-20", None),
        ("约下周四上午10点见面", "下周四上午10点", "2026-11-26", "10:00"),
        ("前天上午十点半在现场", "前天上午十点半", "2026-11-16", "10:30"),
        ("明早8点到", "明早8点", "2026-11-19", "08:00"),
        ("大后天下午三点去讲", "大后天下午三点", "2026-11-21", "15:00"),
        ("晚上八点打了zoom", "晚上八点", "2026-11-18", "20:00"),
        ("下午1点半拜访", "下午1点半", "2026-11-18", "13:30"),
        ("pm2:30 拜访", "pm2:30", "2026-11-18", "14:30"),
        ("2-4pm at their place", "2-4pm", "2026-11-18", "14:00"),
        ("明天三点一刻", "明天三点一刻", "2026-11-19", "15:15"),
    ],
)
def test_time_beside_a_day_belongs_to_it(text: str, words: str, day: str, at: str | None) -> None:
    [mention] = find_days(text, today=WEDNESDAY)
    assert text[mention.start : mention.end] == words
    assert mention.day == date.fromisoformat(day)
    assert mention.time == (time.fromisoformat(at) if at else None)


def test_two_days_in_a_line_are_two_mentions_in_order() -> None:
    found = find_days("报价明天给，合同下周一签", today=WEDNESDAY)
    assert [one.day for one in found] == [date(2026, 11, 19), date(2026, 11, 23)]


def test_weekday_told_of_the_past_is_the_last_one() -> None:
    [mention] = find_days("周一去的大连", today=WEDNESDAY)
    assert (mention.day, mention.past_day) == (date(2026, 11, 23), date(2026, 11, 16))


def test_weekday_that_is_not_the_dates_weekday_raises_a_doubt() -> None:
    assert find_days("mon 25 nov", today=WEDNESDAY)[0].doubtful
    assert not find_days("wed 25 nov", today=WEDNESDAY)[0].doubtful


def test_past_forms_say_so() -> None:
    words = ("yesterday", "last tue", "3 days ago", "昨天", "上周三", "两周前")
    assert all(find_days(word, today=WEDNESDAY)[0].is_past_form for word in words)
    assert not any(find_days(word, today=WEDNESDAY)[0].is_past_form for word in ("fri", "today", "周五"))


def test_prices_counts_and_names_are_no_days() -> None:
    lines = (
        "price 12.50 each, 38.50 for sets, 1.2m total, net 60, 50/50 split, 15-20k",
        "Sun Hydraulics sat with us, 2 may be late, 3rd visit, 2nd machine",
        "付款3-6-1，价格2.3元，降3个点，3号线停，第二轮，预算38.6万，一周三次",
    )
    assert [find_days(line, today=WEDNESDAY) for line in lines] == [[], [], []]


@given(st.text(max_size=80), st.dates())
def test_any_text_on_any_day_is_read_without_an_error(text: str, today: date) -> None:
    mentions = find_days(text, today=today)
    parse_day(text, today=today)
    ends = [0, *(one.end for one in mentions)]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, mentions, strict=False))


_WORDS = ["fri", "下周三", "in 999 years", "31/12", "29 feb", "+", "3", "月", "日", " ", "号", "next", "week"]
_MORE = [
    "at",
    "3pm",
    "年底",
    "半",
    "点",
    "上午",
    "个",
    "后",
    "前",
    "ago",
    "-",
    "12",
    "weeks",
    "99",
    "十",
    ":",
]


@given(st.lists(st.sampled_from(_WORDS + _MORE), max_size=8), st.dates(), st.sampled_from(["", " "]))
def test_any_mixture_of_day_words_is_read_without_an_error(words: list[str], today: date, gap: str) -> None:
    text = gap.join(words)
    for mention in find_days(text, today=today):
        assert 0 <= mention.start < mention.end <= len(text)
    parse_day(text, today=today)


@given(ORDINARY_DAYS, st.integers(1, 300))
def test_days_ahead_and_back_agree_with_arithmetic(today: date, count: int) -> None:
    ahead, back = today + timedelta(days=count), today - timedelta(days=count)
    for text in (f"in {count} days", f"+{count}d", f"{count}天后", f"{count}天内"):
        assert parse_day(text, today=today) == ahead
    for text in (f"{count} days ago", f"-{count}d", f"{count}天前"):
        assert parse_day(text, today=today) == back


@given(ORDINARY_DAYS, st.integers(0, 6))
def test_weekdays_fall_in_the_week_they_name(today: date, weekday: int) -> None:
    english = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[weekday]
    monday = today - timedelta(days=today.weekday())
    bare = parse_day(english, today=today)
    assert bare == parse_day(f"周{'一二三四五六日'[weekday]}", today=today)
    assert bare is not None
    assert bare.weekday() == weekday
    assert timedelta(0) < bare - today <= timedelta(7)
    for weeks, words in (
        (0, f"this {english}"),
        (1, f"next {english}"),
        (1, f"下周{'一二三四五六日'[weekday]}"),
    ):
        assert parse_day(words, today=today) == monday + timedelta(days=7 * weeks + weekday)


@given(ORDINARY_DAYS, ORDINARY_DAYS)
def test_full_dates_are_read_in_every_writing(today: date, day: date) -> None:
    for text in (
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d %b %Y}",
    ):
        assert parse_day(text, today=today) == day
        [mention] = find_days(f"给王总 {text}。", today=today)
        assert mention.day == day


@given(ORDINARY_DAYS)
def test_months_end_on_their_last_day(today: date) -> None:
    last = today.replace(day=monthrange(today.year, today.month)[1])
    assert parse_day("月底", today=today) == parse_day("end of month", today=today) == last


@given(ORDINARY_DAYS, st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_days_without_a_year_are_near(today: date, day: date) -> None:
    found = parse_day(f"{day.month}月{day.day}日", today=today)
    assert found is not None
    assert (found.month, found.day) == (day.month, day.day)
    assert found >= today - timedelta(days=90)
