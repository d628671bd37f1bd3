"""What can be done with deals: along the stages, won, lost, open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.acting.orders import WithOrders
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.finding.stages import StageChoice

_ACTIONS = frozenset({"advance", "step_back", "move", "win", "lose", "reopen_deal", "roles"})


class DealActions(WithOrders):
    """A screen with a deal in view."""

    BINDINGS = [
        bind(
            "right_square_bracket",
            "advance",
            "deal.advance",
            msg("Next stage"),
            msg("Move the deal to the next stage"),
            footer=True,
        ),
        bind(
            "left_square_bracket",
            "step_back",
            "deal.step_back",
            msg("Stage before"),
            msg("Move the deal to the stage before"),
        ),
        bind("m", "move", "deal.move", msg("Move"), msg("Choose the deal's stage, won or lost too")),
        bind("W", "win", "deal.win", msg("Won"), msg("Close the deal as won"), footer=True),
        bind(
            "L", "lose", "deal.lose", msg("Lost"), msg("Close the deal as lost, with the reason"), footer=True
        ),
        bind(
            "R",
            "roles",
            "deal.roles",
            msg("Who decides"),
            msg("The people of the deal: buying role, stance, strength of each"),
        ),
        bind("O", "reopen_deal", "deal.reopen", msg("Reopen"), msg("Open the closed deal again")),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no deal."""
        if action in _ACTIONS:
            return self.refusal_for("deal", msg("This is no deal."))
        return super().refusal(action)

    def action_roles(self) -> None:
        """Show the people of the deal."""
        from sfa.screens.buying_roles import BuyingRolesScreen

        self.sfa.push_screen(BuyingRolesScreen(self.target[1]))

    @work
    async def action_advance(self) -> None:
        """Move the deals to the next stage."""
        from sfa.screens.doing import deals

        await self.act(msg("Move a deal"), deals.advance(await self.targets()))

    @work
    async def action_step_back(self) -> None:
        """Move the deals to the stage before."""
        from sfa.screens.doing import deals

        await self.act(msg("Move a deal"), deals.step_back(await self.targets()))

    @work
    async def action_move(self) -> None:
        """Choose a stage of the deal's pipeline and move the deals there."""
        from sfa.finding.stages import choices_of_deal
        from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found
        from sfa.screens.doing import deals

        ids = await self.targets()
        stages = await self.gateway.read(lambda connection: choices_of_deal(connection, ids[0]))
        entries = [
            Entry(each.id, each.name, beside="→" if each.is_present else " ", hint=_hint(each))
            for each in stages
        ]
        chosen = await self.sfa.push_screen_wait(
            Chooser(tr("Move to which stage?"), among(entries), empty=nothing_found())
        )
        found = next((each for each in stages if each.id == chosen), None)
        if found is None:
            return
        if found.kind == "open":
            await self.act(msg("Move a deal"), deals.put_at(ids, found.id))
        else:
            await self._close(ids[0], won=found.kind == "won")

    @work
    async def action_win(self) -> None:
        """Ask what it was won for, then close the deal as won."""
        await self._close(self.target[1], won=True)

    @work
    async def action_lose(self) -> None:
        """Ask why, then close the deal as lost."""
        await self._close(self.target[1], won=False)

    async def _close(self, deal_id: str, *, won: bool) -> None:
        from sfa.screens.forms.closing import close_deal

        if await close_deal(self.sfa, deal_id, won=won):
            self.acted()

    @work
    async def action_reopen_deal(self) -> None:
        """Open the closed deals again."""
        from sfa.screens.doing import deals

        await self.act(msg("Reopen a deal"), deals.reopen(await self.targets()))


def _hint(stage: StageChoice) -> str:
    return "" if stage.probability is None else f"{stage.probability} %"
