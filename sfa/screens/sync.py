"""The Sync place: how the store stands to the centre, what waits for a decision, the latest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from sfa import clock
from sfa.errors import ChangedMeanwhile, Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda, Question

if TYPE_CHECKING:
    import sqlite3

    from sfa.render.sync_place import Line, SignedIn
    from sfa.reports.decisions import ConflictView, ProposalView
    from sfa.reports.not_taken import NotTaken
    from sfa.screens.doing.decisions import Settling
    from sfa.sync.device.state import Run

_RUNS = 20
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the list; ``noun`` is conflict, proposal, tx or run."""

    noun: str
    id: str
    days: None = None


@dataclass(frozen=True, slots=True)
class _Overview:
    """Everything the place shows, by id."""

    at: SignedIn
    conflicts: dict[str, ConflictView]
    proposals: dict[str, ProposalView]
    not_taken: dict[str, NotTaken]
    runs: dict[str, Run]

    @property
    def last(self) -> Run | None:
        """Return the latest run."""
        return next(iter(self.runs.values()), None)


class SyncScreen(Place):
    """State, decisions, own changes that were not taken, runs; the chosen one in full below."""

    PLACE = "sync"
    BINDINGS = [
        bind("s", "sync", "sync.now", msg("Sync"), msg("Sync with the centre now"), footer=True),
        bind(
            "m",
            "take_mine",
            "sync.mine",
            msg("Mine"),
            msg("Your value stands; where neither is yours, the one that won"),
            footer=True,
        ),
        bind(
            "t",
            "take_theirs",
            "sync.theirs",
            msg("Theirs"),
            msg("The other's value stands; where neither is yours, the one that lost"),
            footer=True,
        ),
        bind("e", "merge", "sync.merge", msg("Merge"), msg("Write a third value in a form"), footer=True),
        bind(
            "a",
            "accept",
            "sync.accept",
            msg("Accept"),
            msg("Make the proposed change, as yours"),
            footer=True,
        ),
        bind(
            "x",
            "reject",
            "sync.reject",
            msg("Reject"),
            msg("Turn a proposal down, or take your own back"),
            footer=True,
        ),
        bind(
            "v",
            "seen",
            "sync.seen",
            msg("Seen"),
            msg("You saw what became of your change: it waits no longer"),
            footer=True,
        ),
        bind("V", "all_seen", "sync.all_seen", msg("All seen"), msg("The same of all your changes")),
    ]

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__()
        self._found: _Overview | None = None
        self._wanted = ("", "")

    def choose(self, noun: str, decision_id: str) -> None:
        """Put the highlight on a decision once what waits is read."""
        self._wanted = (noun, decision_id)
        self.read_soon()

    def body(self) -> ComposeResult:
        """Lay out the state, the list, and below it what is chosen."""
        yield Static(id="sync-state", markup=False)
        yield Agenda(tr("Nothing waits, and there was no sync yet. s syncs."))
        with VerticalScroll(id="sync-chosen"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        """Start in the list; the state follows a sync under way."""
        super().on_mount()
        self.query_one(Agenda).focus()
        self.sfa.syncing.changed.subscribe(self, lambda _: self._say_state())

    async def read_anew(self) -> None:
        """Ask what waits, and how it stands."""
        self._found = await self.gateway.read(_overview)
        if not self.is_attached:
            return  # the app is being left
        agenda = self.query_one(Agenda)
        agenda.fill(_questions(self._found))
        agenda.choose(*self._wanted)
        self._wanted = ("", "")
        self._say_state()
        self._show_chosen()

    def _say_state(self) -> None:
        from sfa.render.sync_place import state_text

        if self._found is not None:
            fresh, now = self.sfa.syncing.fresh, clock.utc_now()
            text = state_text(self._found.at, fresh, now, last=self._found.last)
            self.query_one("#sync-state", Static).update(text)
            self.refresh_bindings()

    # What is chosen -----------------------------------------------------------------------

    @on(Agenda.Chosen)
    def _chosen(self) -> None:
        self._show_chosen()
        self.query_one("#sync-chosen").scroll_home(animate=False)

    def _show_chosen(self) -> None:
        self.query_one("#sync-chosen Static", Static).update(self._detail())
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Fit what is chosen to the new width."""
        if self._found is not None:
            self._show_chosen()

    def _detail(self) -> str:
        from sfa.render import sync_place

        kind, chosen = self.query_one(Agenda).chosen
        width = max(_NARROWEST, self.app.size.width - 3)
        found = self._found
        if found is None:
            return ""
        if chosen in found.conflicts:
            return sync_place.conflict_detail(found.conflicts[chosen], width)
        if chosen in found.proposals:
            return sync_place.proposal_detail(found.proposals[chosen], width)
        if kind == "tx" and chosen in found.not_taken:
            return sync_place.not_taken_detail(found.not_taken[chosen], width)
        return sync_place.run_detail(found.runs[chosen], width) if chosen in found.runs else ""

    @property
    def _conflict(self) -> ConflictView | None:
        return self._found.conflicts.get(self.query_one(Agenda).chosen[1]) if self._found else None

    @property
    def _proposal(self) -> ProposalView | None:
        return self._found.proposals.get(self.query_one(Agenda).chosen[1]) if self._found else None

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: something else is chosen, or the store is signed in nowhere."""
        if action == "sync":
            return self._why_no_sync()
        if action in {"take_mine", "take_theirs", "merge"} and self._conflict is None:
            return msg("Only a conflict has two sides; choose one with the arrow keys.")
        if action in {"accept", "reject"}:
            return self._why_no_decision(action)
        if action == "seen" and self._not_taken is None:
            return msg("Only a change of yours that was not taken is seen; choose one with the arrow keys.")
        if action == "all_seen" and self._found is not None and not self._found.not_taken:
            return msg("Every change of yours was taken, or you have seen what became of it.")
        return None

    @property
    def _not_taken(self) -> NotTaken | None:
        return self._found.not_taken.get(self.query_one(Agenda).chosen[1]) if self._found else None

    def _why_no_sync(self) -> Msg | None:
        if self._found is not None and not self._found.at.centre:
            return msg("This store is not signed in to a centre. On the command line: sfa login URL")
        return msg("A sync is under way already.") if self.sfa.syncing.is_running else None

    def _why_no_decision(self, action: str) -> Msg | None:
        proposal = self._proposal
        if proposal is None:
            return msg("Only a proposal is accepted or rejected; choose one with the arrow keys.")
        if proposal.may_decide or (action == "reject" and proposal.author.is_me):
            return None
        return msg("Somebody else decides this; x takes your own proposal back.")

    @on(Agenda.Opened)
    def _opened(self) -> None:
        """Show the record that a conflict or proposal is about."""
        found = self._conflict or self._proposal
        if found is not None and found.record.noun:
            self.sfa.show_record(found.record.noun, found.record.id)

    # Acting -------------------------------------------------------------------------------

    def action_sync(self) -> None:
        """Sync now; the last line shows how far it is."""
        self.sfa.syncing.now()

    @work
    async def action_take_mine(self) -> None:
        """Let the user's side of the chosen conflict stand."""
        from sfa.screens.doing import decisions

        if (found := self._conflict) is not None:
            await self._settle(decisions.take_side(found.id, "kept" if found.mine != "lost" else "lost"))

    @work
    async def action_take_theirs(self) -> None:
        """Let the other side of the chosen conflict stand."""
        from sfa.screens.doing import decisions

        if (found := self._conflict) is not None:
            await self._settle(decisions.take_side(found.id, "lost" if found.mine != "lost" else "kept"))

    @work
    async def action_merge(self) -> None:
        """Write a third value in a form."""
        from sfa.screens.forms.merging import merge_conflict

        if (found := self._conflict) is not None:
            await merge_conflict(self.sfa, found)

    @work
    async def action_accept(self) -> None:
        """Make what was proposed; what was changed since is left out after asking."""
        from sfa.screens.doing import decisions

        found = self._proposal
        if found is None:
            return
        try:
            self.sfa.told(await self.gateway.perform(_ACCEPT, decisions.accept_proposal(found.id)))
        except ChangedMeanwhile as error:
            await self._accept_the_rest(found.id, error)
        except SfaError as error:
            self.sfa.report(error)

    async def _accept_the_rest(self, proposal_id: str, error: ChangedMeanwhile) -> None:
        from sfa.screens.dialogs.confirm import Confirm
        from sfa.screens.doing import decisions

        lines = [f"{tr(noun)} {label}: {tr(field)}" for noun, label, field in error.fields]
        question = tr("Changed since it was proposed. Keep these as they are and accept the rest?")
        if await self.app.push_screen_wait(Confirm(question, details=lines, yes=tr("Accept the rest"))):
            await self._settle(decisions.accept_proposal(proposal_id, partial=True))

    @work
    async def action_reject(self) -> None:
        """Turn a proposal down, or take one's own back, with a reason."""
        from sfa.screens.forms.lines import turn_down

        if (found := self._proposal) is not None:
            await turn_down(self.sfa, found.id, is_own=not found.may_decide)

    @work
    async def action_seen(self) -> None:
        """Let what became of the chosen change wait no longer."""
        if (found := self._not_taken) is not None:
            await self._saw([found.tx_id])

    @work
    async def action_all_seen(self) -> None:
        """Let nothing of what became of own changes wait any longer."""
        if self._found is not None:
            await self._saw(list(self._found.not_taken))

    async def _saw(self, transactions: list[str]) -> None:
        try:
            await self.gateway.mark_seen(transactions)
        except SfaError as error:
            self.sfa.report(error)
        self.sfa.refresh_places()

    async def _settle(self, work_: Settling) -> None:
        try:
            self.sfa.told(await self.gateway.perform(_SETTLE, work_))
        except SfaError as error:
            self.sfa.report(error)


_SETTLE = msg("Settle a conflict")
_ACCEPT = msg("Accept a proposal")


def _overview(connection: sqlite3.Connection) -> _Overview:
    from sfa.render.sync_place import SignedIn
    from sfa.reports.decisions import conflicts, proposals
    from sfa.reports.not_taken import not_taken
    from sfa.reports.whoami import whoami
    from sfa.store.change import local_state
    from sfa.sync.device import state

    code = local_state(connection, state.CODE) or ""
    return _Overview(
        SignedIn(state.centre(connection) or "", whoami(connection).name, code),
        {each.id: each for each in conflicts(connection)},
        {each.id: each for each in proposals(connection)},
        {each.tx_id: each for each in not_taken(connection)},
        {each.run_id: each for each in state.runs(connection, _RUNS)},
    )


def _questions(found: _Overview) -> list[Question]:
    from sfa.render import sync_place

    conflicts, proposals = tuple(found.conflicts.values()), tuple(found.proposals.values())
    parts: tuple[list[Line], ...] = (
        sync_place.conflict_lines(conflicts),
        sync_place.proposal_lines(proposals),
        sync_place.not_taken_lines(tuple(found.not_taken.values())),
        sync_place.run_lines(tuple(found.runs.values())),
    )
    headings = sync_place.headings(len(conflicts), len(proposals), len(found.not_taken))
    return [(heading, _entries(lines)) for heading, lines in zip(headings, parts, strict=True) if lines]


def _entries(lines: Sequence[Line]) -> list[tuple[_Entry, str, str, str]]:
    return [(_Entry(line.kind, line.id), line.when, line.what, line.about) for line in lines]
