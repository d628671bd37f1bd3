"""Who decides about a deal, a person a line."""

from __future__ import annotations

from sfa.errors import msg
from sfa.fields import Choice, Field, Kind
from sfa.finding.sections import ROLE, STANCE
from sfa.i18n import tr
from sfa.render.cells import one_line
from sfa.render.values import choice_label
from sfa.reports.buying_roles import Part, Parts
from sfa.terms import Stance

Line = tuple[Part, str, str, str]
_HOW_WELL = (
    Choice("0", msg("0 not at all")),
    *(Choice(str(each), msg(str(each))) for each in range(1, 5)),
    Choice("5", msg("5 very well")),
)
# What a form asks for of a person with a part in a deal.
FIELDS = (
    ROLE._replace(required=True),
    STANCE,
    Field("strength", Kind.CHOICE, msg("Strength"), "deal_role", "strength", choices=_HOW_WELL),
    Field(
        "target_strength",
        Kind.CHOICE,
        msg("Target strength"),
        "deal_role",
        "target_strength",
        choices=_HOW_WELL,
    ),
    Field("note", Kind.TEXT, msg("Note"), "deal_role", "note"),
)
CONTACT = Field(
    "contact", Kind.LINK, msg("Contact"), "deal_role", "contact_id", target="contact", required=True
)


def parts_of(found: Parts) -> list[tuple[str, list[Line]]]:
    """Return the headings with their lines: who has a part, and the customer's other people."""
    title = tr("In the decision ({count})", count=len(found.people))
    if found.misses_decider:
        title = f"{title} · {tr('no decision maker known')}"
    others = tr("Other people of {account} ({count})", account=found.account, count=len(found.others))
    shown = [(title, [_line(each) for each in found.people])]
    return [*shown, (others, [_line(each) for each in found.others])] if found.others else shown


def _line(each: Part) -> Line:
    what = " · ".join(part for part in map(one_line, (each.name, each.title, each.note)) if part)
    return each, choice_label(ROLE, each.role) if each.role else "", what, _about(each)


def _about(each: Part) -> str:
    stance = choice_label(STANCE, each.stance) if each.stance not in {"", Stance.UNKNOWN} else ""
    return " · ".join(part for part in (stance, _strength(each)) if part)


def _strength(each: Part) -> str:
    if each.strength is None and each.target_strength is None:
        return ""
    now = "?" if each.strength is None else str(each.strength)
    if each.target_strength is None:
        return tr("{now}/5", now=now)
    return tr("{now}/5, wanted {target}", now=now, target=each.target_strength)
