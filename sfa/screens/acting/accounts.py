"""What can be done with accounts: hand them to another owner."""

from __future__ import annotations

from textual import work

from sfa.errors import Msg, SfaError, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.acting.orders import WithOrders
from sfa.screens.keys import bind

_SHOWN = 12  # records that go along


class AccountActions(WithOrders):
    """A screen with an account in view."""

    BINDINGS = [
        bind(
            "T",
            "transfer",
            "account.transfer",
            msg("Transfer"),
            msg("Give the account to another owner, with all that is open"),
        ),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no account."""
        if action == "transfer":
            return self.refusal_for("account", msg("This is no account."))
        return super().refusal(action)

    @work
    async def action_transfer(self) -> None:
        """Ask who gets the account, show what goes along, and hand it over."""
        from sfa.finding.completing import complete
        from sfa.finding.references import resolve
        from sfa.screens.dialogs.chooser import Chooser, Entry, nothing_found
        from sfa.screens.dialogs.confirm import Confirm
        from sfa.screens.doing import accounts

        account_id = self.target[1]

        async def users(text: str) -> list[Entry]:
            found = await self.gateway.read(lambda connection: complete(connection, "user", text))
            return [Entry(word, label) for word, label in found if word != "me"]

        typed = await self.sfa.push_screen_wait(
            Chooser(
                tr("Who gets the account?"),
                users,
                placeholder=tr("A part of the name"),
                empty=nothing_found(),
            )
        )
        if typed is None:
            return
        try:
            user = await self.gateway.read(lambda connection: resolve(connection, "user", typed))
            work_ = accounts.transfer(account_id, user.id, user.label)
            moving = await self.gateway.rehearse(msg("Transfer an account"), work_)
        except SfaError as error:
            self.sfa.report(error)
            return
        moved = [f"{tr(noun_of(each.noun).label)} {each.label}" for each in moving.moved]
        details = [*moved[:_SHOWN], *(["…"] if len(moved) > _SHOWN else [])]
        question = tr("Give this account to {user}? u takes it back.", user=user.label)
        if await self.sfa.push_screen_wait(Confirm(question, details=details, yes=tr("Transfer"))):
            await self.act(msg("Transfer an account"), work_)
