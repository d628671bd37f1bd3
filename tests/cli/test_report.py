"""sfa report, as it is typed."""

from __future__ import annotations

from tests.cli.conftest import Sfa


def test_the_funnel_of_an_empty_store_says_what_to_do(sfa: Sfa) -> None:
    said = sfa("report", "funnel", "--format", "table")
    assert said.code == 0
    assert "No deal came in this time." in said.out
    assert "--period all" in said.err


def test_the_funnel_by_person_and_period(sfa: Sfa) -> None:
    sfa("deal", "add", "Pumps", "--amount", "200 USD")
    sfa("deal", "add", "Valves")
    sfa("deal", "lose", "Valves", "--reason", "price")
    found = sfa("report", "funnel", "--format", "json").data
    assert (found["period"]["name"], found["entered"], found["funnels"][0]["lost"]) == ("2026", 2, 1)
    assert sfa("report", "funnel", "--period", "last-year", "--format", "json").data["entered"] == 0
    assert sfa("report", "funnel", "--period", "all", "--format", "json").data["period"] is None
    assert sfa("report", "funnel", "--owner", "me", "--format", "json").data["entered"] == 2
    assert "█" in sfa("report", "funnel", "--chart", "--format", "table").out
    assert sfa("report", "funnel", "--by", "month", "--format", "tsv").out.count("2026-11") == 1


def test_the_activity_of_a_week(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("visit", "add", "--account", "Acme", "--at", "2026-11-17 09:00", "--outcome", "met")
    found = sfa("report", "activity", "--period", "this-week", "--per", "day", "--format", "json").data
    assert [each["visits"] for each in found["spans"]] == [0, 1, 0]  # up to today, a Wednesday
    assert found["total"]["visits"] == 1
    assert "Activity: 1 visit, 0 calls" in sfa("report", "activity", "--format", "table").out


def test_bad_input_says_what_is_possible(sfa: Sfa) -> None:
    for arguments, hint in (
        (("funnel", "--by", "colour"), "owner, manager"),
        (("activity", "--per", "hour"), "day, week"),
        (("activity", "--by", "sector"), "owner, manager, team"),
        (("activity", "--period", "whenever"), "this-quarter"),
        (("activity", "--period", "2000..2026", "--per", "day"), "400"),
    ):
        said = sfa("report", *arguments)
        assert said.code == 2, arguments
        assert hint in said.err
    assert sfa("report", "funnel", "--owner", "nobody").code == 1


def test_the_pipeline_as_a_chart_is_not_kept_for_comparison(sfa: Sfa) -> None:
    sfa("deal", "add", "Pumps", "--amount", "200 USD")
    assert "█" in sfa("pipeline", "--chart", "--format", "table").out
    assert sfa("pipeline", "--format", "json").data["last_print"] is None
