"""The words of an entry of a day: when, what, and about what; the same in the app and in a table."""

from __future__ import annotations

from datetime import date

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.render import dates, numbers
from sfa.render.cells import one_line
from sfa.reports.today import Entry, Section, TodayReport
from sfa.terms import Priority

_TITLES: dict[str, Msg] = {
    "tasks": msg("Tasks due ({count})"),
    "visits": msg("Visits today ({count})"),
    "decisions": msg("Waits for your word ({count})"),
    "approvals": msg("Quotes to approve ({count})"),
    "brought": msg("Changed by others, as sync brought it ({count})"),
    "no_next_step": msg("Deals without a next step ({count})"),
    "silent": msg("Key accounts silent for {days} days ({count})"),
    "follow_ups": msg("Follow-ups due ({count})"),
    "quotes": msg("Quotes to see to ({count})"),
    "orders": msg("Orders to see to ({count})"),
    "team_visits": msg("Visits your team made today ({count})"),
    "team_deals": msg("Deals your team moved today ({count})"),
    "week": msg("The week ahead ({count})"),
}
_MOVES: dict[str, Msg] = {"won": msg("won"), "lost": msg("lost"), "new": msg("new deal")}
_QUOTES: dict[str, Msg] = {
    "ready": msg("approved: send it"),
    "back": msg("not approved: mend it"),
    "expires": msg("last day"),
}
_ORDERS: dict[str, Msg] = {
    "overdue": msg("{amount} overdue"),
    "late": msg("promised day gone by"),
    "over": msg("ordered more than the quote holds: cancel one"),
}
_OUTCOMES: dict[str, Msg] = {
    "proposal": msg("not taken: proposed"),
    "late": msg("not taken: too late"),
    "quarantined": msg("not taken: put aside"),
}


def change_of(entry: Entry) -> str:
    """Return the name of what somebody changed, in the user's language."""
    from sfa.render.changes import change_name  # with all nouns; most days tell of no change

    return one_line(change_name(entry.change, entry.arguments))


def title_of(report: TodayReport, section: Section) -> str:
    """Return a question's heading with how many answers it has."""
    return tr(_TITLES[section.kind], count=section.total, days=report.silent_days)


def when_of(report: TodayReport, section: Section, entry: Entry) -> str:
    """Return when an entry is due, was or will be, as people say it."""
    if section.kind == "silent":
        return tr_plural("{count} day", "{count} days", entry.days) if entry.days is not None else tr("never")
    if section.kind == "no_next_step":
        return entry.on or ""
    if section.kind in {"visits", "team_visits", "team_deals", "approvals"}:
        return entry.time or ""
    if section.kind == "quotes" and entry.mark != "expires":
        return ""
    day = date.fromisoformat(entry.on) if entry.on else None
    if day is None:
        return entry.time or ""
    shown = dates.day_with_weekday(day)[5:] if section.kind == "week" else dates.relative_day(day, report.day)
    return " ".join(filter(None, (shown, entry.time)))


def what_of(section: Section, entry: Entry) -> str:
    """Return what an entry is."""
    text = one_line(entry.text)
    if section.kind == "decisions":
        return text if entry.noun == "conflict" else change_of(entry)
    if section.kind in {"team_visits", "team_deals", "approvals"}:
        return ": ".join(filter(None, (one_line(entry.who), text)))
    if entry.mark == "close":
        return tr("to close: {deal}", deal=text)
    if entry.mark == "visit":
        return tr("visit: {purpose}", purpose=text) if text else tr("visit")
    if not text and entry.noun == "deal":
        return tr("next step")
    mark = "! " if entry.priority == Priority.HIGH else ""
    return mark + text


def about_of(section: Section, entry: Entry) -> str:
    """Return what an entry has to do with: a customer, somebody's change, the stages a deal went."""
    about = one_line(entry.about)
    if section.kind == "decisions":
        return _decision(entry)
    if section.kind == "brought":
        return _brought(entry)
    if section.kind == "team_deals":
        return _move(entry)
    if section.kind == "approvals":
        return " · ".join(filter(None, (about, numbers.money(entry.amount or 0, entry.currency or ""))))
    if section.kind == "quotes" and entry.mark in _QUOTES:
        return " · ".join(filter(None, (about, tr(_QUOTES[entry.mark]))))
    if section.kind == "orders" and entry.mark in _ORDERS:
        amount = numbers.money(entry.amount, entry.currency or "") if entry.amount is not None else ""
        return " · ".join(filter(None, (tr(_ORDERS[entry.mark], amount=amount), about)))
    if section.kind == "team_visits" and entry.count:
        said = tr_plural("{count} comment", "{count} comments", entry.count)
        return " · ".join(filter(None, (about, said)))
    return about


def _decision(entry: Entry) -> str:
    who = one_line(entry.who)
    if entry.noun == "conflict":
        return tr("conflict with {person}", person=who) if who else tr("conflict")
    if entry.noun == "proposal":
        return tr("proposed by {person}", person=who) if who else tr("proposal")
    return tr(_OUTCOMES[entry.mark]) if entry.mark in _OUTCOMES else entry.mark


def _brought(entry: Entry) -> str:
    change = change_of(entry)
    text = tr("{who}: {change}", who=one_line(entry.who), change=change) if entry.who else change
    more = (entry.count or 1) - 1
    return f"{text} (+{numbers.grouped(more)})" if more > 0 else text


def _move(entry: Entry) -> str:
    word = tr(_MOVES[entry.mark]) if entry.mark in _MOVES else ""
    stages = f"{one_line(entry.before)} → {one_line(entry.after)}" if entry.mark == "moved" else ""
    amount = "" if entry.amount is None else f"{numbers.whole(entry.amount, entry.currency or '')} "
    return " · ".join(filter(None, (word, stages, f"{amount}{entry.currency}" if amount else "")))
