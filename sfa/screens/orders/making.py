"""Making an order of an accepted quote: which lines, how much of each, promised for when."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sfa import clock
from sfa.errors import InvalidInput, Msg, SfaError, msg
from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding.order_rest import Ordered, orderable, ordered_lines
from sfa.i18n import tr
from sfa.render.cells import clip, one_line
from sfa.render.numbers import plain_quantity, quantity
from sfa.screens.doing import orders
from sfa.screens.forms.checking import judge_of
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft
from sfa.terms import LineKind

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.dialogs.chooser import Entry

ORDERED = "order"  # what drafts call this form
_LINE = "line"
_NOTHING = frozenset({"", "0"})  # typed for a line of which nothing is ordered
_MOST_NAME = 40
# Asked for besides the lines: the first of them before.
_PROMISED, _MORE = "promised", ("ordered", "subject", "contract_number")
_NAME = msg("Add {noun}")


class _Known(NamedTuple):
    number: str
    lines: tuple[Ordered, ...]


async def order_any(app: SfaApp, about: Mapping[str, str] | None = None) -> str | None:
    """Choose an accepted quote of which something is left, and make an order of it; return its id.

    ``about`` may name an account or a deal by its id: then its quotes alone.
    """
    from sfa.screens.dialogs.chooser import Chooser, among

    if refuses_reader(app):
        return None
    given = dict(about or {})
    try:
        found = await app.gateway.read(lambda connection: orderable(connection, **given))
    except SfaError as error:
        app.report(error)
        return None
    entries: list[Entry] = [_entry(*each) for each in found]
    if not entries:
        app.notify(
            tr("There is no accepted quote of which something is left to order; W on a quote accepts it."),
            severity="warning",
        )
        return None
    if len(entries) == 1:
        return await order_quote(app, entries[0].key)
    chosen = await app.push_screen_wait(
        Chooser(
            tr("Order which quote?"),
            among(entries),
            placeholder=tr("Number, account or subject of an accepted quote"),
            empty=tr("No accepted quote is called so."),
        )
    )
    return await order_quote(app, chosen) if chosen is not None else None


def _entry(quote_id: str, number: str, account: str, subject: str) -> Entry:
    from sfa.screens.dialogs.chooser import Entry

    return Entry(quote_id, " · ".join(filter(None, (number, one_line(account)))), hint=one_line(subject))


async def order_quote(app: SfaApp, quote_id: str, *, draft: str = "") -> str | None:
    """Ask what of a quote is ordered, and make the order; return its id, ``None`` when it was left.

    ``draft`` names the file of unsaved text that is taken up.
    """
    if refuses_reader(app):
        return None
    try:
        known = await app.gateway.read(lambda connection: _known(connection, quote_id))
        if not any(each.left_milli > 0 for each in known.lines):
            await app.gateway.rehearse(_NAME, orders.make(quote_id, {}, ()))  # it says why
    except SfaError as error:
        app.report(error)
        return None
    left = [each for each in known.lines if each.left_milli > 0]

    async def save(texts: Texts) -> str:
        wanted = {each.number: texts.get(f"{_LINE}{each.number}", "").strip() for each in left}
        lines = [_typed(number, text) for number, text in wanted.items() if text not in _NOTHING]
        if not lines:
            raise InvalidInput(
                f"{_LINE}{left[0].number}", msg("nothing of the quote is ordered; type how much of a line")
            )
        more = {name: text for name, text in texts.items() if name in {_PROMISED, *_MORE}}
        try:
            done = await app.gateway.perform(_NAME, orders.make(quote_id, more, lines), noun="order")
        except InvalidInput as error:
            error.field = _field_of(error, wanted)
            raise
        app.told(done)
        return str(done.value.id)

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.services.orders import check_line

        number = next((each.number for each in left if field.name == f"{_LINE}{each.number}"), None)
        if number is None:
            judge_of("order")(connection, field, text)
        elif text.strip() not in _NOTHING:
            check_line(connection, quote_id, _typed(number, text.strip()))

    fields, preset = _fields(left)
    form = RecordForm(
        "\n".join([tr("Order of quote {label}", label=known.number), *_unorderable(known.lines)]),
        fields,
        {},
        save,
        judge=judge,
        draft=Draft(app.gateway.home, "quote", quote_id, form=ORDERED, label=known.number, file=draft),
        preset=preset,
        first=_PROMISED,
    )
    form.add_class("-of-lines")
    return await app.push_screen_wait(form)


def _known(connection: sqlite3.Connection, quote_id: str) -> _Known:
    from sfa.finding.order_rest import quote_of

    number, text = quote_of(connection, quote_id)
    return _Known(number, ordered_lines(connection, quote_id, text))


def _fields(left: Sequence[Ordered]) -> tuple[list[Field], dict[str, str]]:
    """Return what is asked for, and what stands there beforehand: what is left of each line."""
    described = noun_of("order")
    promised, *more = (described.field(name) for name in (_PROMISED, *_MORE))
    lines = [Field(f"{_LINE}{each.number}", Kind.QUANTITY, _label(each), "", "") for each in left]
    fields = [field for field in (promised, *lines, *more) if field is not None]
    preset = {f"{_LINE}{each.number}": plain_quantity(each.left_milli) for each in left}
    return fields, {**preset, "ordered": clock.today().isoformat()}


def _typed(number: int, text: str) -> str:
    """Return how much of a line is ordered, as the command line has it."""
    return f"{number}={text}"


def _label(each: Ordered) -> Msg:
    name = clip(one_line(each.line.name), _MOST_NAME)
    if each.ordered_milli:
        left, accepted = quantity(each.left_milli), quantity(each.line.quantity_milli)
        return Msg(
            tr("{line}. {name}: {left} of {accepted} left", line=each.number, name=name, left=left,
               accepted=accepted)
        )  # fmt: skip
    return Msg(f"{each.number}. {name}")


def _unorderable(lines: Sequence[Ordered]) -> list[str]:
    """Return what of a quote cannot be ordered, and why; headings are of no account."""
    options = [each for each in lines if each.line.kind != LineKind.TEXT and not each.counts]
    gone = [each for each in lines if each.counts and each.left_milli <= 0]
    found = []
    if gone:
        found.append(tr("All ordered: {lines}", lines=_listed(gone)))
    if options:
        found.append(tr("Not accepted, an option that was not chosen: {lines}", lines=_listed(options)))
    return found


def _listed(lines: Sequence[Ordered]) -> str:
    return ", ".join(f"{each.number}. {clip(one_line(each.line.name), _MOST_NAME)}" for each in lines)


def _field_of(error: InvalidInput, wanted: Mapping[int, str]) -> str:
    """Return the field of the form that an error of the order is about."""
    line = error.data.get("line")
    if isinstance(line, int) and line in wanted:
        return f"{_LINE}{line}"
    if error.field == "Quantity":
        value = str(error.data.get("value", "")).strip()
        near = (number for number, text in wanted.items() if text == value)
        return f"{_LINE}{next(near, next(iter(wanted)))}"
    return _PROMISED if error.field == "Promised for" else error.field
