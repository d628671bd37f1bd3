"""What the company did with its customers, day by day: six hundred activities a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sfa.demo.accounts import Account, Contact
from sfa.demo.activity_words import COMMENTS, MANUAL_REASONS, NEXT, OUTCOMES, PLANNED, PURPOSES
from sfa.demo.days import Year, working_from
from sfa.demo.deals import Deal
from sfa.demo.lives import Fate
from sfa.demo.names import one_of
from sfa.demo.sheets import Cells, Words
from sfa.terms import ActivityKind, ActivityState, Tier

COUNT = 600
ABOUT_LEADS, ABOUT_ACCOUNTS, TO_COME, CANCELLED = 70, 100, 30, 8
COMMENTED = 40
_OWN_TODAY = ((0, 9, 30), (30, 13, 30), (8, 16, 0))  # account's place, hour, minute
_KINDS = (
    *(ActivityKind.VISIT,) * 7,
    *(ActivityKind.CALL,) * 5,
    *(ActivityKind.MESSAGE,) * 3,
    *(ActivityKind.MEETING,) * 2,
    *(ActivityKind.EMAIL,) * 2,
    ActivityKind.RECEPTION,
    ActivityKind.EXHIBITION,
    ActivityKind.NOTE,
)
_LEAD_KINDS = (ActivityKind.CALL, ActivityKind.CALL, ActivityKind.MESSAGE, ActivityKind.EMAIL)
_OFTEN = {Tier.KEY: 4, Tier.STANDARD: 2, Tier.SMALL: 1}
_STUCK_AFTER = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whom an activity may be with: about which record, by whom, in which days."""

    about: str
    key: str
    owner: str
    people: tuple[Contact, ...]
    is_chinese: bool
    first: date
    last: date
    place: str = ""


def deal_occasion(deal: Deal) -> Occasion:
    """Return when people were in touch about a deal: while it lived."""
    last = deal.account.last_day if deal.end.is_open else deal.end.day
    if deal.fate is Fate.STUCK:
        last = deal.end.day + _STUCK_AFTER
    account = deal.account
    return Occasion(
        "deal",
        deal.key,
        account.owner,
        account.contacts,
        account.is_chinese,
        deal.start,
        last,
        account.city.name,
    )


def account_occasion(account: Account, year: Year) -> Occasion:
    """Return when people were in touch with a customer."""
    first = max(account.since, year.first)
    return Occasion(
        "account",
        account.key,
        account.owner,
        account.contacts,
        account.is_chinese,
        first,
        account.last_day,
        account.city.name,
    )


def activity_rows(
    rng: Random, block: int, found: Sequence[Account], deals: Sequence[Deal], year: Year
) -> Iterator[Cells]:
    """Yield the activities about customers and deals as the import takes them."""
    active = [account for account in found if not account.is_silent and account.since < year.today]
    yield from _to_come(rng, block, active, year)
    customers = [account_occasion(account, year) for account in found for _ in range(_OFTEN[account.tier])]
    for number in range(ABOUT_ACCOUNTS):
        yield _done(rng, f"V{block}-a{number}", one_of(rng, customers), year)
    occasions = [deal_occasion(deal) for deal in deals]
    weighted = [each for each in occasions for _ in range(1 + min((each.last - each.first).days, 150) // 25)]
    rest = COUNT - ABOUT_LEADS - ABOUT_ACCOUNTS - TO_COME - CANCELLED
    for number in range(rest):
        # Every deal has been talked about at least once.
        occasion = occasions[number] if number < len(occasions) else one_of(rng, weighted)
        yield _done(rng, f"V{block}-d{number}", occasion, year)


def lead_activity_rows(rng: Random, block: int, occasions: Sequence[Occasion], year: Year) -> Iterator[Cells]:
    """Yield the activities about leads."""
    for number in range(ABOUT_LEADS):
        occasion = occasions[number % len(occasions)]
        yield _done(rng, f"V{block}-l{number}", occasion, year)


def _to_come(rng: Random, block: int, active: Sequence[Account], year: Year) -> Iterator[Cells]:
    """Yield what is planned for today and the next two weeks, and what was called off."""
    by_place = {account.place: account for account in active}
    for number in range(TO_COME + CANCELLED):
        account = one_of(rng, active)
        day = working_from(year.today + timedelta(days=1 + number % 13))
        hour, minute = 9 + number % 8, rng.choice((0, 15, 30))
        if number < len(_OWN_TODAY):
            place, hour, minute = _OWN_TODAY[number]
            account, day = by_place[place], year.today
        elif number < len(_OWN_TODAY) + 4:
            account = by_place[_OWN_TODAY[number % 3][0]]
        elif number < len(_OWN_TODAY) + 7:
            day = year.today
        chinese = account.is_chinese
        is_visit = number < 10 or number % 3 > 0
        state = ActivityState.PLANNED
        if number >= TO_COME:
            state, day = ActivityState.CANCELLED, year.day(rng, year.today - timedelta(days=60), year.today)
        yield {
            "key": f"V{block}-p{number}",
            "kind": (ActivityKind.VISIT if is_visit else ActivityKind.MEETING).value,
            "state": state.value,
            "at": f"{day} {hour:02d}:{minute:02d}",
            "minutes": "60",
            "account": account.key,
            "attendees": account.contacts[0].key,
            "purpose": one_of(rng, PLANNED)[chinese],
            "owner": account.owner,
            "created": f"{day - timedelta(days=3)} 17:05",
            "created_by": account.owner,
        }


def _done(rng: Random, key: str, occasion: Occasion, year: Year) -> Cells:
    day = year.day(
        rng, occasion.first, max(min(occasion.last, year.today - timedelta(days=1)), occasion.first)
    )
    kind = one_of(rng, _KINDS if occasion.people else _LEAD_KINDS)
    hour = rng.randrange(9, 17) if day < year.today else 8
    at = datetime(day.year, day.month, day.day, hour, rng.randrange(60))  # noqa: DTZ001  local
    chinese = occasion.is_chinese
    met = occasion.people[: rng.choice((1, 1, 2))] if occasion.people else ()
    name = met[0].who.name if met else ("对方" if chinese else "they")
    minutes = rng.randrange(3, 9) * (15 if kind is ActivityKind.VISIT else 5)
    luck = rng.random()
    cells = {
        "key": key,
        "kind": kind.value,
        "state": ActivityState.DONE.value,
        "at": f"{at:%Y-%m-%d %H:%M}",
        "minutes": str(minutes),
        occasion.about: occasion.key,
        "attendees": ";".join(each.key for each in met),
        "outcome": _sentence(one_of(rng, OUTCOMES)[chinese].format(who=name)),
        "next_step": one_of(rng, NEXT)[chinese] if luck < 0.6 else "",
        "no_next_step": "yes" if luck > 0.85 else "",
        "owner": occasion.owner,
        "created": f"{at + timedelta(minutes=minutes + 30):%Y-%m-%d %H:%M}",
        "created_by": occasion.owner,
    }
    if kind is ActivityKind.VISIT:
        cells.update(_visit(rng, occasion, at, minutes))
    return cells


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _visit(rng: Random, occasion: Occasion, at: datetime, minutes: int) -> Cells:
    """Return how a visit was planned and recorded: mostly by a device, now and then by hand or not at all."""
    chinese = occasion.is_chinese
    cells = {"purpose": one_of(rng, PURPOSES)[chinese], "unplanned": "yes" if rng.random() < 0.25 else ""}
    luck = rng.random()
    if luck > 0.88:
        return cells
    leaves = at + timedelta(minutes=minutes)
    by_hand = luck > 0.75
    cells.update(
        checkin=f"{at:%Y-%m-%d %H:%M}",
        checkin_by="manual" if by_hand else "device",
        checkin_place=occasion.place,
        checkin_reason=one_of(rng, MANUAL_REASONS)[chinese] if by_hand else "",
        checkout=f"{leaves:%Y-%m-%d %H:%M}",
        checkout_by="manual" if by_hand else "device",
        checkout_place=occasion.place,
    )
    return cells


@dataclass(frozen=True, slots=True)
class Comment:
    """What a colleague said about an activity."""

    activity: str
    author: str
    text: str


def comments(rng: Random, block: int, deals: Sequence[Deal], managers: Sequence[str]) -> Iterator[Comment]:
    """Yield what managers said about the first activities of some deals."""
    for number in range(COMMENTED):
        account = deals[number].account
        words: Words = one_of(rng, COMMENTS)
        yield Comment(f"V{block}-d{number}", managers[account.team], words[account.is_chinese])
