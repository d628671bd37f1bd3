"""Lines of a quote that were changed here and by others: which stands, asked line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.i18n import tr
from sfa.interchange.quote_lines import QuoteLine
from sfa.interchange.quote_merging import Clash, clashes, merged
from sfa.screens.widgets.line_grid.sheet import Sheet, State

if TYPE_CHECKING:
    from sfa.render.both import Case
    from sfa.screens.app import SfaApp

_WHOLE = "discount on the whole"


async def bring_together(app: SfaApp, sheet: Sheet, theirs: State, number: str) -> State | None:
    """Return the lines of both, asking about what both changed; ``None`` when that was not settled."""
    from sfa.screens.dialogs.both_changed import BothChanged

    base, mine = sheet.base, sheet.state
    found = clashes(base.lines, mine.lines, theirs.lines)
    cases = [_case(clash, sheet.currency, base.lines) for clash in found]
    was, own, other = _discount(base), _discount(mine), _discount(theirs)
    if own != was and other != was and own != other:
        cases.append(_case_of_the_whole(sheet.currency, (was, own, other)))
    sides: dict[str, bool] = {}
    if cases:
        title = tr("Lines of {number} were changed meanwhile by others too", number=number)
        settled = await app.push_screen_wait(BothChanged(title, cases))
        if settled is None:
            return None
        sides = settled
    lines = merged(base.lines, mine.lines, theirs.lines, sides)
    discount = own if sides.get(_WHOLE, own != was) else other
    unpriced = frozenset(line.key for line in lines if line.key in mine.unpriced and line in mine.lines)
    return State(lines, unpriced, *discount)


def _discount(state: State) -> tuple[int, int]:
    return state.discount_ppm, state.discount_minor


def _case(clash: Clash, currency: str, base: Sequence[QuoteLine]) -> Case:
    from sfa.render.both import Case, Row
    from sfa.render.lines_below import line_words

    number = next(at for at, line in enumerate(base, 1) if line.key == clash.key)
    texts = (
        line_words(line, currency) if line is not None else tr("(taken out)")
        for line in (clash.before, clash.mine, clash.theirs)
    )
    return Case((clash.key,), (Row(tr("Line {number}", number=number), *texts),))


def _case_of_the_whole(currency: str, discounts: Sequence[tuple[int, int]]) -> Case:
    from sfa.render.both import Case, Row
    from sfa.render.numbers import amount, ratio

    texts = (ratio(ppm) if ppm else amount(minor, currency) for ppm, minor in discounts)
    return Case((_WHOLE,), (Row(tr("Discount on the whole"), *texts),))
