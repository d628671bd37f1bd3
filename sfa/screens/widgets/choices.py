"""Lists to choose from, as the library has them, that stand a page key before they are laid out."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList, Select
from textual.widgets._select import SelectCurrent, SelectOverlay


class _Patient(OptionList):
    """A page of a list without a height is none: who types fast is ahead of the layout."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave page keys out until there are pages."""
        if action in {"page_up", "page_down"} and not self.scrollable_content_region.height:
            return False
        return super().check_action(action, parameters)


class Choices(_Patient):
    """Lines to choose one of."""


class _Overlay(SelectOverlay, _Patient):
    """The lines that open below a choice."""


class OneOf(Select[str]):
    """One of several words, which open below it."""

    def compose(self) -> ComposeResult:
        """Lay out the word, and the lines that open."""
        yield SelectCurrent(self.prompt)
        yield _Overlay(type_to_search=self._type_to_search).data_bind(compact=Select.compact)
