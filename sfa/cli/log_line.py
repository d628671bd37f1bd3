"""A visit line on its way into the store: understood, its doubts named, asked about, shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sfa import clock
from sfa.cli import questions
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.errors import InvalidInput, NotFound, SfaError
from sfa.fields import noun
from sfa.finding import visit_matching
from sfa.finding.days import day_or_refuse
from sfa.finding.references import resolve
from sfa.finding.visit_matching import Candidate, Match
from sfa.i18n import tr, tr_error
from sfa.interchange.choice_words import plain_word, words_of
from sfa.interchange.follow_ups import read_follow_up
from sfa.interchange.visit_line import Doubt, VisitDraft, parse_line
from sfa.render.visit_preview import Named, Preview
from sfa.terms import ActivityKind

_MIDDAY = 12


@dataclass(slots=True)
class Person:
    """Somebody named in the line: a record, a new contact, or a bare name."""

    text: str
    several: tuple[Candidate, ...] = ()
    match: Candidate | None = None
    creates: bool = False


@dataclass(slots=True)
class Worked:
    """A draft with its names matched; ``several`` are the accounts its name may mean."""

    draft: VisitDraft
    account: Candidate | None = None
    several: tuple[Candidate, ...] = ()
    creates_account: bool = False
    people: list[Person] = field(default_factory=list)

    def label(self) -> str:
        """Return the customer's name, else who was there."""
        names = [each.text for each in self.people]
        return self.account.label if self.account else self.draft.account or ", ".join(names)

    def at(self) -> datetime:
        """Return the instant it happened: the time said, else now, else midday of another day."""
        day, at = self.draft.happened_on, self.draft.happened_time
        if at is not None:
            return clock.instant_at(day, at.hour, at.minute)
        return clock.moment_on(day) if day == clock.today() else clock.instant_at(day, _MIDDAY)


def understand(connection: sqlite3.Connection, line: str, *, account: str, on: str, create: bool) -> Worked:
    """Read a line and match its names; options given beside it win over what it says.

    Raises:
        InvalidInput: the line is empty, or the day is none.
        NotFound, Ambiguous: the account given as an option.
    """
    today = clock.today()
    draft = parse_line(
        line,
        today=today,
        known_accounts=visit_matching.names_in(connection, "account", line),
        known_contacts=visit_matching.names_in(connection, "contact", line),
    )
    if on:
        draft = _without(replace(draft, happened_on=day_or_refuse(on, "on", today=today)), "happened_on")
    worked = Worked(draft)
    if account:
        found = resolve(connection, "account", account)
        worked.account = visit_matching.candidate(connection, "account", found.id)
    elif draft.account:
        _take_account(worked, visit_matching.match_account(connection, draft.account))
        worked.creates_account = create and worked.account is None and not worked.several
    match_people(connection, worked, create=create)
    return worked


def _without(draft: VisitDraft, name: str) -> VisitDraft:
    return replace(draft, doubts=tuple(doubt for doubt in draft.doubts if doubt.field != name))


def _take_account(worked: Worked, match: Match) -> None:
    worked.account, worked.several = match.found, match.candidates
    if match.found:
        worked.several = ()


def match_people(connection: sqlite3.Connection, worked: Worked, *, create: bool) -> None:
    """Match the attendees, at the account where it is known; a lone contact's account becomes the account."""
    account_id = worked.account.id if worked.account else None
    known = account_id is not None or bool(worked.draft.account)
    worked.people = []
    for name in worked.draft.attendees:
        match = visit_matching.match_person(connection, name, account_id if account_id or not known else "")
        person = Person(name, match.candidates if not match.found else (), match.found)
        person.creates = create and not match.candidates
        worked.people.append(person)
    contacts = [each.match for each in worked.people if each.match and each.match.noun == "contact"]
    if not known and len(contacts) == 1:
        worked.account = visit_matching.only_account(connection, contacts[0].id)


def doubts_of(worked: Worked) -> list[tuple[str, str]]:
    """Return what must be settled before the line can be written: (field, why) in the user's language."""
    found = [
        (_label(doubt.field), _reason(doubt)) for doubt in worked.draft.doubts if _is_hard(worked, doubt)
    ]
    name = worked.draft.account
    if worked.several:
        found.append((tr("Account"), _several(name, worked.several)))
    elif name and worked.account is None and not worked.creates_account:
        found.append((tr("Account"), tr("There is no account {name}.", name=name)))
    unsure = [each for each in worked.people if each.several and each.match is None]
    return [*found, *((tr("Attendees"), _several(each.text, each.several)) for each in unsure)]


def _is_hard(worked: Worked, doubt: Doubt) -> bool:
    """Say whether a doubt stands in the way; what the line merely leaves out does not."""
    if doubt.field == "account":
        met = any(each.match and each.match.noun == "contact" for each in worked.people)
        return worked.account is None and not worked.draft.account and not met
    if doubt.field == "next_step" and not worked.draft.next_step:
        return False
    return not (doubt.field == "next_due_on" and worked.draft.next_due_on is None)


def _reason(doubt: Doubt) -> str:
    return tr(doubt.reason, **{key: str(value) for key, value in doubt.data.items()})


def _several(name: str, candidates: Sequence[Candidate]) -> str:
    listed = "; ".join(f"{each.ref} {_described(each)}" for each in candidates)
    return tr("{name} may mean: {candidates}", name=name, candidates=listed)


def _described(each: Candidate) -> str:
    return f"{each.label} ({each.hint})" if each.hint else each.label


def _label(name: str) -> str:
    labels = {
        "kind": tr("Kind"),
        "account": tr("Account"),
        "happened_on": tr("When"),
        "next_step": tr("Next step"),
        "next_due_on": tr("Due"),
    }
    return labels.get(name, name)


def preview_of(worked: Worked) -> Preview:
    """Return what the front end shows of a line as it is understood now."""
    new = tr("new")
    account = None
    if worked.account is not None:
        account = Named(worked.account.label, worked.account.ref)
    elif worked.draft.account:
        account = Named(worked.draft.account, remark=new if worked.creates_account else tr("not known"))
    people = tuple(
        Named(each.match.label, each.match.ref)
        if each.match
        else Named(each.text, remark=new if each.creates else tr("by name"))
        for each in worked.people
    )
    return Preview(worked.draft, account, people, tuple(doubts_of(worked)))


def settle(worked: Worked) -> None:
    """Ask about each doubtful part of a line on the terminal, one by one."""
    for doubt in worked.draft.doubts:
        if doubt.field == "kind":
            worked.draft = replace(worked.draft, kind=_ask_kind(_reason(doubt), worked.draft.kind))
        elif doubt.field == "happened_on":
            day = _ask_day(_reason(doubt), worked.draft.happened_on)
            worked.draft = replace(worked.draft, happened_on=day or worked.draft.happened_on)
    _settle_account(worked)
    for person in worked.people:
        _settle_person(worked, person)
    _settle_next(worked)
    worked.draft = replace(worked.draft, doubts=())


def _ask_kind(reason: str, kind: ActivityKind) -> ActivityKind:
    described = noun("activity").field("kind")
    assert described is not None
    while True:
        typed = questions.ask(tr("{reason} How did you meet?", reason=reason), kind.value)
        found = words_of(described).get(plain_word(typed))
        if found is not None:
            return ActivityKind(found)
        say(tr("Choose one of: {names}", names=", ".join(each.value for each in described.choices)))


def _ask_day(reason: str, day: date | None) -> date | None:
    while True:
        typed = questions.ask(tr("{reason} Which day?", reason=reason), day.isoformat() if day else "")
        if not typed:
            return None
        try:
            return day_or_refuse(typed, "on", today=clock.today())
        except InvalidInput as error:
            _say(error)


def _say(error: SfaError) -> None:
    what, _, hint = tr_error(error)
    say(" ".join(part for part in (what, hint) if part))


def _settle_account(worked: Worked) -> None:
    met = any(each.match and each.match.noun == "contact" for each in worked.people)
    while worked.account is None and not worked.creates_account:
        if not worked.draft.account:
            if met:
                return
            typed = questions.ask(tr("Which customer? A name or a reference:"))
            if not typed:
                continue
            worked.draft = replace(worked.draft, account=typed)
            with reading() as connection:
                _take_account(worked, visit_matching.match_account(connection, typed))
            continue
        _choose_account(worked)
    with reading() as connection:
        match_people(connection, worked, create=False)


def _choose_account(worked: Worked) -> None:
    name = worked.draft.account
    near = worked.several or _near_accounts(name)
    choices = [
        *(_described(each) for each in near),
        tr("a new account: {name}", name=name),
        tr("another name"),
    ]
    question = (
        tr("{name} fits several accounts. Which one?", name=name)
        if worked.several
        else tr("There is no account {name}. Which one is it?", name=name)
    )
    chosen = questions.choose(question, choices, default=None if near else 1)
    if chosen < len(near):
        worked.account, worked.several = near[chosen], ()
    elif chosen == len(near):
        worked.creates_account, worked.several = True, ()
    else:
        worked.draft, worked.several = replace(worked.draft, account=""), ()


def _near_accounts(name: str) -> tuple[Candidate, ...]:
    with reading() as connection:
        try:
            resolve(connection, "account", name)
        except NotFound as error:
            near = str(error.data.get("near") or "")
            return tuple(
                each
                for one in near.split(", ")
                if one
                for each in visit_matching.match_account(connection, one).candidates[:1]
            )
        except SfaError:
            return ()
    return ()


def _settle_person(worked: Worked, person: Person) -> None:
    if person.match is not None or person.creates:
        return
    near = person.several or _near_people(worked, person.text)
    choices = [
        *(_described(each) for each in near),
        tr("a new contact: {name}", name=person.text),
        tr("only the name"),
    ]
    question = (
        tr("{name} fits several people. Who was it?", name=person.text)
        if person.several
        else tr("{name} is not known. Who is it?", name=person.text)
    )
    chosen = questions.choose(question, choices, default=None if near else 1)
    if chosen < len(near):
        person.match = near[chosen]
        if worked.account is None and not worked.draft.account and person.match.noun == "contact":
            with reading() as connection:
                worked.account = visit_matching.only_account(connection, person.match.id)
    person.creates = chosen == len(near)


def _near_people(worked: Worked, name: str) -> tuple[Candidate, ...]:
    if worked.account is None:
        return ()
    with reading() as connection:
        return visit_matching.near_people(connection, name, worked.account.id)


def _settle_next(worked: Worked) -> None:
    draft = worked.draft
    if not draft.next_step and not draft.no_next_step:
        typed = questions.ask(tr("What is the next step? (Enter: none)"))
        if not typed:
            worked.draft = replace(draft, no_next_step=True)
            return
        step = read_follow_up(typed, today=clock.today())
        draft = replace(draft, next_step=step.text, next_due_on=step.due_on, next_due_time=step.due_time)
        worked.draft = draft
    for doubt in draft.doubts:
        if doubt.field == "next_due_on" and draft.next_due_on is not None:
            worked.draft = replace(
                worked.draft, next_due_on=_ask_day(_reason(doubt), worked.draft.next_due_on)
            )
    if worked.draft.next_step and worked.draft.next_due_on is None:
        day = _ask_day(tr("{step}:", step=worked.draft.next_step), None)
        worked.draft = replace(worked.draft, next_due_on=day)
