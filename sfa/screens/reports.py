"""Reports: pipeline, funnel and activity, as tables and as charts; period and grouping by keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens import asking_reports as asking
from sfa.screens.asking_reports import View, Writer
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.report_text import ReportText

# The ending of a file's name -> the format it is written in; any other is written as it is printed.
_FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".md": "md"}
_TEXT_WIDTH = 100


class ReportsScreen(Place):
    """One report at a time."""

    PLACE = "reports"
    BINDINGS = [
        bind("1", "report('pipeline')", "reports.pipeline", msg("Pipeline"), msg("Open, won and lost")),
        bind("2", "report('funnel')", "reports.funnel", msg("Funnel"), msg("How far the deals came")),
        bind("3", "report('activity')", "reports.activity", msg("Activity"), msg("What each person did")),
        bind(
            "c", "chart", "reports.chart", msg("Chart"), msg("Bars instead of tables, and back"), footer=True
        ),
        bind(
            "right_square_bracket",
            "turn(1)",
            "reports.next",
            msg("Next"),
            msg("The period after this one"),
        ),
        bind(
            "left_square_bracket",
            "turn(-1)",
            "reports.previous",
            msg("Earlier"),
            msg("The period before this one"),
            footer=True,
        ),
        bind(
            "p",
            "size",
            "reports.period",
            msg("Period"),
            msg("The present week, month, quarter or year, or all"),
            footer=True,
        ),
        bind("b", "group", "reports.group", msg("Group"), msg("What each line stands for"), footer=True),
        bind("s", "step", "reports.step", msg("Steps"), msg("Day by day, week by week …")),
        bind("o", "mine", "reports.mine", msg("Mine"), msg("Your own alone, and everybody's again")),
        bind("w", "write", "reports.write", msg("Save"), msg("Write it into a file"), footer=True),
    ]

    def __init__(self) -> None:
        """Start with the pipeline."""
        super().__init__()
        self._fiscal_start = 1
        self._today = clock.today()
        self.views: Mapping[str, View] = asking.first_views(self._today, 1)
        self.view = self.views[asking.PIPELINE]
        self._writer: Writer | None = None

    def body(self) -> ComposeResult:
        """Lay out which reports there are, and the report."""
        yield Static(id="reports")
        yield ReportText()

    def on_mount(self) -> None:
        """Start in the report."""
        super().on_mount()
        self._say_state()
        self.query_one(ReportText).focus()

    async def read_anew(self) -> None:
        """Ask for the report."""
        from sfa.finding.organisation import fiscal_start

        first = await self.gateway.read(fiscal_start)
        if first != self._fiscal_start or clock.today() != self._today:
            self._fiscal_start, self._today = first, clock.today()
            self.views = asking.first_views(self._today, first)
            self.view = self.views[self.view.report]
        wanted = self.view
        asked = asking.question(wanted, today=self._today, fiscal_start=self._fiscal_start)
        writer = await self.gateway.read(asked)
        if self.is_attached and wanted == self.view:
            self._writer = writer
            self._draw()

    def on_resize(self) -> None:
        """Fit the report to the new width."""
        self._draw()

    def _draw(self) -> None:
        self._say_state()
        if self._writer is not None:
            shown = self.query_one(ReportText)
            shown.show(self._writer("table", now=clock.utc_now(), width=shown.room))

    def _say_state(self) -> None:
        parts: list[Content] = []
        for number, (name, label) in enumerate(asking.LABELS.items(), 1):
            style = "bold reverse" if name == self.view.report else ""
            click = f"@click=screen.report('{name}')"
            parts += [Content.styled(f" {number} {tr(label)} ", f"{style} {click}".strip()), Content(" ")]
        view = self.view
        words = [
            view.period.label if view.period else tr(asking.SIZES[asking.ALL]),
            tr(asking.GROUPS[view.by]),
        ]
        if view.report == asking.ACTIVITY:
            words.append(tr(asking.STEPS[asking.step_of(view)]))
        if view.is_mine:
            words.append(tr("mine"))
        self.query_one("#reports", Static).update(Content.assemble(*parts, (" · ".join(words), "dim")))

    def _look_at(self, view: View) -> None:
        """Show another view; the scrolling starts anew with another report."""
        if view.report != self.view.report:
            self.query_one(ReportText).scroll_home(animate=False)
        self.view = view
        self.views = {**self.views, view.report: view}
        self._say_state()
        self.refresh_bindings()
        self.read_soon()

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: all has no next one, and only an activity has steps."""
        if action == "turn" and self.view.period is None:
            return msg("This is all there is; p chooses a period.")
        if action == "mine" and self.view.report == asking.PIPELINE:
            return msg("The printed pipeline is everybody's; g p shows yours.")
        if action == "step" and self.view.report != asking.ACTIVITY:
            return msg("Only the activity goes step by step; 3 shows it.")
        return super().refusal(action)

    # What is looked at --------------------------------------------------------------------

    def action_report(self, name: str) -> None:
        """Show another report, as it was looked at last."""
        self._look_at(self.views[name])

    def action_chart(self) -> None:
        """Turn the tables into bars, and back."""
        self._look_at(replace(self.view, chart=not self.view.chart))

    def action_turn(self, by: int) -> None:
        """Go some periods on, or back."""
        self._look_at(self.view.shifted(by, self._fiscal_start))

    def action_mine(self) -> None:
        """Count one's own alone, or everybody's again."""
        self._look_at(replace(self.view, is_mine=not self.view.is_mine))

    @work
    async def action_size(self) -> None:
        """Choose how long the period is, or all; the present one is shown."""
        names = {name: asking.SIZES[name] for name in asking.sizes_of(self.view.report)}
        chosen = await self._choose(tr("Which period?"), names, {asking.TYPED: "o"})
        if chosen == asking.TYPED:
            await self._type_period()
        elif chosen is not None:
            self._look_at(self.view.sized(chosen, self._today, self._fiscal_start))

    async def _type_period(self) -> None:
        from sfa.screens.dialogs.ask_line import AskLine

        typed = await self.sfa.push_screen_wait(
            AskLine(tr("Which period?"), hint=tr("2026Q3, 2026-09, last-year, 2026-09-01..2026-10-15"))
        )
        if not typed.strip():
            return
        try:
            self._look_at(self.view.within(typed, self._today, self._fiscal_start))
        except SfaError as error:
            self.sfa.report(error)

    @work
    async def action_group(self) -> None:
        """Choose what each line stands for."""
        names = {name: asking.GROUPS[name] for name in asking.groupings_of(self.view.report)}
        letters = {"month": "c", "source": "u"}
        chosen = await self._choose(tr("One line for each …"), names, letters)
        if chosen is not None:
            self._look_at(replace(self.view, by=chosen))

    @work
    async def action_step(self) -> None:
        """Choose the steps of an activity."""
        chosen = await self._choose(tr("Which steps?"), asking.STEPS, {})
        if chosen is not None:
            self._look_at(replace(self.view, step=chosen))

    async def _choose(self, title: str, names: Mapping[str, Msg], letters: Mapping[str, str]) -> str | None:
        from sfa.screens.dialogs.letters import Choice, Letters

        choices = [Choice(name, letters.get(name, name[0]), tr(label)) for name, label in names.items()]
        return await self.sfa.push_screen_wait(Letters(title, choices))

    # Saving -------------------------------------------------------------------------------

    @work
    async def action_write(self) -> None:
        """Ask for a file and write the report into it, in the format that its ending names."""
        from sfa.interchange.text_files import write_whole
        from sfa.screens.dialogs.ask_line import AskLine
        from sfa.screens.dialogs.confirm import Confirm

        writer, view = self._writer, self.view
        if writer is None:
            return
        span = view.period.label if view.period else self._today.isoformat()
        typed = await self.sfa.push_screen_wait(
            AskLine(
                tr("Write the report into which file?"),
                hint=tr(".txt as it is printed, .md, .csv, .tsv, .json"),
                text=f"~/{view.report}-{span}.txt",
            )
        )
        if not typed.strip():
            return
        path, is_there = _file_of(typed)
        question = tr("{path} is there already. Write over it?", path=str(path))
        if is_there and not await self.sfa.push_screen_wait(Confirm(question, yes=tr("Write over it"))):
            return
        fmt = _FORMATS.get(path.suffix.lower(), "table")
        try:
            write_whole(path, writer(fmt, now=clock.utc_now(), width=_TEXT_WIDTH if fmt == "table" else None))
        except SfaError as error:
            self.sfa.report(error)
        else:
            self.notify(tr("Written: {path}", path=str(path)))


def _file_of(typed: str) -> tuple[Path, bool]:
    """Return the file that was typed, and whether it is there."""
    path = Path(typed.strip()).expanduser()
    return path, path.exists()
