"""Fields that were changed here and by others too: asking which stands, before a form is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfa.fields import Field
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.errors import ChangedByBoth, SeveralChanged
    from sfa.render.both import Row
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
    from sfa.render.both import Case
    from sfa.screens.dialogs.both_changed import BothChanged

    cases = [Case(clash.names, _rows(clash.names, error, fields, mine, base)) for clash in error.clashes]
    title = tr("{label} was changed meanwhile: {who}", label=error.data["label"], who=_who(error))
    return await app.push_screen_wait(BothChanged(title, cases))


async def settle_several(
    app: SfaApp,
    error: SeveralChanged,
    fields: Mapping[str, Field],
    mine: Mapping[str, str],
    bases: Mapping[str, Mapping[str, Any]],
) -> dict[tuple[str, str], bool] | None:
    """Show the same of several records; return by record and field whether mine stands.

    A field that was not typed, but is decided with one that was, stands on that one's side.
    """
    from sfa.render.both import Case
    from sfa.render.numbers import grouped
    from sfa.render.values import typed_value
    from sfa.screens.dialogs.both_changed import BothChanged

    cases: list[Case] = []
    keys: list[list[tuple[str, str]]] = []
    for record_id, each in error.records:
        base = {name: typed_value(fields[name], value) for name, value in bases[record_id].items()}
        wanted = {**base, **mine}
        for clash in each.clashes:
            keys.append([(record_id, name) for name in clash.names])
            rows = _rows(clash.names, each, fields, wanted, base)
            named = rows[0]._replace(label=f"{each.data['label']} ({_who(each)}): {rows[0].label}")
            cases.append(Case((str(len(cases)),), (named, *rows[1:])))
    title = tr(
        "Changed meanwhile in what you change too: {number} {nouns}",
        number=grouped(len(error.records)),
        nouns=error.data["nouns"],
    )
    sides = await app.push_screen_wait(BothChanged(title, cases))
    if sides is None:
        return None
    return {key: sides[str(index)] for index, listed in enumerate(keys) for key in listed}


def _rows(
    names: Sequence[str],
    error: ChangedByBoth,
    fields: Mapping[str, Field],
    mine: Mapping[str, str],
    base: Mapping[str, str],
) -> tuple[Row, ...]:
    from sfa.render.both import Row, word_of
    from sfa.render.values import typed_value

    found = []
    for name in names:
        field = fields[name]
        texts = (base[name], mine[name], typed_value(field, error.now[name]))
        found.append(Row(tr(field.label), *(word_of(field, text) for text in texts)))
    return tuple(found)


def _who(error: ChangedByBoth) -> str:
    from sfa.render import dates

    return tr("{who}, {time}", who=error.data["who"], time=dates.instant(str(error.data["at"])))
