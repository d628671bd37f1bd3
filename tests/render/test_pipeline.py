"""The print: its layout, its footnotes, and what machines read from it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sfa.finding.periods import period_of
from sfa.render.cells import cell_width
from sfa.render.pipeline import pipeline_text
from sfa.reports.pipeline import (
    Block,
    CategoryLine,
    Changes,
    DealLine,
    Gaps,
    GroupLine,
    LastPrint,
    Movement,
    PipelineReport,
    Scope,
    StageLine,
    Tally,
    UsedRate,
)

TODAY = date(2017, 12, 31)
NOW = datetime(2017, 12, 31, 10, 5, tzinfo=UTC)
DEAL = DealLine(
    deal_id="d1",
    ref="7kx2mpq4v8ab",
    name="华创科技 – 数据中心 | 二期",
    account="华创科技",
    owner="王小明",
    stage="商务谈判",
    amount=1_200_050,
    currency="CNY",
    close_on="2018-01-15",
    next_step="下周一与采购总监确认付款条件和交付周期",
)
BLOCK = Block(
    currency="CNY",
    open=Tally(2, 1_200_050),
    weighted=600_025,
    won=Tally(1, 500_000),
    lost=Tally(1, 0),
    stages=(StageLine("s1", "商务谈判", "", Tally(2, 1_200_050), 600_025, 12),),
    categories=(
        CategoryLine("pipeline", Tally(2, 1_200_050), 1_700_050),
        CategoryLine("closed", Tally(1, 500_000), 500_000),
    ),
    groups=(GroupLine("u1", "王小明", Tally(2, 1_200_050), 600_025, Tally(1, 500_000), Tally(1, 0), ()),),
    quarters=(("2017Q4", Tally(1, 500_000)),),
    movement=Movement(Tally(1, 10_000), Tally(), Tally(1, 500_000), Tally()),
    changes=Changes(Tally(-1, -20_000), 100, Tally(1, 500_000), Tally()),
    top=(DEAL,),
    stale=Tally(1, 1_200_050),
    stale_deals=(replace(DEAL, quiet_days=40),),
)
REPORT = PipelineReport(
    scope=Scope(as_of=TODAY),
    deals=4,
    blocks=(BLOCK,),
    gaps=Gaps(no_account=1, no_amount=1, no_close_date=1, overdue=0),
    rates=(),
    unconverted=(),
    currency="CNY",
    stale_days=30,
    data_at="2017-12-31T10:00:00.000Z",
    last_print=LastPrint("2017-12-24T09:00:00.000Z", "2017-12-24", {}),
)


def text_of(report: PipelineReport = REPORT, fmt: str = "table", *, bold: bool = False) -> str:
    """Return the print at 80 columns."""
    return pipeline_text(report, fmt, now=NOW, today=TODAY, width=80, bold=bold)


def test_the_print_fits_eighty_columns_with_chinese_in_it() -> None:
    assert all(cell_width(line) <= 80 for line in text_of().splitlines())


def test_columns_line_up_under_chinese_names() -> None:
    lines = text_of().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Open deals by stage"))
    stage, whole = lines[at + 3], lines[at + 4]
    assert stage.startswith("商务谈判")
    assert cell_width(stage[: stage.index("12,000")]) == cell_width(whole[: whole.index("12,000")])


def test_the_header_says_team_period_day_age_currency_and_filter() -> None:
    period = period_of("2017Q4", today=TODAY)
    scope = Scope(as_of=TODAY, period=period, pipeline_id="p", pipeline_name="Key accounts", known_on=TODAY)
    shown = " ".join(text_of(replace(REPORT, scope=scope)).split("\n\n")[0].split())
    for part in (
        "as of 2017-12-31 (today)",
        "Team: everybody",
        "Period: 2017Q4 (2017-10-01 – 2017-12-31)",
        "Currency: CNY",
        "Filter: pipeline Key accounts, known on 2017-12-31",
        "(5 minutes ago)",
    ):
        assert part in shown


def test_every_footnote_that_is_pointed_to_is_there_once() -> None:
    lines = text_of().splitlines()
    notes = [line[:3] for line in lines if line.startswith("[")]
    marks = {f"[{number}]" for number in range(1, len(notes) + 1)}
    titles = "".join(line for line in lines if line.endswith("]"))
    assert set(notes) == marks
    assert all(mark in titles for mark in marks)


def test_changes_since_the_last_print_carry_their_sign() -> None:
    shown = text_of()
    assert "Since the print of" in shown
    assert [line.split()[-2:] for line in shown.splitlines() if line.startswith("Change of")] == [
        ["-1", "-200"],
        ["amount", "+1"],
        ["+1", "+5,000"],
    ]


def test_currencies_are_printed_apart_and_rates_are_named() -> None:
    euros = replace(BLOCK, currency="EUR")
    rate = UsedRate("JPY", "CNY", "2017-12-01", 48_000)
    shown = text_of(replace(REPORT, blocks=(BLOCK, euros), unconverted=("EUR",), rates=(rate,)))
    assert "== CNY ==" in shown
    assert "== EUR ==" in shown
    assert "JPY at 0.048 CNY, the rate of 2017-12-01." in shown
    assert "Kept apart for want of a rate into CNY: EUR." in shown


def test_titles_are_bold_on_a_terminal_only() -> None:
    assert "\x1b[1mForecast" in text_of(bold=True)
    assert "\x1b" not in text_of()


def test_markdown_escapes_the_pipe_in_a_name() -> None:
    shown = text_of(fmt="md")
    assert shown.startswith("# Pipeline as of 2017-12-31")
    assert "数据中心 \\| 二期" in shown


def test_json_has_the_figures_at_the_top_when_there_is_one_currency() -> None:
    found = json.loads(text_of(fmt="json"))
    assert found["schema"] == "sfa.pipeline.print/1"
    assert found["deals"] == 4
    assert found["won"] == {"count": 1, "amount": "5000.00", "currency": "CNY"}
    assert found["without_account"] == 1
    assert {stage["name"]: stage["count"] for stage in found["stages"]} == {"商务谈判": 2}
    (group,) = found["groups"]
    assert (group["name"], group["won"]["amount"], group["open"]["weighted"]) == (
        "王小明",
        "5000.00",
        "6000.25",
    )
    assert found["won_by_quarter"] == [
        {"quarter": "2017Q4", "count": 1, "amount": "5000.00", "currency": "CNY"}
    ]
    assert found["stale"]["deals"][0]["quiet_days"] == 40


def test_json_never_adds_currencies() -> None:
    found = json.loads(text_of(replace(REPORT, blocks=(BLOCK, replace(BLOCK, currency="EUR"))), "json"))
    assert found["won"] == {"count": 2, "amount": None, "currency": None}
    assert [block["currency"] for block in found["blocks"]] == ["CNY", "EUR"]
    assert "stages" not in found


@pytest.mark.parametrize("fmt", ["tsv", "csv"])
def test_flat_rows_name_their_section(fmt: str) -> None:
    reader = csv.DictReader(
        io.StringIO(text_of(fmt=fmt), newline=""), delimiter="\t" if fmt == "tsv" else ","
    )
    rows = {(row["section"], row["name"]): row for row in reader}
    assert rows["total", "won"]["amount"] == "5000.00"
    assert rows["stage", "商务谈判"]["average_days"] == "12"
    assert rows["group_won", "王小明"]["count"] == "1"
    assert rows["missing", "account"]["count"] == "1"
    assert rows["top_deal", DEAL.name]["owner"] == "王小明"
