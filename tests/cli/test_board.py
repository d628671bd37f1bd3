"""sfa pipeline board, as it is typed."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cli.conftest import Sfa


@pytest.fixture
def two(sfa: Sfa) -> Sfa:
    """Return what runs a command on a store with two open deals, one late, and one that was won."""
    sfa("account", "add", "华创科技")
    sfa(
        "deal",
        "add",
        "Acme – GTX",
        "--amount",
        "200 USD",
        "--close-date",
        "2026-11-08",
        "--next-step",
        "Call",
    )
    sfa("deal", "add", "华创水泵", "--account", "华创科技", "--stage", "Proposal")
    sfa("deal", "add", "Old", "--amount", "50 USD")
    sfa("deal", "win", "Old")
    return sfa


def test_a_table_has_the_stages_with_their_totals_and_what_was_closed(two: Sfa) -> None:
    said = two("pipeline", "board", "--format", "table")
    assert said.code == 0
    assert "Board of Standard · everybody's deals" in said.out
    assert "Prospecting 10% · 1 · 200 USD · weighted 20 USD" in said.out
    assert "10d late" in said.out
    assert "no step" in said.out
    assert "Won 2026Q4 · 1 · 50 USD" in said.out
    assert "Lost 2026Q4 · 0" in said.out


def test_json_keeps_every_currency_apart(two: Sfa) -> None:
    data = two("pipeline", "board", "--format", "json").data
    assert data["schema"] == "sfa.pipeline.board/1"
    assert data["count"] == 2
    assert data["sums"] == [{"amount": "200.00", "weighted": "20.00", "currency": "USD"}]
    first, _, third, _ = data["stages"]
    assert (first["deals"][0]["days_late"], first["deals"][0]["amount"]) == (10, "200.00")
    assert (third["name"], third["deals"][0]["account"], third["deals"][0]["amount"]) == (
        "Proposal",
        "华创科技",
        None,
    )
    assert (data["won"]["count"], data["won"]["sums"][0]["amount"]) == (1, "50.00")


def test_lines_for_machines_have_a_deal_each(two: Sfa) -> None:
    rows = list(csv.DictReader(io.StringIO(two("pipeline", "board", "--format", "csv").out)))
    assert [(row["stage"], row["name"], row["amount"], row["currency"]) for row in rows] == [
        ("Prospecting", "Acme – GTX", "200.00", "USD"),
        ("Proposal", "华创水泵", "", ""),
    ]
    assert len(two("pipeline", "board", "--format", "tsv").lines) == 2


def test_markdown_has_a_heading_a_stage(two: Sfa) -> None:
    said = two("pipeline", "board", "--format", "md").out
    assert said.startswith("# Board of Standard\n")
    assert "\n## Proposal 50% · 1\n" in said
    assert "| 华创水泵 | 华创科技 | no amount |" in said


def test_deals_are_narrowed_by_owner_filter_and_number(two: Sfa) -> None:
    two("user", "add", "Ben")
    assert two("pipeline", "board", "--owner", "Ben", "--format", "json").data["count"] == 0
    assert two("pipeline", "board", "--owner", "me", "--format", "json").data["count"] == 2
    assert two("pipeline", "board", "--where", "amount>100", "--format", "json").data["count"] == 1
    cut = two("pipeline", "board", "--limit", "0", "--format", "json").data
    assert (cut["count"], cut["stages"][0]["deals"]) == (2, [])
    assert "no open deals here" in two("pipeline", "board", "--owner", "Ben", "--format", "table").err


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (("--owner", "me", "--team"), 2, "together"),
        (("--team",), 2, "in no team"),
        (("--pipeline", "nowhere"), 1, "nowhere"),
        (("--where", "colour=red"), 2, "colour"),
        (("--format", "pdf"), 2, "pdf"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    two: Sfa, options: tuple[str, ...], code: int, why: str
) -> None:
    said = two("pipeline", "board", *options)
    assert (said.code, said.out) == (code, "")
    assert why in said.err
