"""The company's customers, forty a block, and the people who work there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sfa.demo.days import Year, working_from
from sfa.demo.names import (
    Company,
    Person,
    chinese_company,
    english_company,
    landline,
    mobile,
    one_of,
    person,
)
from sfa.demo.people import OWN, Staff
from sfa.demo.places import CITIES, INDUSTRIES, City, Industry
from sfa.demo.sheets import Cells, Words, said
from sfa.terms import AccountKind, BuyingRole, Tier

COUNT = 40
SILENT_DAYS = 45
_FIRST_OF_TEAM = (0, 16, 28, COUNT)
_KEY = frozenset({0, 1, 2, 5, 6, 16, 17, 29, 30})
_SILENT = frozenset({2, 6, 16})  # key accounts that nobody has called for a while
_LONG_KNOWN = _SILENT | {12, 14, 28, 30, 32}
_OWN_ABROAD = frozenset({30, 32})  # of the store's own user, so that the day has two languages
_PARENTS = {8: 0, 10: 0, 17: 16, 31: 30, 33: 30}
_CONTACTS = {Tier.KEY: 4, Tier.STANDARD: 2, Tier.SMALL: 1}
_FIVE_CONTACTS = frozenset({0, 16})
_SIZES = {Tier.KEY: ("500-1000", "1000+"), Tier.STANDARD: ("50-200", "200-500"), Tier.SMALL: ("1-50",)}

# (title, its Chinese, the part such a person has in a decision); an account's first contacts come first.
TITLES: tuple[tuple[Words, Words, BuyingRole], ...] = (
    (("Head of purchasing", "采购总监"), ("Purchasing", "采购部"), BuyingRole.ECONOMIC_BUYER),
    (("Maintenance engineer", "设备工程师"), ("Engineering", "设备部"), BuyingRole.EVALUATOR),
    (("Managing director", "总经理"), ("Management", "总经办"), BuyingRole.DECISION_MAKER),
    (("Plant manager", "生产经理"), ("Production", "生产部"), BuyingRole.INFLUENCER),
    (("Shift leader", "车间主任"), ("Production", "生产部"), BuyingRole.USER),
    (("Assistant to the director", "总经理助理"), ("Management", "总经办"), BuyingRole.GATEKEEPER),
    (("Project manager", "项目经理"), ("Projects", "项目部"), BuyingRole.COACH),
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a customer, with the part they usually have in a decision."""

    key: str
    who: Person
    title: int
    phone: str

    @property
    def role(self) -> BuyingRole:
        """Return the part this person usually has."""
        return TITLES[self.title][2]


@dataclass(frozen=True, slots=True)
class Account:
    """A customer; ``last_day`` is the last one on which anybody was in touch."""

    key: str
    place: int
    company: Company
    city: City
    industry: Industry
    tier: Tier
    kind: AccountKind
    owner: str
    manager: str
    team: int
    since: date
    last_day: date
    contacts: tuple[Contact, ...]
    parent: str = ""

    @property
    def is_chinese(self) -> bool:
        """Say whether people there speak Chinese with us."""
        return self.city.is_chinese

    @property
    def is_own(self) -> bool:
        """Say whether the store's own user looks after it."""
        return self.owner == OWN[0]

    @property
    def is_silent(self) -> bool:
        """Say whether nobody has been in touch for weeks."""
        return self.place in _SILENT


def accounts(rng: Random, block: int, year: Year, staffed: Staff) -> tuple[Account, ...]:
    """Return a block's customers."""
    found: list[Account] = []
    names: set[str] = set()
    for place in range(COUNT):
        team = sum(place >= first for first in _FIRST_OF_TEAM) - 1
        city, industry = one_of(rng, CITIES[team]), one_of(rng, INDUSTRIES)
        above = found[_PARENTS[place]] if place in _PARENTS else None
        while above and (city == above.city or _branch(above.company, city).short_name in names):
            city = one_of(rng, CITIES[team])
        company = _branch(above.company, city) if above else _company(rng, city, industry, names)
        names.add(company.short_name)
        tier = _tier(place)
        key = f"A{block}-{place}"
        # Two in three were customers before the year began; the others came in the course of it.
        old = year.first - timedelta(days=rng.randrange(20, 1500))
        since = (
            old
            if place < 10 or place in _LONG_KNOWN or rng.random() < 0.66
            else year.day(rng, year.first, year.today)
        )
        quiet = timedelta(days=SILENT_DAYS + rng.randrange(40)) if place in _SILENT else timedelta(0)
        count = 5 if place in _FIVE_CONTACTS else _CONTACTS[tier]
        found.append(
            Account(
                key=key,
                place=place,
                company=company,
                city=city,
                industry=above.industry if above else industry,
                tier=tier,
                kind=_kind(place),
                owner=_owner(staffed, block, team, place),
                manager=staffed.managers[staffed.office(block)][team],
                team=team,
                since=since,
                last_day=year.today - quiet,
                contacts=_contacts(rng, block, place, count, city),
                parent=above.key if above else "",
            )
        )
    return tuple(found)


def _company(rng: Random, city: City, industry: Industry, taken: set[str]) -> Company:
    while True:
        if city.is_chinese:
            found = chinese_company(rng, city.name, one_of(rng, industry.chinese))
        else:
            found = english_company(rng, one_of(rng, industry.english), city.form)
        if found.short_name not in taken:
            return found


def _branch(above: Company, city: City) -> Company:
    if city.is_chinese:
        return Company(f"{above.name}{city.name}分公司", f"{above.short_name}{city.name}", above.domain)
    return Company(f"{above.name} {city.name}", f"{above.short_name} {city.name}", above.domain)


def _tier(place: int) -> Tier:
    if place in _KEY:
        return Tier.KEY
    return Tier.SMALL if place % 4 == 3 else Tier.STANDARD


def _kind(place: int) -> AccountKind:
    if place % 8 == 5:
        return AccountKind.DISTRIBUTOR
    return AccountKind.PARTNER if place % 13 == 9 else AccountKind.END_CUSTOMER


def _owner(staffed: Staff, block: int, team: int, place: int) -> str:
    reps = staffed.reps[staffed.office(block)][team]
    if not block and place in _OWN_ABROAD:
        return OWN[0]
    # The store's own user looks after the first block alone: a larger company is no longer day.
    return reps[-1] if block and reps[place % len(reps)] == OWN[0] else reps[place % len(reps)]


def _contacts(rng: Random, block: int, place: int, count: int, city: City) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for number in range(count):
        who = person(rng, chinese=city.is_chinese)
        while any(who.name == other.who.name for other in found):
            who = person(rng, chinese=city.is_chinese)
        title = number if number < 2 or rng.random() < 0.6 else rng.randrange(2, len(TITLES))
        phone = mobile(rng, city.dial)
        found.append(Contact(f"C{block}-{place}-{number}", who, title, phone))
    return tuple(found)


def account_rows(rng: Random, found: Sequence[Account], year: Year, language: str) -> Iterator[Cells]:
    """Yield the customers as the import takes them."""
    for account in found:
        chinese, city = account.is_chinese, account.city
        yield {
            "key": account.key,
            "name": account.company.name,
            "short_name": account.company.short_name,
            "tax_id": f"91DEMO{rng.randrange(10**12):012d}" if chinese else "",
            "industry": said(account.industry.name, language),
            "size": one_of(rng, _SIZES[account.tier]),
            "founded": str(rng.randrange(1958, 2018)),
            "region": said(city.region, language),
            "website": f"https://www.{account.company.domain}",
            "kind": account.kind.value,
            "tier": account.tier.value,
            "parent": account.parent,
            "next_follow_up": _follow_up(rng, account, year),
            "phones": landline(rng, city.area) if chinese else mobile(rng, city.dial),
            "emails": f"info@{account.company.domain}",
            "address.line": _line(rng, city),
            "address.city": city.name,
            "address.country": city.country[chinese],
            "no_calls": "yes" if account.place == 12 else "",
            "collaborators": account.manager if account.tier is Tier.KEY else "",
            "tags": ("标杆客户" if chinese else "reference") if account.place % 9 == 0 else "",
            "owner": account.owner,
            "created": f"{min(working_from(account.since), year.today)} 09:{rng.randrange(60):02d}",
            "created_by": account.owner,
        }


def _line(rng: Random, city: City) -> str:
    number = rng.randrange(1, 400)
    return f"{city.name}市{city.street}{number}号" if city.is_chinese else f"{number} {city.street}"


def _follow_up(rng: Random, account: Account, year: Year) -> str:
    if account.place in {0, 4}:
        return (year.today - timedelta(days=account.place // 2)).isoformat()
    if account.is_silent or rng.random() < 0.4:
        return ""
    return working_from(year.today + timedelta(days=rng.randrange(-3, 25))).isoformat()


def contact_rows(found: Sequence[Account], language: str) -> Iterator[Cells]:
    """Yield the people at the customers as the import takes them."""
    for account in found:
        for number, contact in enumerate(account.contacts):
            title, department, _ = TITLES[contact.title]
            day = working_from(account.since + timedelta(days=number * 3))
            yield {
                "key": contact.key,
                "name": contact.who.name,
                "title": title[account.is_chinese],
                "department": said(department, language),
                "accounts": account.key,
                "phones": contact.phone,
                "emails": f"{contact.who.mailbox}@{account.company.domain}",
                "no_messages": "yes" if number == 3 else "",
                "owner": account.owner,
                "created": f"{min(day, account.last_day)} 10:15",
                "created_by": account.owner,
            }
