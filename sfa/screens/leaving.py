"""Faults of what is being left: a part that was half built then misses its other half; nobody needs it."""

from __future__ import annotations

from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed, active_worker


class LeavesInPeace(App[str]):
    """An app that ends for no fault of a part that is on its way out, nor for one of its own way out."""

    async def on_event(self, event: events.Event) -> None:
        """Do nothing for a press on what went just before it: Textual asks where that stands."""
        try:
            await super().on_event(event)
        except AttributeError as error:
            if not isinstance(event, events.MouseEvent):
                raise
            self.log.error(repr(error))

    def _handle_exception(self, error: Exception) -> None:
        if self._exit or not self._running or _is_going(_at_fault(error)):
            self.log.error(repr(error))
        else:
            super()._handle_exception(error)


def _at_fault(error: Exception) -> MessagePump | None:
    """Return who was at work; a worker works for whoever began it, who may have left meanwhile."""
    if isinstance(error, WorkerFailed) and (worker := active_worker.get(None)) is not None:
        return worker.node
    return active_message_pump.get(None)


def _is_going(node: MessagePump | None) -> bool:
    """Say whether somebody, or what it stands in, is being taken away."""
    if not isinstance(node, DOMNode) or isinstance(node, App):
        return False
    return not node.is_attached or any(each._pruning or each._closing for each in node.ancestors_with_self)
