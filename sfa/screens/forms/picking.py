"""A line that names records: what is typed is looked for at once, the customer's own records first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from sfa.errors import SfaError
from sfa.fields import Field, Kind
from sfa.i18n import tr
from sfa.screens.widgets.choices import Choices

if TYPE_CHECKING:
    from sfa.finding.picking import Pick
    from sfa.screens.gateway import Gateway

_SHOWN = 8
_SEPARATOR = "; "
_NEW = "\0new"  # no record is typed so


class PickLine(Input):
    """The line of a picker: while choices are open, the arrows and Enter belong to them."""

    BINDINGS = [
        Binding("down", "choices(1)", show=False),
        Binding("up", "choices(-1)", show=False),
        Binding("escape", "close_choices", show=False),
    ]

    def _picker(self) -> Picker:
        assert isinstance(self.parent, Picker)
        return self.parent

    def action_choices(self, by: int) -> None:
        """Move through the open choices, else to the next or the previous field."""
        if not self._picker().move(by):
            self.screen.focus_next() if by > 0 else self.screen.focus_previous()

    def action_close_choices(self) -> None:
        """Close the choices; what is typed stays."""
        self._picker().close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Esc to the form while no choices are open."""
        if action == "close_choices":
            return self._picker().is_open
        return super().check_action(action, parameters)

    def on_paste(self, event: events.Paste) -> None:
        """Leave several lines to a picker that knows what to do with them."""
        is_a_table = len(event.text.splitlines()) > 1 or "\t" in event.text.strip()
        if is_a_table and self._picker().takes(event.text):
            event.stop()
            event.prevent_default()

    async def action_submit(self) -> None:
        """Take the choice that is highlighted, else go on."""
        if not self._picker().take():
            await super().action_submit()


class Picker(Vertical):
    """One record, or several parted by semicolons, of a field's noun.

    ``about`` gives what is typed as the account elsewhere in the form: its people and deals come first.
    """

    class Wanted(Message):
        """A record of that name shall be added on the spot."""

        def __init__(self, picker: Picker, name: str) -> None:
            """Say where it is to stand."""
            super().__init__()
            self.picker = picker
            self.name = name

    def __init__(
        self, field: Field, text: str, gateway: Gateway, about: Callable[[], str], *, name: str
    ) -> None:
        """Hold a text at first; nothing is looked for before somebody types."""
        super().__init__(id=name, classes="picker")
        self.field = field
        self._line = PickLine(text, compact=True, max_length=field.max_length)
        self._gateway = gateway
        self._about = about
        self._choices = Choices(classes="choices")
        self._choices.can_focus = False
        self._choices.display = False
        self._picks: list[Pick] = []
        self._quiet = False
        self._found_for = self._part_of(text)
        self._is_entered = False
        self._is_hushed = False

    @property
    def is_many(self) -> bool:
        """Say whether it holds several records."""
        return self.field.kind is Kind.MANY

    @property
    def value(self) -> str:
        """Return what is typed."""
        return self._line.value

    @value.setter
    def value(self, text: str) -> None:
        self._found_for = self._part_of(text)  # what was put in means what it says
        self._quiet = self._line.is_running and text != self._line.value
        self._line.value = text
        self._line.cursor_position = len(text)

    def compose(self) -> ComposeResult:
        """Lay out the line, and the choices that open below it."""
        yield self._line
        yield self._choices

    def focus(self, scroll_visible: bool = True) -> Picker:
        """Start in the line."""
        self._line.focus(scroll_visible)
        return self

    @property
    def _part(self) -> str:
        """Return what is typed of the record one is at."""
        return self._part_of(self.value)

    def _part_of(self, text: str) -> str:
        return text.rpartition(";")[2].strip() if self.is_many else text.strip()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._is_entered = self._is_hushed = False
        if self._quiet:
            self._quiet = False
            self.close()
        else:
            self._look()

    @on(events.DescendantFocus)
    def _came(self) -> None:
        if not self._part:
            self._look()

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self.close()

    @work(exclusive=True)
    async def _look(self) -> None:
        from sfa.finding.picking import pick

        typed, account = self._part, self._about()
        noun = self.field.target
        try:
            found = await self._gateway.read(
                lambda connection: pick(connection, noun, typed, account=account, limit=_SHOWN)
            )
        except SfaError:  # the form says what is wrong with a store when it saves
            found = []
        if not self._line.has_focus or typed != self._part or self._is_hushed:
            return
        self._found_for = typed
        self._open(found, typed)
        if self._is_entered:
            self._is_entered = False
            if not self.take():
                self.screen.focus_next()

    def _open(self, found: list[Pick], typed: str) -> None:
        self._picks = [] if [each.label for each in found] == [typed] else found
        choices = self._choices
        choices.clear_options()
        choices.add_options(Option(_line(each), id=str(index)) for index, each in enumerate(self._picks))
        if typed and not any(each.label == typed for each in found) and self.field.target in _ADDED:
            label = tr("New: {name}", name=typed)
            choices.add_option(Option(Content.styled(f"+ {label}", "italic"), id=_NEW))
        choices.display = choices.option_count > 0
        # Somebody who only passes through with Enter takes nothing that was not typed.
        choices.highlighted = 0 if typed and self._picks else None

    def move(self, by: int) -> bool:
        """Move the highlight through the open choices; say whether there are any."""
        choices = self._choices
        if self._is_hushed:
            self._is_hushed = False
            self._look()
            return True
        if not self.is_open:
            return False
        if choices.highlighted is None:
            choices.highlighted = 0 if by > 0 else choices.option_count - 1
        elif by > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()
        return True

    @property
    def is_open(self) -> bool:
        """Say whether there are choices below the line."""
        return bool(self._choices.display)

    def close(self) -> None:
        """Close the choices."""
        self._choices.display = False

    def hush(self) -> None:
        """Close the choices until somebody types or asks for them: what is said below is to be read."""
        self._is_hushed = True
        self.close()

    def take(self) -> bool:
        """Take the highlighted choice; say whether there was one."""
        choices = self._choices
        if self._part and self._part != self._found_for:
            self._is_entered = True  # Enter means what is found for all of what was typed
            return True
        if not self.is_open or choices.highlighted is None:
            return False
        self._take(choices.get_option_at_index(choices.highlighted).id or "")
        return True

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option.id or "")

    def takes(self, pasted: str) -> bool:  # noqa: ARG002  whoever can do something with it overrides it
        """Say whether several lines that were pasted were taken; a form takes the first alone."""
        return False

    def _take(self, key: str) -> None:
        if key == _NEW:
            self.close()
            self.post_message(self.Wanted(self, self._part))
            return
        self.put(self._picks[int(key)].typed)

    def put(self, typed: str) -> None:
        """Put a record in the place of what was typed of it; one record is then done, several go on."""
        if self.is_many:
            before = self.value.rpartition(";")[0].strip()
            self.value = f"{before}{_SEPARATOR}{typed}{_SEPARATOR}" if before else f"{typed}{_SEPARATOR}"
        else:
            self.value = typed
            self.screen.focus_next()


# Nouns that can be added on the spot.
_ADDED = frozenset({"account", "contact", "deal", "product"})


def _line(each: Pick) -> Content:
    mark = "• " if each.is_near else "  "
    return Content.assemble(mark, each.label, (f"  {each.hint}" if each.hint else "", "dim"))
