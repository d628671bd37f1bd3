"""Typed text to stored value, for every kind of field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa import money
from sfa.errors import InvalidInput, msg
from sfa.fields import NOUNS, Choice, Field, Kind, noun
from sfa.i18n import tr_error
from sfa.interchange.choice_words import synonyms, words_of
from sfa.interchange.values import empty_value, parse_value, plain_decimal, split_values

TODAY = date(2026, 11, 22)  # a Sunday


def field(name: str) -> Field:
    """Return a field written as noun.field."""
    word, _, field_name = name.partition(".")
    found = noun(word).field(field_name)
    assert found is not None
    return found


def stored(
    name: str, text: str, *, currency: str = "CNY", date_format: str | None = None
) -> dict[str, object]:
    return parse_value(field(name), text, today=TODAY, currency=currency, date_format=date_format)


def refusal(name: str, text: str, **options: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        stored(name, text, **options)
    what, _, hint = tr_error(caught.value)
    return f"{what} {hint}".strip()


def test_money_fills_the_amount_and_its_currency() -> None:
    assert stored("deal.amount", "¥12,000.50") == {"amount_minor": 1_200_050, "currency": "CNY"}
    assert stored("deal.amount", "USD 1,200") == {"amount_minor": 120_000, "currency": "USD"}
    assert stored("deal.amount", "1.2万") == {"amount_minor": 1_200_000, "currency": "CNY"}


def test_money_has_the_decimals_of_its_currency() -> None:
    assert stored("deal.amount", "JPY 1200")["amount_minor"] == 1200
    assert stored("deal.amount", "BHD 1.234")["amount_minor"] == 1234
    assert refusal("deal.amount", "JPY 1.5") == "Amount: 'JPY 1.5' has more than 0 decimals."
    assert refusal("deal.amount", "1.234") == "Amount: '1.234' has more than 2 decimals."


def test_a_negative_amount_is_refused_by_name() -> None:
    assert refusal("deal.amount", "-5").startswith("Amount: -5 is below zero.")
    assert refusal("product.price", "(3)").startswith("Price: -3 is below zero.")


def test_an_amount_that_no_sum_could_hold_is_refused() -> None:
    assert "too large" in refusal("deal.amount", "99999999999999")


def test_prices_keep_six_decimals() -> None:
    assert stored("product.price", "0.004999")["unit_price_micros"] == 4999
    assert "more than 6 decimals" in refusal("product.price", "0.0000001")


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_an_amount_written_out_is_read_back(minor: int, currency: str) -> None:
    text = f"{currency} {money.from_minor(minor, currency)}"
    assert stored("deal.amount", text) == {"amount_minor": minor, "currency": currency}


def test_percentages_are_whole_and_at_most_a_hundred() -> None:
    assert stored("deal.probability", "60%") == {"probability_pct": 60}
    assert stored("deal.probability", "60") == {"probability_pct": 60}
    assert stored("deal.probability", "六成") == {"probability_pct": 60}
    assert refusal("deal.probability", "101") == "Probability: 101 is not between 0 and 100."
    assert "decimals" in refusal("deal.probability", "33.3")


@pytest.mark.parametrize("text", ["yes", "TRUE", "1", "是", "x"])
def test_yes_is_one(text: str) -> None:
    assert stored("account.no_calls", text) == {"no_calls": 1}


@pytest.mark.parametrize("text", ["no", "False", "0", "否", ""])
def test_no_is_zero(text: str) -> None:
    assert stored("account.no_calls", text) == {"no_calls": 0}


def test_a_flag_that_is_neither_is_refused() -> None:
    assert refusal("account.no_calls", "maybe") == "No calls: 'maybe' is neither yes nor no."


def test_choices_are_found_by_value_label_and_what_others_call_them() -> None:
    assert stored("lead.status", "WORKING") == {"status": "working"}
    assert stored("lead.status", "跟进中") == {"status": "working"}
    assert stored("lead.status", "Open - Not Contacted") == {"status": "new"}
    assert stored("account.kind", "End customer") == {"kind": "end-customer"}
    assert stored("activity.kind", "上门拜访") == {"kind": "visit"}


def test_an_unknown_choice_lists_what_is_allowed() -> None:
    text = refusal("lead.status", "zzz")
    assert text.startswith("Status: 'zzz' is not one of its values.")
    assert "new, working, nurturing, qualified, disqualified" in text


@pytest.mark.parametrize("each", [each for one in NOUNS.values() for each in one.fields if each.choices])
def test_no_word_means_two_values_of_one_field(each: Field) -> None:
    meanings: dict[str, set[str]] = {}
    for word, value in synonyms(each):
        meanings.setdefault(word, set()).add(value)
    own = {choice.value for choice in each.choices}
    assert {word: values for word, values in meanings.items() if len(values) > 1 and word not in own} == {}


def test_a_values_own_word_always_means_itself() -> None:
    for one in NOUNS.values():
        for each in one.fields:
            for choice in each.choices:
                assert words_of(each)[choice.value.replace("-", " ")] == choice.value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01 00:00:00", "2026-12-01"),
        ("2026-12-01T08:00:00Z", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("12月1日", "2026-12-01"),
        ("tomorrow", "2026-11-23"),
        ("明天", "2026-11-23"),
    ],
)
def test_days_are_stored_as_iso_text(text: str, day: str) -> None:
    assert stored("deal.close_date", text) == {"close_on": day}


def test_a_day_that_could_be_two_days_is_refused_until_its_shape_is_given() -> None:
    assert "is no day" in refusal("deal.close_date", "03/04/2026")
    assert stored("deal.close_date", "03/04/2026", date_format="DD/MM/YYYY") == {"close_on": "2026-04-03"}
    assert stored("deal.close_date", "03/04/2026", date_format="%m/%d/%Y") == {"close_on": "2026-03-04"}
    assert stored("deal.close_date", "2026-12-01", date_format="DD/MM/YYYY") == {"close_on": "2026-12-01"}
    assert "DD/MM/YYYY" in refusal("deal.close_date", "31/31/2026", date_format="DD/MM/YYYY")


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert refusal("task.due", "2026-02-30").startswith("Due: '2026-02-30' is no day.")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T15:30:00Z", "2026-11-22T15:30:00.000Z"),
        ("2026-11-22 15:30+08:00", "2026-11-22T07:30:00.000Z"),
        ("2026-11-22 15:30 Asia/Shanghai", "2026-11-22T07:30:00.000Z"),
        ("2026/11/22 3:30 PM UTC", "2026-11-22T15:30:00.000Z"),
        ("昨天 15:30 +08:00", "2026-11-21T07:30:00.000Z"),
    ],
)
def test_instants_are_stored_in_utc(text: str, moment: str) -> None:
    assert stored("activity.at", text) == {"at": moment}


def test_an_instant_without_a_zone_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert stored("activity.at", "2026-11-22 15:30") == {"at": "2026-11-22T07:30:00.000Z"}
        assert stored("activity.at", "下午3点") == {"at": "2026-11-22T07:00:00.000Z"}
        assert stored("lead.created", "2016-10-20") == {"created_at": "2016-10-20T04:00:00.000Z"}
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["26:00", "sometime", "2026-11-22 25:00", "2026-11-22 15:30 Mars/Base"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    assert "is no point in time" in refusal("activity.at", text)


def test_times_of_day_are_two_digits_each() -> None:
    each = Field("t", Kind.TIME, msg("Time"), "task", "due_time")
    for text, time in (("9:05", "09:05"), ("3pm", "15:00"), ("下午3点", "15:00"), ("12:00 am", "00:00")):
        assert parse_value(each, text, today=TODAY, currency="CNY") == {"due_time": time}
    with pytest.raises(InvalidInput):
        parse_value(each, "25:00", today=TODAY, currency="CNY")


def test_a_phone_keeps_its_writing_and_gets_its_digits() -> None:
    assert stored("lead.phones", "138 0013 8000") == {"value": "138 0013 8000", "digits": "13800138000"}
    assert "is no phone number" in refusal("lead.phones", "abc")


def test_an_email_must_look_like_one() -> None:
    assert stored("lead.emails", "Ann <ann@example.org>") == {"value": "ann@example.org"}
    assert "is no email address" in refusal("lead.emails", "ann")


def test_text_is_trimmed_and_held_to_one_line() -> None:
    assert stored("lead.name", "  华创\u3000\n科技 ") == {"name": "华创 科技"}
    assert stored("lead.notes", "one\r\ntwo") == {"notes": "one\ntwo"}


def test_text_with_control_characters_or_too_long_is_refused() -> None:
    assert "control characters" in refusal("lead.name", "a\x00b")
    assert "control characters" in refusal("lead.name", "a\x1b[31mb")
    assert refusal("lead.name", "x" * 201) == "Name: 201 characters are too many; 200 fit."


def test_numbers_are_held_to_their_range() -> None:
    assert stored("account.founded", "1996.0") == {"founded_year": 1996}
    assert "is not between 1000 and 9999" in refusal("account.founded", "96")
    assert "is no number" in refusal("account.founded", "ten")


def test_an_empty_text_empties_a_field_unless_it_is_needed() -> None:
    assert stored("deal.amount", "") == {"amount_minor": None, "currency": None}
    assert stored("lead.company", " ") == {"company": None}
    assert refusal("lead.name", "") == "Name: a value is needed."
    assert empty_value(field("account.no_calls")) == {"no_calls": 0}


def test_links_are_for_whoever_has_the_store() -> None:
    with pytest.raises(ValueError, match="parent"):
        stored("account.parent", "Acme")


def test_declared_fields_are_stored_as_text() -> None:
    def declared(kind: Kind, text: str) -> object:
        choices = (Choice("Blue", msg("Blue")), Choice("Red", msg("Red")))
        each = Field("x", kind, msg("X"), "custom_value", "value", choices=choices, custom_id="f")
        return parse_value(each, text, today=TODAY, currency="CNY")["value"]

    assert declared(Kind.QUANTITY, "1,100.040") == "1100.04"
    assert declared(Kind.QUANTITY, "-3") == "-3"
    assert declared(Kind.DAY, "tomorrow") == "2026-11-23"
    assert declared(Kind.FLAG, "yes") == "1"
    assert declared(Kind.CHOICE, "blue") == "Blue"
    assert declared(Kind.TEXT, " free ") == "free"
    with pytest.raises(InvalidInput):
        declared(Kind.CHOICE, "green")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_plain_decimal_is_the_same_number_without_trailing_zeros(number: Decimal) -> None:
    text = plain_decimal(number)
    assert Decimal(text) == number
    assert not ("." in text and text.endswith("0"))


def test_the_values_of_a_cell_are_split_as_their_field_needs() -> None:
    assert split_values(field("lead.phones"), "13800138000/13900139000") == ["13800138000", "13900139000"]
    assert split_values(field("lead.addresses"), "1 Main St, Leeds; 2 High St") == [
        "1 Main St, Leeds",
        "2 High St",
    ]
    assert split_values(field("lead.tags"), "vip, east") == ["vip", "east"]
