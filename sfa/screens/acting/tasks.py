"""What can be done with tasks: done, with what follows; later; cancelled; open again."""

from __future__ import annotations

from textual import work

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind

_ACTIONS = frozenset({"done", "follow", "snooze", "put_off", "cancel_task", "reopen_task"})


class TaskActions(Acting):
    """A screen with a task in view."""

    BINDINGS = [
        bind("d", "done", "task.done", msg("Complete"), msg("Close the task as done"), footer=True),
        bind(
            "D",
            "follow",
            "task.follow",
            msg("Done, next"),
            msg("Close it and say what follows, with its day"),
        ),
        bind("z", "snooze", "task.snooze", msg("Later"), msg("Put the task off until tomorrow"), footer=True),
        bind("Z", "put_off", "task.put_off", msg("To a day"), msg("Put the task off to a day you type")),
        bind("X", "cancel_task", "task.cancel", msg("Cancel"), msg("Close the task: it will not be done")),
        bind("O", "reopen_task", "task.reopen", msg("Reopen"), msg("Open the task again")),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no task."""
        if action in _ACTIONS:
            return self.refusal_for("task", msg("This is no task."))
        return super().refusal(action)

    @work
    async def action_done(self) -> None:
        """Close the tasks as done."""
        from sfa.screens.doing import tasks

        await self.act(msg("Complete a task"), tasks.complete(await self.targets()))

    @work
    async def action_follow(self) -> None:
        """Ask what follows, then close the task as done."""
        from sfa.screens.forms.lines import follow

        if await follow(self.sfa, await self.targets()):
            self.acted()

    @work
    async def action_snooze(self) -> None:
        """Put the tasks off until tomorrow."""
        from datetime import timedelta

        from sfa.screens.doing import tasks

        to = clock.today() + timedelta(days=1)
        await self.act(msg("Put off a task"), tasks.snooze(await self.targets(), to))

    @work
    async def action_put_off(self) -> None:
        """Ask for the day, then put the tasks off to it."""
        from sfa.screens.dialogs.ask_day import ask_day
        from sfa.screens.doing import tasks

        ids = await self.targets()
        day = await ask_day(self.sfa, tr("Put off to which day?"))
        if day is not None:
            await self.act(msg("Put off a task"), tasks.snooze(ids, day))

    @work
    async def action_cancel_task(self) -> None:
        """Close the tasks that will not be done."""
        from sfa.screens.doing import tasks

        await self.act(msg("Cancel a task"), tasks.cancel(await self.targets()))

    @work
    async def action_reopen_task(self) -> None:
        """Open the tasks again."""
        from sfa.screens.doing import tasks

        await self.act(msg("Reopen a task"), tasks.reopen(await self.targets()))
