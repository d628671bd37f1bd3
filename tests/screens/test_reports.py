"""The place Reports: which report, which period, which grouping, tables and charts, saving."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sfa import i18n
from sfa.cli.run import run
from sfa.finding.period_steps import SIZES, moved, period_around
from sfa.finding.periods import period_of
from sfa.render.cells import cell_width
from sfa.screens import asking_reports as asking
from sfa.screens.app import SfaApp
from sfa.screens.reports import ReportsScreen
from sfa.screens.widgets.report_text import ReportText
from tests.conftest import Made
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, make


@pytest.fixture
def sold(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with deals and visits, on Wednesday 18 November."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    return made(_sold)


def _sold(home: Path) -> None:
    make(home, "account", name="华创科技", tier="key")
    make(home, "deal", name="Pumps", account="华创科技", amount="12000")
    make(home, "deal", name="Valves", amount="500")
    for day in ("2026-11-03", "2026-11-17", "2026-11-18"):
        make(home, "visit", account="华创科技", at=f"{day} 09:00", outcome="met", state="done")
    make(home, "activity", kind="call", account="华创科技", at="2026-10-20 09:00", state="done")


def shown(app: object) -> str:
    """Return the whole report, what is scrolled out of sight too."""
    return str(app.screen.query_one(ReportText).text)  # type: ignore[attr-defined]


async def test_the_numbers_change_the_report_and_each_keeps_how_it_was_looked_at(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("2")
        await until(pilot, lambda: "Funnel: 2 deals came in" in shown(app))
        await pilot.press("c")
        await until(pilot, lambda: "█" in shown(app))
        await pilot.press("3")
        await until(pilot, lambda: "Activity: 3 visits" in shown(app))
        assert "█" not in shown(app)
        await pilot.press("2")
        await until(pilot, lambda: "Funnel" in shown(app) and "█" in shown(app))


async def test_brackets_go_to_other_periods_and_p_to_another_size(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["This is all there is; p chooses a period."]
        await pilot.press("3")
        await until(pilot, lambda: "2026-11 (2026-11-01 – 2026-11-30)" in shown(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Activity: 0 visits, 1 call" in shown(app))
        assert "2026-10" in text_of(app).splitlines()[1]
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Activity: 3 visits" in shown(app))
        await pilot.press("p", "w")
        await until(pilot, lambda: "Activity: 2 visits" in shown(app))
        assert "2026-W47" in text_of(app).splitlines()[1]
        assert "Day by day" in shown(app)


async def test_any_period_can_be_typed_and_turned_by_its_own_length(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("3")
        await until(pilot, lambda: "Activity: 3 visits" in shown(app))
        await pilot.press("p", "o")
        await until(pilot, lambda: "last-year" in text_of(app))
        await write(pilot, "2026-11-17..2026-11-18")
        await pilot.press("enter")
        await until(pilot, lambda: "Activity: 2 visits" in shown(app))
        assert "Day by day" in shown(app)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "2026-11-15..2026-11-16" in shown(app))
        await pilot.press("p", "o")
        await until(pilot, lambda: "last-year" in text_of(app))
        await write(pilot, "whenever")
        await pilot.press("enter")
        await until(pilot, lambda: any("is no period" in each for each in told(app)))
        assert "2026-11-15..2026-11-16" in shown(app)


async def test_a_click_on_its_name_shows_a_report(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        at = text_of(app).splitlines()[1].index("Funnel")
        await pilot.click("#reports", offset=(at, 0))
        await until(pilot, lambda: "Funnel: 2 deals came in" in shown(app))


async def test_b_groups_and_s_steps(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "By owner" in shown(app))
        await pilot.press("b", "t")
        await until(pilot, lambda: "By team" in shown(app))
        await pilot.press("3")
        await until(pilot, lambda: "Week by week" in shown(app))
        assert "By owner" in shown(app)
        await pilot.press("s", "d")
        await until(pilot, lambda: "Day by day" in shown(app))


async def test_o_counts_ones_own_alone_and_everybodys_again(sold: Path) -> None:
    make(sold, "user", name="Ben")
    make(sold, "deal", name="Ben's", owner="Ben")
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("o")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["The printed pipeline is everybody's; g p shows yours."]
        await pilot.press("2")
        await until(pilot, lambda: "Funnel: 3 deals came in" in shown(app))
        await pilot.press("o")
        await until(pilot, lambda: "Funnel: 2 deals came in" in shown(app))
        await pilot.press("o")
        await until(pilot, lambda: "Funnel: 3 deals came in" in shown(app))


async def test_steps_are_of_the_activity_alone(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["Only the activity goes step by step; 3 shows it."]


@pytest.mark.parametrize("report", asking.REPORTS)
@pytest.mark.parametrize("fmt", ["csv", "json", "md", "tsv"])
async def test_a_saved_report_is_what_the_command_prints(
    sold: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    report: str,
    fmt: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"report.{fmt}"
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press(str(asking.REPORTS.index(report) + 1))
        head = {"pipeline": "Forecast", "funnel": "Funnel", "activity": "Activity:"}[report]
        await until(pilot, lambda: head in shown(app))
        await pilot.press("w")
        await until(pilot, lambda: "into which file?" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, path.name)
        await pilot.press("enter")
        await until(pilot, lambda: any("Written" in each for each in told(app)))
    command = ["pipeline", "--no-store"] if report == "pipeline" else ["report", report]
    capsys.readouterr()
    assert run([*command, "--format", fmt]) == 0
    printed = capsys.readouterr().out
    saved = path.read_bytes().decode("utf-8-sig")
    assert saved.replace("\r\n", "\n") == printed.replace("\r\n", "\n")
    if fmt == "csv":
        assert len({len(row) for row in csv.reader(io.StringIO(saved))}) == 1


async def test_a_file_that_is_there_is_asked_for_before_it_is_written_over(
    sold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "kept.txt"
    path.write_text("mine", "utf-8")
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        for answer, expected in (("n", "mine"), ("y", "Pipeline as of")):
            await pilot.press("w")
            await until(pilot, lambda: "into which file?" in text_of(app))
            await pilot.press("ctrl+u")
            await write(pilot, path.name)
            await pilot.press("enter")
            await until(pilot, lambda: "Write over it?" in text_of(app))
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, ReportsScreen))
            await until(pilot, lambda wanted=expected: path.read_text("utf-8").startswith(wanted))  # type: ignore[misc]


async def test_a_folder_that_is_not_there_is_told_and_nothing_is_lost(sold: Path, tmp_path: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await until(pilot, lambda: "Forecast" in shown(app))
        await pilot.press("w")
        await until(pilot, lambda: "into which file?" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path / "no" / "where.txt"))
        await pilot.press("enter")
        await until(pilot, lambda: any("cannot be written" in each for each in told(app)))


def looked_at(app: SfaApp) -> tuple[str, bool]:
    """Return which report is looked at, and whether as a chart."""
    assert isinstance(app.screen, ReportsScreen)
    view = app.screen.view
    return view.report, view.chart


def is_read(app: SfaApp) -> bool:
    """Say whether no place reads the store just now: what it shows is what it was asked for last."""
    return all(worker.is_finished for worker in app.workers if worker.group == "read")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_every_report_fits_every_size_in_both_languages(
    sold: Path, language: str, size: tuple[int, int]
) -> None:
    i18n.set_language(language)
    async with opened(sold, start="reports", size=size) as (app, pilot):
        for key, name in zip("123", asking.LABELS, strict=True):
            await pilot.press(key)
            for chart in (True, False):
                await pilot.press("c")
                await until(pilot, lambda view=(name, chart): looked_at(app) == view and is_read(app))  # type: ignore[misc]
                assert shown(app)
                room = app.screen.query_one(ReportText).room
                if size[0] >= 80 and key != "1":
                    assert max(map(cell_width, shown(app).splitlines())) <= room
                assert "\x1b" not in shown(app)


async def test_a_change_elsewhere_appears_by_itself(sold: Path) -> None:
    async with opened(sold, start="reports") as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Funnel: 2 deals came in" in shown(app))
        make(sold, "deal", name="Third")
        await until(pilot, lambda: "Funnel: 3 deals came in" in shown(app))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fiscal_start", [1, 4])
def test_going_on_and_back_meets_the_same_periods(size: str, fiscal_start: int) -> None:
    here = period_around(TODAY, size, fiscal_start=fiscal_start)
    assert here.start <= TODAY <= here.end
    on = moved(here, size, 1, fiscal_start=fiscal_start)
    assert (on.start - here.end).days == 1
    assert moved(on, size, -1, fiscal_start=fiscal_start) == here
    assert moved(here, size, -5, fiscal_start=fiscal_start).end < here.start
    assert period_of(here.label, today=TODAY, fiscal_start=fiscal_start) == here
