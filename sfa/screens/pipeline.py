"""Pipeline: the open deals of one pipeline on a board or in a list, and what each stage asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from sfa import clock, config
from sfa.errors import InvalidInput, Msg, SfaError, msg
from sfa.i18n import tr
from sfa.reports.board import Board, Scope, Whose
from sfa.screens.acting.deals import DealActions
from sfa.screens.guided import Guided
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.views import Views
from sfa.screens.widgets.board import DealBoard
from sfa.screens.widgets.guide import StageGuide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sfa.finding.views import View
    from sfa.render.copied import Copied
    from sfa.screens.dialogs.chooser import Entry

FORM, WHOSE = "pipeline_form", "pipeline_whose"
_CARDS = 300  # of a stage, at first; four times as many whenever the cursor comes to the last
_OF_A_DEAL = frozenset({"edit", "delete", "copy"})


class PipelineScreen(DealActions, Guided, Views, Place):
    """The deals of a pipeline, stage by stage."""

    PLACE = "pipeline"
    NOUN = "deal"
    KEPT = msg("the filter; the views of the list of deals are the same")
    BINDINGS = [
        bind("n", "new", "pipeline.new", msg("New"), msg("Add a deal to the chosen stage"), footer=True),
        bind("e", "edit", "pipeline.edit", msg("Edit"), msg("Change the deal")),
        bind("f", "filter", "pipeline.filter", msg("Filter"), msg("Whose deals, or a filter"), footer=True),
        bind("P", "choose", "pipeline.choose", msg("Pipeline"), msg("Show another pipeline")),
        bind("b", "turn", "pipeline.form", msg("Board or list"), msg("The same as columns or as a list")),
        bind("x", "delete", "pipeline.delete", msg("Delete"), msg("Delete the deal; u brings it back")),
    ]

    def __init__(self) -> None:
        """Start with the pipeline that new deals enter."""
        super().__init__()
        self.scope = Scope(clock.today(), limit=_CARDS)
        self.board: Board | None = None
        self._wanted = ""

    def body(self) -> ComposeResult:
        """Lay out the board, what its stage asks for beside it, and the line that says what is shown."""
        self.scope = replace(self.scope, whose=Whose(self._kept(WHOSE)))
        with Horizontal(classes="guided"):
            yield DealBoard(as_list=self._kept(FORM) == "list", id="board")
            yield StageGuide(classes="guide")
        yield Static(id="list-state", markup=False)

    def _kept(self, name: str) -> str:
        try:
            return config.get(name, self.sfa.gateway.home).value
        except SfaError as error:
            self.sfa.report(error)
            return config.KNOWN[name].default

    @property
    def cards(self) -> DealBoard:
        """Return the board."""
        return self.query_one(DealBoard)

    def on_mount(self) -> None:
        """Start in the board."""
        super().on_mount()
        self.cards.focus()

    async def read_anew(self) -> None:
        """Read the deals; the cursor stays on its own, wherever that stands now."""
        from sfa.reports.board import board

        wanted = self._wanted or self.cards.deck.card_id
        scope = self.scope = replace(self.scope, today=clock.today(), keep=wanted)
        try:
            self.board = await self.gateway.read(lambda connection: board(connection, scope))
        except InvalidInput as error:
            if error.field != "team":
                raise
            # The team's board was wanted by somebody who has left the team since.
            self.sfa.report(error)
            usual = self.scope = replace(scope, whose=Whose.USUAL)
            self.board = await self.gateway.read(lambda connection: board(connection, usual))
        self.cards.empty_text = self._empty_text(self.board)
        self.cards.fill(self.board, self._wanted)
        self._wanted = ""
        self._say_state()

    def _empty_text(self, board: Board) -> str:
        if not board.columns:
            return tr("This pipeline has no open stage. P shows another pipeline.")
        if self.scope.where or board.whose is not Whose.ALL:
            return tr("No open deals here. n adds one; f shows those of others or takes the filter away.")
        return tr("No open deals here. n adds one; converting a lead makes one too.")

    def _say_state(self) -> None:
        from sfa.render.board import state_text

        if self.board is not None:
            room = max(20, self.app.size.width - 2)
            text = state_text(self.board, room, view=self.view.name if self.view else "")
            self.query_one("#list-state", Static).update(text, layout=False)

    def on_resize(self) -> None:
        """Say as much as the new width holds."""
        self._say_state()

    # What is in view -------------------------------------------------------------------------

    @property
    def target(self) -> tuple[str, str]:
        """Return the deal under the cursor."""
        card = self.cards.card
        return ("deal", card.id) if card else ("", "")

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: no deal is in view, or there is only one pipeline."""
        if action in _OF_A_DEAL and not self.target[0]:
            return msg("There is no record to do this with.")
        if action == "choose" and self.board is not None and len(self.board.pipelines) < 2:
            return msg("There is only one pipeline; another is added with: sfa pipeline add NAME.")
        return super().refusal(action)

    @on(DealBoard.Highlighted)
    def _highlighted(self) -> None:
        from sfa.render.board import closed_guide, guide_lines

        lane, card, board = self.cards.lane, self.cards.card, self.board
        if lane is None or board is None:
            self.guide.show(None)
        elif lane.closed is not None:
            closed = lane.closed
            self.guide.show(lambda room: closed_guide(closed, board, room))
        elif lane.column is not None:
            stage = (lane.column.name, lane.column.exit_criteria, lane.column.playbook)
            self.guide.show(lambda room: guide_lines(*stage, room, card))
        self.refresh_bindings()

    @on(DealBoard.MoreWanted)
    def _read_more(self) -> None:
        limit = self.scope.limit
        if limit is not None and any(limit <= len(lane.cards) < lane.count for lane in self.cards.deck.lanes):
            self.scope = replace(self.scope, limit=limit * 4)
            self.read_soon()

    @on(DealBoard.Opened)
    def _opened(self, event: DealBoard.Opened) -> None:
        self.sfa.show_record("deal", event.card_id)

    @on(DealBoard.ClosedOpened)
    def _closed_opened(self, event: DealBoard.ClosedOpened) -> None:
        from sfa.reports.board import where_of
        from sfa.screens.deals import ClosedDealsScreen

        if self.board is not None:
            self.app.push_screen(ClosedDealsScreen(event.kind, where_of(self.board, event.kind)))

    @on(DealBoard.Dropped)
    def _dropped(self, event: DealBoard.Dropped) -> None:
        self._put(event.card_id, event.kind, event.key)

    @work
    async def _put(self, deal_id: str, kind: str, stage_id: str) -> None:
        """Move a deal to where it was dragged."""
        from sfa.screens.doing import deals

        if kind == "open":
            await self.act(msg("Move a deal"), deals.put_at([deal_id], stage_id))
        else:
            await self._close(deal_id, won=kind == "won")

    # What is shown ---------------------------------------------------------------------------

    def action_turn(self) -> None:
        """Show the same as a list, or as a board again."""
        self.cards.show_as(as_list=not self.cards.as_list)
        self._remember(FORM, "list" if self.cards.as_list else "board")

    def _remember(self, name: str, value: str) -> None:
        try:
            config.put(name, value, self.gateway.home)
        except SfaError as error:
            self.sfa.report(error)

    def _ask(self, scope: Scope) -> None:
        self.scope = replace(scope, limit=_CARDS)
        self.read_soon()

    @work
    async def action_choose(self) -> None:
        """Choose another pipeline."""
        from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found

        if self.board is None:
            return
        present = self.board.pipeline
        entries = [
            Entry(each.id, each.name, beside="→" if each == present else " ") for each in self.board.pipelines
        ]
        chosen = await self.sfa.push_screen_wait(
            Chooser(tr("Which pipeline?"), among(entries), empty=nothing_found())
        )
        if chosen is not None:
            self._ask(replace(self.scope, pipeline_id=chosen))

    @work
    async def action_filter(self) -> None:
        """Choose whose deals are shown, or a filter by its name or typed."""
        from sfa.screens.dialogs.chooser import Chooser, nothing_found

        chosen = await self.sfa.push_screen_wait(
            Chooser(
                tr("Whose deals?"),
                self._filters,
                placeholder=tr("A name, or a filter such as: amount>=50000"),
                empty=nothing_found(),
            )
        )
        if chosen is None:
            return
        kind, _, value = chosen.partition(":")
        if kind == "whose":
            self._remember(WHOSE, value)
            self._ask(replace(self.scope, whose=Whose(value)))
        else:
            self.view = None
            self._ask(replace(self.scope, where=value))

    def show_view(self, view: View) -> None:
        """Show the open deals that a view selects; its order and columns are for the list."""
        self._show_view(view)

    @work(exclusive=True, group="view")
    async def _show_view(self, view: View) -> None:
        fault = await self._fault_of(view.where)
        if fault is not None:
            self.sfa.report(fault)
            return
        self.view = view
        self._ask(replace(self.scope, where=view.where))

    def present_view(self, name: str) -> View:
        """Return the filter under a name, with order and columns of the view it came from."""
        from sfa.finding.views import View

        before = self.view or View(self.NOUN, name)
        return before._replace(name=name, where=self.scope.where)

    def leave_view(self) -> None:
        """Take the filter away."""
        self.view = None
        self._ask(replace(self.scope, where=""))

    async def _fault_of(self, where: str) -> SfaError | None:
        """Return what is wrong with a filter; ``None`` when it can be read."""
        from sfa.reports.board import board

        tried = replace(self.scope, where=where, limit=0, keep="")
        try:
            await self.gateway.read(lambda connection: board(connection, tried))
        except SfaError as error:
            return error
        return None

    async def _filters(self, text: str) -> Sequence[Entry]:
        """Return whose deals can be shown and the filters of that name, else what was typed as one."""
        from sfa.screens.dialogs.chooser import Entry, matching

        found = matching(self._named_filters(), text)
        if found or not text.strip():
            return found
        fault = await self._fault_of(text)
        if fault is not None:
            from sfa.render.failures import failure_lines

            return [Entry(f"where:{text}", text, refusal=" ".join(failure_lines(fault)))]
        return [Entry(f"where:{text}", text, hint=tr("as a filter"))]

    def _named_filters(self) -> list[Entry]:
        from sfa.screens.deals import FLAWS
        from sfa.screens.dialogs.chooser import Entry

        team = self.board.team.name if self.board else ""
        no_team = "" if team else tr("You are in no team.")
        whose = tr("Whose deals")
        entries = [
            Entry("whose:mine", tr("My deals"), heading=whose),
            Entry("whose:team", tr("My team's deals"), hint=team, refusal=no_team, heading=whose),
            Entry("whose:all", tr("Everybody's deals"), heading=whose),
        ]
        if self.scope.where:
            entries.append(Entry("where:", tr("No filter"), hint=self.scope.where, heading=tr("Filter")))
        return entries + [
            Entry(f"where:{each.where}", tr(each.label), hint=each.where, heading=tr("Filter"))
            for each in FLAWS
        ]

    # Acting ----------------------------------------------------------------------------------

    @work
    async def action_new(self) -> None:
        """Add a deal: it begins in the chosen stage of this pipeline."""
        from sfa.screens.forms.about import typed_of
        from sfa.screens.forms.opening import add_record

        lane = self.cards.lane
        chosen = {
            "pipeline": self.board.pipeline.id if self.board else "",
            "stage": lane.column.stage_id if lane and lane.column else "",
        }
        begins = await self.gateway.read(
            lambda connection: {noun: typed_of(connection, noun, each) for noun, each in chosen.items()}
        )
        added = await add_record(self.sfa, "deal", begins)
        if added:
            self._wanted = added
            self.read_soon()

    @work
    async def action_edit(self) -> None:
        """Change the deal in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.target)

    @work
    async def action_delete(self) -> None:
        """Ask, and delete the deal."""
        from sfa.screens.record import delete_record

        await delete_record(self.sfa, *self.target)

    def more_to_copy(self) -> Sequence[Copied]:
        """Return the card as a line of text."""
        from sfa.render.board import card_text
        from sfa.render.copied import Copied

        card, lane = self.cards.card, self.cards.lane
        if card is None or lane is None or lane.column is None:
            return ()
        return (Copied("l", tr("As a line"), card_text(card, lane.column.name)),)
