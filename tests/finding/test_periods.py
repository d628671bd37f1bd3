"""The names of periods and the days they span."""

from __future__ import annotations

from datetime import date

import pytest

from sfa.errors import InvalidInput
from sfa.finding.periods import month_quarter, period_of, quarter_of

TODAY = date(2017, 11, 22)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2017Q4", "2017-10-01", "2017-12-31", "2017Q4"),
        ("2017-q1", "2017-01-01", "2017-03-31", "2017Q1"),
        ("Q2", "2017-04-01", "2017-06-30", "2017Q2"),
        ("2017-11", "2017-11-01", "2017-11-30", "2017-11"),
        ("2016-2", "2016-02-01", "2016-02-29", "2016-02"),  # a leap year
        ("2017", "2017-01-01", "2017-12-31", "2017"),
        ("2017-W48", "2017-11-27", "2017-12-03", "2017-W48"),
        ("2017-11-30", "2017-11-30", "2017-11-30", "2017-11-30"),
        ("this-quarter", "2017-10-01", "2017-12-31", "2017Q4"),
        ("next quarter", "2018-01-01", "2018-03-31", "2018Q1"),
        ("last-month", "2017-10-01", "2017-10-31", "2017-10"),
        ("this-week", "2017-11-20", "2017-11-26", "2017-W47"),
        ("last-year", "2016-01-01", "2016-12-31", "2016"),
        ("today", "2017-11-22", "2017-11-22", "2017-11-22"),
        ("nov", "2017-11-01", "2017-11-30", "2017-11"),
        ("September 2016", "2016-09-01", "2016-09-30", "2016-09"),
        ("2018 feb", "2018-02-01", "2018-02-28", "2018-02"),
        ("3月", "2017-03-01", "2017-03-31", "2017-03"),
        ("上季度", "2017-07-01", "2017-09-30", "2017Q3"),
        ("本月", "2017-11-01", "2017-11-30", "2017-11"),
        ("去年", "2016-01-01", "2016-12-31", "2016"),
        ("2017Q1..2017Q3", "2017-01-01", "2017-09-30", "2017Q1..2017Q3"),
    ],
)
def test_a_period_spans_its_days(text: str, start: str, end: str, label: str) -> None:
    found = period_of(text, today=TODAY)
    assert (found.start.isoformat(), found.end.isoformat(), found.label) == (start, end, label)


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2017", "2017-04-01", "2018-03-31", "2017"),
        ("2017Q4", "2018-01-01", "2018-03-31", "2017Q4"),
        ("this-quarter", "2017-10-01", "2017-12-31", "2017Q3"),
        ("last-year", "2016-04-01", "2017-03-31", "2016"),
        ("2017-11", "2017-11-01", "2017-11-30", "2017-11"),
    ],
)
def test_years_and_quarters_follow_a_fiscal_year_from_april(
    text: str, start: str, end: str, label: str
) -> None:
    found = period_of(text, today=TODAY, fiscal_start=4)
    assert (found.start.isoformat(), found.end.isoformat(), found.label) == (start, end, label)


def test_a_day_before_the_fiscal_year_begins_belongs_to_the_year_before() -> None:
    assert quarter_of(date(2018, 1, 15), 4).label == "2017Q4"
    assert month_quarter("2018-04", 4) == "2018Q1"


@pytest.mark.parametrize(
    "text", ["", "2017Q5", "2017-13", "2017-W60", "soon", "2017-02-30", "2017Q2..2017Q1", "0000"]
)
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        period_of(text, today=TODAY)
