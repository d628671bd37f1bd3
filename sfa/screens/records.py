"""A place that lists the records of one noun: find, filter, choose columns, and act on one or the marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from sfa import config
from sfa.errors import Msg, SfaError, msg
from sfa.finding.views import View
from sfa.i18n import tr
from sfa.render.listings import list_state
from sfa.screens.acting.target import Acting
from sfa.screens.filtering import ALL, Filtered, QuickFilter
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.views import Views
from sfa.screens.widgets.big_list import BigList, Query, RecordSource, Shown
from sfa.screens.widgets.record_view import RecordView

if TYPE_CHECKING:
    from sfa.screens.widgets.find_line import FindLine


_OF_A_RECORD = frozenset({"edit", "delete", "copy"})


class RecordsScreen(Filtered, Views, Acting, Place):
    """A list of a noun's records, with one of them beside it where there is room."""

    NOUN: ClassVar[str] = ""
    EMPTY: ClassVar[Msg] = msg("Nothing here yet. n adds one.")
    # What can be changed in all marked records at once.
    TOGETHER: ClassVar[tuple[str, ...]] = ()
    # The filter that is shown at first.
    FIRST: ClassVar[str] = ALL.name
    BINDINGS = [
        bind("n", "new", "records.new", msg("New"), msg("Add a record"), footer=True),
        bind(
            "e",
            "edit",
            "records.edit",
            msg("Edit"),
            msg("Change the record, or the marked ones"),
            footer=True,
        ),
        bind("slash", "find", "records.find", msg("Find"), msg("Narrow the list as you type"), footer=True),
        bind("f", "filter", "records.filter", msg("Filter"), msg("Choose a filter or type one"), footer=True),
        bind("x", "delete", "records.delete", msg("Delete"), msg("Delete the record, or all marked ones")),
        bind("v", "columns", "records.columns", msg("Columns"), msg("Show or hide a column")),
        bind("escape", "widen", "records.widen", msg("Show all"), msg("End finding, then the filter")),
    ]

    def __init__(self) -> None:
        """Start with all records in the usual order."""
        super().__init__()
        named = {each.name: each for each in (ALL, *self.FILTERS)}
        self.chosen_filter = named[self.FIRST]
        self._count = 0
        self._complete = False
        self._has_record = False

    def body(self) -> ComposeResult:
        """Lay out the list, the record beside it, and the line that says what is shown."""
        with Horizontal(classes="records"):
            yield BigList(
                RecordSource(self.NOUN, self.sfa.gateway.home),
                Query(self.chosen_filter.where),
                columns=self._kept_columns(),
                empty_text=tr(self.EMPTY),
                id="list",
            )
            yield RecordView(classes="beside")
        yield Static(id="list-state", markup=False)

    def _kept_columns(self) -> list[Shown]:
        try:
            return [Shown(*each) for each in config.columns(self.PLACE, self.sfa.gateway.home)]
        except SfaError as error:
            self.sfa.report(error)
            return []

    @property
    def records(self) -> BigList:
        """Return the list."""
        return self.query_one("#list", BigList)

    def on_mount(self) -> None:
        """Start in the list."""
        super().on_mount()
        self.records.focus()

    async def read_anew(self) -> None:
        """Let the list and the record look at what changed."""
        self.records.reread()
        self.query_one(RecordView).read_anew()

    @property
    def target(self) -> tuple[str, str]:
        """Return the record under the cursor, as long as there is one."""
        record_id = self.records.record_id
        return (self.NOUN, str(record_id)) if record_id else ("", "")

    async def targets(self) -> Sequence[str]:
        """Return the marked records, or the one under the cursor."""
        return await self.records.marked_ids() if self.records.marks else await super().targets()

    def acted(self) -> None:
        """Take the marks away: what they were for is done."""
        self.records.clear_marks()

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with a record that is not there."""
        records = self.records
        if action in _OF_A_RECORD and not (records.record_id or records.marks):
            return msg("There is no record to do this with.")
        return super().refusal(action)

    # What the list says ---------------------------------------------------------------------

    @on(BigList.RowHighlighted)
    def _highlighted(self, event: BigList.RowHighlighted) -> None:
        has_record = event.record_id is not None
        self.query_one(RecordView).show_soon(self.NOUN if has_record else "", event.record_id or "")
        if has_record != self._has_record:
            self._has_record = has_record
            self.refresh_bindings()

    @on(BigList.RowOpened)
    def _opened(self, event: BigList.RowOpened) -> None:
        self.sfa.show_record(self.NOUN, event.record_id)

    @on(BigList.Counted)
    def _counted(self, event: BigList.Counted) -> None:
        self._count, self._complete = event.count, event.complete
        self._say_state()

    @on(BigList.MarksChanged)
    def _marked(self) -> None:
        self._say_state()
        self.refresh_bindings()

    @on(BigList.ColumnsChanged)
    def _arranged(self, event: BigList.ColumnsChanged) -> None:
        if self.view is not None:
            return  # a view has columns of its own; saving it again keeps them
        chosen = [(each.name, each.width) for each in event.columns]
        try:
            config.put_columns(self.PLACE, chosen, self.sfa.gateway.home)
        except SfaError as error:
            self.sfa.report(error)

    def _say_state(self) -> None:
        records = self.records
        text = list_state(
            self.NOUN,
            self._count,
            complete=self._complete,
            filtered=tr(self.chosen_filter.label) if self.chosen_filter.where or self.view else "",
            sought=records.query_shown.text,
            marked=records.marks.count(self._count),
        )
        self.query_one("#list-state", Static).update(text, layout=False)

    # Finding and filtering ------------------------------------------------------------------

    async def action_find(self) -> None:
        """Open the line to type in what to find."""
        from sfa.screens.widgets.find_line import FindLine

        if not self.query(FindLine):
            await self.mount(FindLine(), before=self.query_one(".records"))
        self.query_one(FindLine).focus()

    def find(self, text: str) -> None:
        """Narrow the list to what holds a text."""
        query = self.records.query_shown
        if text != query.text:
            self._show(query._replace(text=text))

    async def end_finding(self, line: FindLine, *, keep: bool) -> None:
        """Go back to the list; without ``keep`` the text is forgotten."""
        if not keep:
            self.find("")
        if not keep or not line.value:
            await line.remove()
        self.records.focus()

    async def action_widen(self) -> None:
        """Forget what is sought, then the filter."""
        from sfa.screens.widgets.find_line import FindLine

        if self.records.query_shown.text:
            self.find("")
            await self.query(FindLine).remove()
        elif self.chosen_filter.where or self.view is not None:
            self.put_filter(ALL)

    def put_filter(self, chosen: QuickFilter) -> None:
        """Show what a filter selects, as the list usually is."""
        self.chosen_filter = chosen
        query = self.records.query_shown._replace(where=chosen.where)
        if self.view is not None:
            self.view = None
            self.records.put_columns(self._kept_columns())
            query = query._replace(sort="")
        self._show(query)

    def show_view(self, view: View) -> None:
        """Show the list as a view has it: its filter, order and columns."""
        self.view = view
        self.chosen_filter = QuickFilter(f"view:{view.name}", Msg(view.name), view.where)
        self.records.put_columns([Shown(*each) for each in view.columns] or self._kept_columns())
        self._show(self.records.query_shown._replace(where=view.where, sort=view.sort))

    def present_view(self, name: str) -> View:
        """Return how the list is looked at now, under a name."""
        query = self.records.query_shown
        columns = tuple((each.name, each.width) for each in self.records.columns.choice())
        return View(self.NOUN, name, query.where, query.sort, columns)

    def leave_view(self) -> None:
        """Show all records as usual."""
        self.put_filter(ALL)

    def _show(self, query: Query) -> None:
        """Show what a query selects; when that is nothing, say the way back."""
        narrowed = query.text or query.where
        self.records.empty_text = tr("Nothing matches; Esc shows all again.") if narrowed else tr(self.EMPTY)
        self.records.show(query)
        self._say_state()

    @work
    async def action_columns(self) -> None:
        """Show a column that is hidden, or hide one that is shown."""
        from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found

        columns = self.records.columns
        entries = [
            Entry(each.name, each.label, beside="✓" if each.name in columns.shown else " ")
            for each in columns.every.values()
        ]
        name = await self.sfa.push_screen_wait(Chooser(tr("Columns"), among(entries), empty=nothing_found()))
        if name is None:
            return
        shown = [each for each in columns.shown if each != name]
        if name not in columns.shown:
            shown.append(name)
        self.records.show_columns(shown)

    # Acting -----------------------------------------------------------------------------------

    @work
    async def action_new(self) -> None:
        """Add a record in a form."""
        from sfa.screens.forms.opening import add_record

        await add_record(self.sfa, self.NOUN)

    @work
    async def action_edit(self) -> None:
        """Change the record in a form, or what all marked records shall have in common."""
        from sfa.screens.forms.opening import edit_record
        from sfa.screens.forms.together import edit_together

        if self.records.marks:
            ids = await self.records.marked_ids()
            if ids and await edit_together(self.sfa, self.NOUN, ids, self.TOGETHER):
                self.records.clear_marks()
        elif self.records.record_id:
            await edit_record(self.sfa, self.NOUN, self.records.record_id)

    @work
    async def action_delete(self) -> None:
        """Delete the record, or all marked ones in one change."""
        from sfa.screens.record import delete_record, delete_records

        if not self.records.marks:
            await delete_record(self.sfa, self.NOUN, str(self.records.record_id))
        elif await delete_records(self.sfa, self.NOUN, await self.records.marked_ids()):
            self.records.clear_marks()
