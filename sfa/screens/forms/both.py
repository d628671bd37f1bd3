"""Fields that were changed here and by others too: asking which stands, before a form is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sfa.fields import Field
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.errors import ChangedByBoth
    from sfa.screens.app import SfaApp

Sides = dict[str, bool]


async def settle(
    app: SfaApp,
    error: ChangedByBoth,
    fields: Mapping[str, Field],
    mine: Mapping[str, str],
    base: Mapping[str, str],
) -> Sides | None:
    """Show field by field what was, what is typed and what others wrote; return whether mine stands.

    ``None`` when nothing was settled: the form stays as it is.
    """
    from sfa.render import dates
    from sfa.render.both import Case, Row, word_of
    from sfa.render.values import typed_value
    from sfa.screens.dialogs.both_changed import BothChanged

    cases = []
    for clash in error.clashes:
        rows = []
        for name in clash.names:
            field = fields[name]
            texts = (base[name], mine[name], typed_value(field, error.now[name]))
            rows.append(Row(tr(field.label), *(word_of(field, text) for text in texts)))
        cases.append(Case(clash.names, tuple(rows)))
    who = tr("{who}, {time}", who=error.data["who"], time=dates.instant(str(error.data["at"])))
    return await app.push_screen_wait(BothChanged(str(error.data["label"]), who, cases))
