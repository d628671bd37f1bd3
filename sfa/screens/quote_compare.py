"""Two revisions of a quote compared: what was added, taken out and changed, and both totals."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.report_text import ReportText

if TYPE_CHECKING:
    from sfa.reports.quote_diff import QuoteDiff

_LETTERS = "123456789abcdefghijklmnopqrstuvwxyz"


class _Found(NamedTuple):
    """What is compared, and revision -> the day from which it stood as it was left."""

    diff: QuoteDiff
    revisions: dict[int, str]


class CompareScreen(Place):
    """Two revisions of one quote: at first the last two."""

    BINDINGS = [
        bind(
            "c",
            "choose",
            "compare.choose",
            msg("Revisions"),
            msg("Choose which two revisions are compared"),
            footer=True,
        ),
        bind("escape", "back", "compare.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, quote_id: str, wanted: tuple[int, int] | None = None) -> None:
        """Name the quote, and the revisions: the last two unless given."""
        super().__init__()
        self.quote_id = quote_id
        self._wanted = wanted
        self._found: _Found | None = None

    def again(self) -> CompareScreen:
        """Return the same anew."""
        return CompareScreen(self.quote_id, self._wanted)

    def body(self) -> ComposeResult:
        """Lay out what is compared, and what differs."""
        yield Static(id="compared", classes="above", markup=False)
        yield ReportText()

    def on_mount(self) -> None:
        """Start in the text."""
        super().on_mount()
        self.query_one(ReportText).focus()

    async def read_anew(self) -> None:
        """Ask what differs."""
        quote_id, wanted, today = self.quote_id, self._wanted, clock.today()

        def ask(connection: sqlite3.Connection) -> _Found:
            from sfa.finding import quoting
            from sfa.reports.quote_diff import quote_diff

            first, second = wanted or (None, None)
            diff = quote_diff(connection, quote_id, first, second, today=today)
            present = quoting.load_quote(connection, quote_id, today=today).values
            known = quoting.revisions_of(connection, present)
            return _Found(diff, {number: str(each["state_on"] or "") for number, each in known.items()})

        self._found = await self.gateway.read(ask)
        self._draw()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._draw()

    def _draw(self) -> None:
        from sfa.render.quote_diff import diff_text, total_text

        if self._found is None:
            return
        diff = self._found.diff
        self.query_one("#compared", Static).update(
            tr(
                "{number}: revision {before} → {after}",
                number=diff.number,
                before=diff.before.values["revision"],
                after=diff.after.values["revision"],
            )
        )
        shown = self.query_one(ReportText)
        text = diff_text(diff, "table", width=shown.room)
        shown.show(tr("Nothing differs.") if diff.is_same else f"{text.rstrip()}\n\n{total_text(diff)}")

    def refusal(self, action: str) -> Msg | None:
        """Say that there is nothing to choose from."""
        if action == "choose" and (self._found is None or len(self._found.revisions) <= 2):
            return msg("It has these two revisions alone.")
        return super().refusal(action)

    @work
    async def action_choose(self) -> None:
        """Ask for the earlier revision, then for the later one."""
        if self._found is None:
            return
        known = list(self._found.revisions)
        before = await self._ask(tr("Compare which revision?"), known[:-1])
        if before is None:
            return
        later = [each for each in known if each > before]
        after = later[0] if len(later) == 1 else await self._ask(tr("With which later one?"), later)
        if after is not None:
            self._wanted = (before, after)
            self.query_one(ReportText).scroll_home(animate=False)
            self.read_soon()

    async def _ask(self, title: str, numbers: list[int]) -> int | None:
        from sfa.screens.dialogs.letters import Choice, Letters

        days = self._found.revisions if self._found is not None else {}
        offered = numbers[-len(_LETTERS) :]
        choices = [
            Choice(str(number), letter, f"{tr('Revision {number}', number=number)}  {days.get(number, '')}")
            for letter, number in zip(_LETTERS, offered, strict=False)
        ]
        chosen = await self.sfa.push_screen_wait(Letters(title, choices))
        return None if chosen is None else int(chosen)

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
