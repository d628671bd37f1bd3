"""Accounts: the list and its filters, and one account in the round."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, NotFound, msg
from sfa.i18n import tr
from sfa.screens.acting.accounts import AccountActions
from sfa.screens.acting.target import Acting
from sfa.screens.filtering import QuickFilter
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.records import RecordsScreen
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView


class AccountsScreen(AccountActions, RecordsScreen):
    """The list of accounts."""

    PLACE = "accounts"
    NOUN = "account"
    EMPTY = msg("No accounts yet. n adds one; converting a lead makes one too.")
    TOGETHER = ("tier", "kind", "industry", "region", "owner", "next_follow_up", "tags")
    FILTERS = (
        QuickFilter("mine", msg("My accounts"), "owner=me"),
        QuickFilter("key", msg("Key accounts"), "tier=key"),
        QuickFilter("due", msg("Follow-up due"), "next_follow_up<=today"),
        QuickFilter("no-day", msg("Without a next follow-up"), "owner=me and next_follow_up is empty"),
        QuickFilter("partners", msg("Distributors and partners"), "kind!=end-customer"),
    )


class AccountScreen(AccountActions, Acting, Place):
    """One account: its people and what they decide, deals, what is to be done, what happened."""

    BINDINGS = [
        bind(
            "e",
            "edit",
            "account.edit",
            msg("Edit"),
            msg("Change what is chosen: account, person, deal …"),
            footer=True,
        ),
        bind(
            "E", "edit_account", "account.edit_account", msg("Edit account"), msg("Change the account itself")
        ),
        bind(
            "R",
            "role",
            "account.role",
            msg("Who decides"),
            msg("The chosen person's part in an open deal; of a chosen deal all its people"),
        ),
        bind("i", "fields", "account.fields", msg("All fields"), msg("Show every field of the account")),
        bind("h", "history", "account.history", msg("History"), msg("Who changed what, when"), footer=True),
        bind("escape", "back", "account.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, noun: str, record_id: str) -> None:
        """Name the account."""
        super().__init__()
        self.noun = noun
        self.record_id = record_id
        self._is_there = True
        self._deals: dict[str, str] = {}  # the open ones: id -> name

    def again(self) -> AccountScreen:
        """Return the same account anew."""
        return AccountScreen(self.noun, self.record_id)

    def body(self) -> ComposeResult:
        """Lay out the account, its lists, and beside them the chosen record where there is room."""
        yield Static(id="account", markup=False)
        with Horizontal(id="round"):
            yield Agenda(
                tr("Nothing belongs to this account yet. a adds a person, a deal, a task or a visit.")
            )
            yield RecordView(classes="beside")

    def on_mount(self) -> None:
        """Start in the lists."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the account."""
        from sfa.render.account import facts_line, parts_of
        from sfa.reports.account import overview

        try:
            found = await self.gateway.read(
                lambda connection: overview(connection, self.record_id, today=clock.today())
            )
        except NotFound:
            self._is_there = False
            self.query_one("#account", Static).update(tr("The account is not here any more."))
            self.query_one(Agenda).fill([])
            return
        self._is_there = True
        self._deals = {each.id: each.name for each in found.deals}
        self.query_one("#account", Static).update(f"{found.facts.name}\n{facts_line(found)}")
        self.query_one(Agenda).fill(
            [
                (title, [(line, line.when, line.what, line.about) for line in lines])
                for title, lines in parts_of(found)
                if lines or title
            ]
        )
        self.refresh_bindings()

    @property
    def target(self) -> tuple[str, str]:
        """Return the account, as long as it is there: what is added belongs to it."""
        return (self.noun, self.record_id) if self._is_there else ("", "")

    @property
    def chosen(self) -> tuple[str, str]:
        """Return the chosen line's record, else the account."""
        chosen = self.query_one(Agenda).chosen
        return chosen if chosen[0] else self.target

    def refusal(self, action: str) -> Msg | None:
        """Say that the account is gone."""
        if action != "back" and not self._is_there:
            return msg("The account is not here any more.")
        if action == "role" and self.chosen[0] not in {"contact", "deal"}:
            return msg("This is about a person or an open deal: choose one of them.")
        if action == "role" and not self._deals:
            return msg("There is no open deal to decide about; a adds one.")
        return super().refusal(action)

    @on(Agenda.Chosen)
    def _chosen(self, event: Agenda.Chosen) -> None:
        self.query_one(RecordView).show_soon(event.noun, event.record_id)

    @on(Agenda.Opened)
    def _opened(self) -> None:
        """Show the chosen record in full."""
        noun, record_id = self.query_one(Agenda).chosen
        if noun:
            self.sfa.show_record(noun, record_id)

    @work
    async def action_edit(self) -> None:
        """Change the chosen record in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.chosen)

    @work
    async def action_role(self) -> None:
        """Ask for the person's part in an open deal, and in which one; of a deal show all its people."""
        from sfa.screens.buying_roles import BuyingRolesScreen
        from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found
        from sfa.screens.forms.buying_role import edit_role

        noun, record_id = self.chosen
        if noun == "deal":
            self.sfa.push_screen(BuyingRolesScreen(record_id))
            return
        deal: str | None = next(iter(self._deals))
        if len(self._deals) > 1:
            entries = [Entry(each, name) for each, name in self._deals.items()]
            deal = await self.sfa.push_screen_wait(
                Chooser(tr("In which deal?"), among(entries), empty=nothing_found())
            )
        if deal is not None:
            await edit_role(self.sfa, deal, record_id)

    @work
    async def action_edit_account(self) -> None:
        """Change the account in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, self.noun, self.record_id)

    def action_fields(self) -> None:
        """Show every field of the account."""
        from sfa.screens.record import RecordScreen

        self.sfa.push_screen(RecordScreen(self.noun, self.record_id))

    def action_history(self) -> None:
        """Show who changed what, when."""
        from sfa.screens.history import HistoryScreen

        self.sfa.push_screen(HistoryScreen(self.noun, self.record_id))

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
