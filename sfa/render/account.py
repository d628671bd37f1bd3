"""An account in the round, as text for people and in the formats of machines."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.finding.sections import ROLE, STANCE
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.numbers import money
from sfa.render.tables import Col, Grid, grid_text, json_text, table_text
from sfa.render.values import choice_label
from sfa.reports.account import Deal, Order, Overview, Past, Person, Todo

SCHEMA = "sfa.account/1"
_BARRED: dict[str, Msg] = {
    "calls": msg("no calls"),
    "emails": msg("no emails"),
    "messages": msg("no messages"),
    "visits": msg("no visits"),
}
_FLAT = ("section", "noun", "id", "when", "what", "about")


class Line(NamedTuple):
    """A record of the account on one line; ``days`` is how late it is."""

    noun: str
    id: str
    when: str
    what: str
    about: str
    days: int | None = None


Part = tuple[str, list[Line]]


def parts_of(found: Overview) -> list[Part]:
    """Return the headings with their lines, in the order one looks; empty parts say so in their heading.

    Orders are told of where there are any.
    """
    orders = [_order(each) for each in found.orders]
    return [
        (_people_title(found), [_person(found, each) for each in found.people]),
        (tr("Open deals ({count})", count=len(found.deals)), [_deal(each) for each in found.deals]),
        *([(tr("Open orders ({count})", count=len(found.orders)), orders)] if orders else []),
        (tr("To do ({count})", count=len(found.todos)), [_todo(found.today, each) for each in found.todos]),
        (tr("What happened"), [_past(each) for each in found.past]),
    ]


def facts_line(found: Overview) -> str:
    """Return what is known of the account itself on one line."""
    facts = found.facts
    account = noun_of("account")
    words = [
        choice_label(field, value)
        for name, value in (("tier", facts.tier), ("kind", facts.kind))
        if (field := account.field(name)) is not None
    ]
    follow = tr("follow up {day}", day=facts.next_follow_up) if facts.next_follow_up else ""
    closed = tr("won {won}, lost {lost}", won=facts.won, lost=facts.lost) if facts.won or facts.lost else ""
    barred = [tr(_BARRED[each]) for each in facts.barred]
    parts = (*words, facts.industry, facts.region, facts.phone, facts.owner, follow, closed, *barred)
    return " · ".join(one_line(part) for part in parts if part)


def overview_text(found: Overview, fmt: str, *, width: int | None = None) -> str:
    """Return the account in a format."""
    if fmt == "json":
        return json_text(SCHEMA, _object(found))
    parts = parts_of(found)
    if fmt in {"tsv", "csv"}:
        rows = tuple(
            (title, line.noun, line.id, line.when, line.what, line.about)
            for title, lines in parts
            for line in lines
        )
        return grid_text(Grid(tuple(Col(name, name) for name in _FLAT), rows), fmt)
    text = [one_line(found.facts.name), facts_line(found)]
    for title, lines in parts:
        text += ["", title]
        if lines:
            grid = Grid(
                (Col("when", tr("When"), rigid=True), Col("what", tr("What")), Col("about", tr("About"))),
                tuple((line.when, line.what, line.about) for line in lines),
            )
            text += table_text(grid, width=width).splitlines()
    return "".join(f"{line}\n" for line in text)


def _people_title(found: Overview) -> str:
    title = tr("People ({count})", count=len(found.people))
    return f"{title} · {tr('no decision maker known')}" if found.misses_decider else title


def _person(found: Overview, each: Person) -> Line:
    last = dates.relative_day(each.last, found.today) if each.last else tr("never met")
    words = [_role_words(*pair) for pair in each.roles]
    what = " · ".join(part for part in (one_line(each.name), one_line(each.title), *words) if part)
    return Line("contact", each.id, last, what, one_line(each.phone))


def _role_words(role: str, stance: str) -> str:
    part = choice_label(ROLE, role)
    return f"{part} ({choice_label(STANCE, stance)})" if stance else part


def _deal(each: Deal) -> Line:
    amount = money(each.minor, each.currency) if each.minor is not None else tr("no amount")
    step = one_line(each.next_step) or tr("no next step")
    what = " · ".join((one_line(each.name), one_line(each.stage), amount))
    return Line("deal", each.id, each.close_on or "", what, step)


def _order(each: Order) -> Line:
    field = noun_of("order").field("state")
    state = choice_label(field, each.state) if field is not None else each.state
    what = " · ".join((each.number, state, money(each.minor, each.currency)))
    promise = tr("no day promised") if each.promised_on is None else ""
    about = tr("promised day gone by") if each.is_late else promise
    return Line("order", each.id, each.promised_on or "", what, about)


def _todo(today: date, each: Todo) -> Line:
    when = " ".join(filter(None, (dates.relative_day(each.on, today) if each.on else "", each.time)))
    late = (today - each.on).days if each.on else None
    label = tr(noun_of(each.noun).label)
    return Line(each.noun, each.id, when, one_line(each.text) or label, label, late)


def _past(each: Past) -> Line:
    field = noun_of("activity").field("kind")
    kind = choice_label(field, each.kind) if field is not None else each.kind
    return Line(each.noun, each.id, each.on.isoformat(), f"{kind}: {one_line(each.text)}", one_line(each.who))


def _object(found: Overview) -> dict[str, Any]:
    plain = asdict(found)
    return {
        "id": plain["id"],
        **{key: value for key, value in plain["facts"].items() if value not in (None, "", ())},
        "people": [_machine(each) for each in plain["people"]],
        "deals": [_machine(each) for each in plain["deals"]],
        "orders": [_machine(each) for each in plain["orders"]],
        "todo": [_machine(each) for each in plain["todos"]],
        "past": [_machine(each) for each in plain["past"]],
    }


def _machine(plain: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in plain.items()
        if value not in (None, "", ())
    }
