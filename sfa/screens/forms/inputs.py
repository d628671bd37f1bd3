"""What a field is typed into: a line, a choice, a tick, a text of several lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, TextArea

from sfa.fields import Field, Kind
from sfa.i18n import tr
from sfa.screens.forms.layout import is_tall
from sfa.screens.forms.picking import Picker
from sfa.screens.widgets.choices import OneOf

if TYPE_CHECKING:
    from sfa.screens.gateway import Gateway

_YES, _NO = "yes", "no"


def input_of(field: Field, text: str, gateway: Gateway, about: Callable[[], str]) -> Widget:
    """Return what a field is typed into, with the text it holds now; ``about`` gives the form's account."""
    name = widget_id(field)
    if field.choices:
        options = [(tr(choice.label), choice.value) for choice in field.choices]
        known = text in {choice.value for choice in field.choices}
        found: Select[str] = OneOf(
            options,
            value=text if known else Select.NULL,
            prompt=tr("(by itself)") if field.default else tr("(none)"),
            allow_blank=not field.required or not known,
            id=name,
            compact=True,
        )
        return found
    if field.kind is Kind.FLAG:
        return Checkbox(value=text in {_YES, "true", "1"}, id=name, compact=True)
    if is_tall(field):
        return TextArea(text, id=name, compact=True, tab_behavior="focus", soft_wrap=True)
    if field.target:
        return Picker(field, text, gateway, about, name=name)
    return Input(text, id=name, compact=True, max_length=field.max_length)


def widget_id(field: Field) -> str:
    """Return the id of a field's input; a declared field's name may hold any letter."""
    plain = field.name if field.name.isascii() and field.name.isidentifier() else field.name.encode().hex()
    return f"field-{plain}"


def text_of(widget: Widget) -> str:
    """Return what an input holds, as it would be typed on the command line."""
    if isinstance(widget, Checkbox):
        return _YES if widget.value else _NO
    if isinstance(widget, Select):
        return "" if widget.value is Select.NULL else str(widget.value)
    if isinstance(widget, TextArea):
        return widget.text
    assert isinstance(widget, (Input, Picker))
    return widget.value.rstrip("; ") if isinstance(widget, Picker) else widget.value


def put_text(widget: Widget, text: str) -> None:
    """Make an input hold a text."""
    if isinstance(widget, Checkbox):
        widget.value = text == _YES
    elif isinstance(widget, Select):
        widget.value = text or Select.NULL
    elif isinstance(widget, TextArea):
        widget.text = text
    else:
        assert isinstance(widget, (Input, Picker))
        widget.value = text


def hint_of(field: Field) -> str:
    """Return how a field can be typed, for the line below the form."""
    if field.kind is Kind.MANY:
        if field.table == "deal_line":
            return tr("Product lines: NAME x QUANTITY @ PRICE; several parted by a semicolon")
        if field.target:
            return tr("Several: each by a part of its name, Enter takes the choice")
        return tr("Several are parted by a semicolon")
    hints = {
        Kind.DAY: tr("A day: 2026-11-30, tomorrow, fri, +3d"),
        Kind.INSTANT: tr("Day and time: 2026-11-30 14:30, tomorrow 9:00"),
        Kind.TIME: tr("A time: 14:30"),
        Kind.MONEY: tr("An amount: 12000, 12000 USD, 1.2万"),
        Kind.PRICE: tr("A price: 12.50, 12.50 EUR"),
        Kind.PERCENT: tr("Per cent: 60"),
        Kind.RATIO: tr("Per cent: 13, 8.875"),
        Kind.LINK: tr("A part of the name, phone or pinyin initials; Enter takes the choice"),
        Kind.LONG: tr("Several lines; Tab goes on"),
    }
    return hints.get(field.kind, "")
