"""What can be done with visits and other activities: arrival, departure, outcome, comments."""

from __future__ import annotations

from textual import work

from sfa.errors import Msg, msg
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind

_OF_A_VISIT = frozenset({"report", "check_in", "check_out", "cancel_visit"})


class CommentActions(Acting):
    """A screen with a visit or another activity in view."""

    BINDINGS = [bind("C", "comment", "activity.comment", msg("Comment"), msg("Say something about it"))]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be said about what is no activity."""
        if action == "comment" and self.target[0] not in {"visit", "activity"}:
            return msg("Only a visit or another activity takes comments.")
        return super().refusal(action)

    @work
    async def action_comment(self) -> None:
        """Ask what to say, and keep it with the activity."""
        from sfa.screens.forms.lines import comment

        if await comment(self.sfa, *self.target):
            self.acted()


class VisitActions(CommentActions):
    """A screen with a visit in view."""

    BINDINGS = [
        bind(
            "d", "report", "visit.report", msg("Took place"), msg("Say what came of the visit"), footer=True
        ),
        bind("i", "check_in", "visit.check_in", msg("Check in"), msg("Record the arrival, now")),
        bind("o", "check_out", "visit.check_out", msg("Check out"), msg("Record the departure, now")),
        bind("X", "cancel_visit", "visit.cancel", msg("Cancel"), msg("Say that it will not take place")),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no visit."""
        if action in _OF_A_VISIT:
            return self.refusal_for("visit", msg("This is no visit."))
        return super().refusal(action)

    @work
    async def action_report(self) -> None:
        """Ask what came of the visit, and say that it took place."""
        from sfa.screens.forms.opening import report_visit

        if await report_visit(self.sfa, self.target[1]) is not None:
            self.acted()

    @work
    async def action_check_in(self) -> None:
        """Record the arrival."""
        from sfa.screens.doing import visits

        await self.act(msg("Check in to a visit"), visits.check_in(self.target[1]))

    @work
    async def action_check_out(self) -> None:
        """Record the departure."""
        from sfa.screens.doing import visits

        await self.act(msg("Check out of a visit"), visits.check_out(self.target[1]))

    @work
    async def action_cancel_visit(self) -> None:
        """Say that the visit will not take place."""
        from sfa.screens.doing import visits

        await self.act(msg("Cancel a visit"), visits.cancel(self.target[1]))
