"""The people of one deal: who has which part in the decision, and who of the customer has none yet."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa.errors import Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.reports.buying_roles import Part
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda


class _Line:
    """A person among the entries."""

    noun = "contact"
    days = None

    def __init__(self, part: Part) -> None:
        """Stand for a person."""
        self.part = part
        self.id = part.id


class BuyingRolesScreen(Acting, Place):
    """The people of a deal: a part each, or none yet."""

    BINDINGS = [
        bind(
            "e",
            "edit",
            "roles.edit",
            msg("Role"),
            msg("Role, stance and strength of the chosen person"),
            footer=True,
        ),
        bind(
            "n",
            "new",
            "roles.new",
            msg("Add a person"),
            msg("Give anybody a part; who is not there yet is added on the spot"),
            footer=True,
        ),
        bind(
            "x",
            "take_out",
            "roles.take_out",
            msg("Take out"),
            msg("The person has no part in it any more; u takes that back"),
            footer=True,
        ),
        bind("escape", "back", "roles.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, deal_id: str) -> None:
        """Name the deal."""
        super().__init__()
        self.deal_id = deal_id
        self._is_there = True

    def body(self) -> ComposeResult:
        """Lay out the deal's name and its people."""
        yield Static(id="roles", classes="above", markup=False)
        yield Agenda(tr("Nobody is known yet. n adds a person."))

    def on_mount(self) -> None:
        """Start in the people."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the people."""
        from sfa.render.buying_roles import parts_of
        from sfa.reports.buying_roles import buying_roles

        title = self.query_one("#roles", Static)
        try:
            found = await self.gateway.read(lambda connection: buying_roles(connection, self.deal_id))
        except NotFound:
            self._is_there = False
            title.update(tr("The deal is not here any more."))
            self.query_one(Agenda).fill([])
            return
        self._is_there = True
        title.update(tr("Who decides in {deal}", deal=found.deal))
        shown = parts_of(found) if found.people or found.others else []
        self.query_one(Agenda).fill(
            [
                (heading, [(_Line(part), role, who, how) for part, role, who, how in lines])
                for heading, lines in shown
            ]
        )
        self.refresh_bindings()

    @property
    def _chosen(self) -> Part | None:
        entry = self.query_one(Agenda).chosen_entry
        return entry.part if isinstance(entry, _Line) else None

    @property
    def target(self) -> tuple[str, str]:
        """Return the chosen person."""
        return self.query_one(Agenda).chosen if self.is_ready else ("", "")

    def refusal(self, action: str) -> Msg | None:
        """Say why it is not possible: the deal is gone, nobody is chosen, or has no part."""
        if action == "back":
            return None
        if not self._is_there:
            return msg("The deal is not here any more.")
        if action in {"edit", "take_out"} and self._chosen is None:
            return msg("Nobody is chosen; n adds a person.")
        if action == "take_out" and self._chosen is not None and not self._chosen.role:
            return msg("This person has no part in the decision.")
        return super().refusal(action)

    @on(Agenda.Opened)
    def _opened(self) -> None:
        """Show the chosen person in full."""
        noun, record_id = self.target
        if noun:
            self.sfa.show_record(noun, record_id)

    @work
    async def action_new(self) -> None:
        """Ask who, and which part."""
        from sfa.screens.forms.buying_role import edit_role

        await edit_role(self.sfa, self.deal_id)

    @work
    async def action_edit(self) -> None:
        """Ask for the part of the chosen person."""
        from sfa.screens.forms.buying_role import edit_role

        if self._chosen is not None:
            await edit_role(self.sfa, self.deal_id, self._chosen.id)

    @work
    async def action_take_out(self) -> None:
        """Take the part of the chosen person away."""
        from sfa.screens.doing import buying_roles

        if self._chosen is None:
            return
        name = msg("Take {contact} out of {label}")
        work_ = buying_roles.take_out(self.deal_id, self._chosen.id)
        try:
            self.sfa.told(await self.gateway.perform(name, work_))
        except SfaError as error:
            self.sfa.report(error)

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
