"""The lines of a quote while they are edited: priced after every change, and each change taken back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sfa.interchange.quote_lines import QuoteLine, document_of, next_key
from sfa.pricing.document import Line
from sfa.pricing.results import Priced
from sfa.pricing.totals import KnownLines, price_document
from sfa.terms import LineKind


class State(NamedTuple):
    """What is edited: the lines, those that have no price yet, the discount on the whole."""

    lines: tuple[QuoteLine, ...]
    unpriced: frozenset[str] = frozenset()
    discount_ppm: int = 0
    discount_minor: int = 0


@dataclass(slots=True)
class _Step:
    """A state with where the cursor was."""

    state: State
    row: int


class Sheet:
    """A quote's lines as they are typed; nothing is written here."""

    def __init__(self, values: Mapping[str, Any], state: State, costs: Mapping[str, int]) -> None:
        """Start with what is stored; ``values`` are the quote's columns, ``costs`` millionths by product.

        Raises:
            InvalidInput: the lines cannot be priced.
        """
        self.values = dict(values)
        self._costs = dict(costs)
        self.base = self.state = state
        self._last: tuple[State, Priced] | None = None
        self._known = KnownLines()
        self._as_priced: dict[str, tuple[QuoteLine, Line]] = {}
        self.priced = self.price(state)
        self._past: list[_Step] = []
        self._future: list[_Step] = []

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """The lines."""
        return self.state.lines

    @property
    def currency(self) -> str:
        """The quote's currency."""
        return str(self.values["currency"])

    @property
    def is_changed(self) -> bool:
        """Whether anything is here that is not stored."""
        return self.state != self.base

    @property
    def costs(self) -> Mapping[str, int]:
        """What products cost, in millionths."""
        return self._costs

    def learn(self, costs: Mapping[str, int]) -> None:
        """Hear what more products cost."""
        self._costs.update(costs)
        self._last = None
        self._as_priced.clear()

    def price(self, state: State) -> Priced:
        """Return what a state comes to.

        The last answer is kept: what was looked at while one typed is what is taken over then.

        Raises:
            InvalidInput: a value out of its range; the data names line and column.
        """
        if self._last is not None and self._last[0] == state:
            return self._last[1]
        values = {
            **self.values,
            "discount_ppm": state.discount_ppm,
            "discount_minor": state.discount_minor,
        }
        document = replace(document_of(values, ()), lines=tuple(map(self._priced_line, state.lines)))
        priced = price_document(document, self._known)
        self._last = (state, priced)
        return priced

    def _priced_line(self, line: QuoteLine) -> Line:
        """Return a line as pricing takes it: the very same one again for the same line."""
        held = self._as_priced.get(line.key)
        if held is None or held[0] is not line:
            held = self._as_priced[line.key] = (line, line.priced(self._costs.get(line.product or "")))
        return held[1]

    def put(self, state: State, row: int = 0) -> None:
        """Go on with another state; ``row`` is where the cursor was.

        Raises:
            InvalidInput: as ``price``; everything stays as it is.
        """
        if state == self.state:
            return
        priced = self.price(state)
        self._past.append(_Step(self.state, row))
        self._future.clear()
        self.state, self.priced = state, priced

    def take_back(self, row: int, *, redo: bool = False) -> int | None:
        """Take back the last change, or bring it back; return its row, ``None`` when there is none."""
        past, future = (self._future, self._past) if redo else (self._past, self._future)
        if not past:
            return None
        step = past.pop()
        future.append(_Step(self.state, row))
        self.state = step.state
        self.priced = self.price(step.state)
        return step.row

    def forget_last(self) -> None:
        """Go back to the state before the last change as if it had not been."""
        self.state = self._past.pop().state
        self.priced = self.price(self.state)

    def can_take_back(self, *, redo: bool = False) -> bool:
        """Say whether there is a change to take back, or to bring back."""
        return bool(self._future if redo else self._past)

    # What a change makes of the present state --------------------------------------------------

    def with_line(self, row: int, line: QuoteLine, *, is_priced: bool = True) -> State:
        """Return the state with another line in a row, or one more where the row is behind the last."""
        lines = list(self.lines)
        lines[row : row + 1] = [line]
        return self._with(lines, line.key, is_priced=is_priced)

    def inserted(self, row: int, line: QuoteLine, *, is_priced: bool = True) -> State:
        """Return the state with one more line before a row."""
        lines = list(self.lines)
        lines.insert(row, line)
        return self._with(lines, line.key, is_priced=is_priced)

    def _with(self, lines: list[QuoteLine], key: str, *, is_priced: bool) -> State:
        unpriced = self.state.unpriced - {key} if is_priced else self.state.unpriced | {key}
        return self.state._replace(lines=tuple(lines), unpriced=unpriced)

    def without(self, row: int) -> State:
        """Return the state without the line of a row."""
        gone = self.lines[row].key
        return self.state._replace(
            lines=(*self.lines[:row], *self.lines[row + 1 :]), unpriced=self.state.unpriced - {gone}
        )

    def moved(self, row: int, to: int) -> State:
        """Return the state with the line of a row at another one."""
        lines = list(self.lines)
        lines.insert(to, lines.pop(row))
        return self.state._replace(lines=tuple(lines))

    def changed(self, row: int, change: Callable[[QuoteLine], QuoteLine]) -> State:
        """Return the state with a line as a function makes it; it is as priced as before."""
        line = self.lines[row]
        return self.with_line(row, change(line), is_priced=line.key not in self.state.unpriced)

    def new_key(self) -> str:
        """Return a key for one more line, none that an undone one had."""
        known = [*self.base.lines, *self.lines]
        for step in (*self._past, *self._future):
            known += step.state.lines
        return next_key(known)


def as_gift(line: QuoteLine) -> QuoteLine:
    """Return a line as a gift, or a gift as an ordinary line at its list price."""
    if line.kind == LineKind.GIFT:
        return replace(line, kind=LineKind.PRODUCT.value, unit_price_micros=line.list_price_micros or 0)
    return replace(line, kind=LineKind.GIFT.value, unit_price_micros=0, discount_ppm=0, discount_minor=0)
