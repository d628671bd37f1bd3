"""The company in parts: a block is forty customers with all that happened to them in a year.

A block depends on its number and the seed alone, so a company of any size is made block by
block, and its first block is the company of scale 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from sfa.demo import accounts as customers
from sfa.demo import leads as prospects
from sfa.demo.accounts import TITLES, Account, Contact
from sfa.demo.activities import Comment, Occasion, activity_rows, comments, lead_activity_rows
from sfa.demo.days import Year
from sfa.demo.deals import Deal, Part, deals, parts
from sfa.demo.leads import CONVERTED, SOURCES, Lead, key_of
from sfa.demo.people import Staff, staff
from sfa.demo.sheets import Cells, said
from sfa.demo.tasks import TaskList, tasks
from sfa.terms import LeadStatus

# Blocks whose every step is told. The others come through imports alone: no comments, conversions,
# slips or buying roles, which are made one by one and would take hours for a million leads.
TOLD = 20


@dataclass(frozen=True, slots=True)
class Company:
    """What the whole company is made from."""

    seed: int
    scale: int
    year: Year
    language: str
    staff: Staff


@dataclass(frozen=True, slots=True)
class Conversion:
    """A lead that became a customer's contact and a deal."""

    lead: str
    contact: Contact
    deal: Deal
    created: date


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the company."""

    number: int
    company: Company
    accounts: tuple[Account, ...]
    deals: tuple[Deal, ...]
    leads: tuple[Lead, ...]
    conversions: tuple[Conversion, ...]

    @property
    def is_told(self) -> bool:
        """Say whether every step of it is told."""
        return self.number < TOLD

    def rng(self, what: str) -> Random:
        """Return chance for a part of the block, the same for the same seed."""
        return _rng(self.company.seed, self.number, what)

    def account_rows(self) -> Iterator[Cells]:
        """Yield the customers."""
        year, language = self.company.year, self.company.language
        return customers.account_rows(self.rng("account rows"), self.accounts, year, language)

    def contact_rows(self) -> Iterator[Cells]:
        """Yield the people at the customers."""
        return customers.contact_rows(self.accounts, self.company.language)

    def lead_rows(self) -> Iterator[Cells]:
        """Yield the leads, those that became customers first."""
        company = self.company
        for conversion in self.conversions:
            yield _converted_cells(conversion, company, told=self.is_told)
        yield from prospects.lead_cells(
            self.number, self.leads, company.year, company.staff, company.language
        )

    def lead_activity_rows(self) -> Iterator[Cells]:
        """Yield what was done with leads, before some of them were converted."""
        return lead_activity_rows(
            self.rng("lead activities"), self.number, list(self._occasions()), self.company.year
        )

    def _occasions(self) -> Iterator[Occasion]:
        """Yield the leads that people were in touch with."""
        for each in self.conversions:
            account = each.deal.account
            yield Occasion(
                "lead", each.lead, account.owner, (), account.is_chinese, each.created, each.deal.start
            )
        owners = {row["key"]: row["owner"] for row in self.lead_rows()}
        today = self.company.year.today
        for place, lead in enumerate(self.leads):
            if lead.status is not LeadStatus.NEW and lead.created < today:
                key = key_of(self.number, CONVERTED + place)
                yield Occasion("lead", key, owners[key], (), lead.is_chinese, lead.created, today)

    def activity_rows(self) -> Iterator[Cells]:
        """Yield what was done and is planned with customers."""
        return activity_rows(
            self.rng("activities"), self.number, self.accounts, self.deals, self.company.year
        )

    def comments(self) -> Iterator[Comment]:
        """Yield what managers said about activities."""
        managers = self.company.staff.managers[self.company.staff.office(self.number)]
        return comments(self.rng("comments"), self.number, self.deals, managers)

    def tasks(self) -> TaskList:
        """Return the tasks."""
        rng = self.rng("tasks")
        return tasks(rng, self.number, self.accounts, self.deals, self.company.year, told=self.is_told)

    def parts(self) -> Iterator[tuple[Deal, tuple[Part, ...]]]:
        """Yield who has which part in the decision on each deal."""
        rng = self.rng("parts")
        for deal in self.deals:
            yield deal, parts(rng, deal)


def _rng(seed: int, number: int, what: str) -> Random:
    return Random(f"{seed}/{number}/{what}")


def company(seed: int, scale: int, today: date, language: str) -> Company:
    """Return a company of the year that ends today."""
    return Company(seed, scale, Year(today), language, staff(seed, scale, language))


def block(made: Company, number: int) -> Block:
    """Return a part of the company by its number, from 0."""
    year = made.year
    found = customers.accounts(_rng(made.seed, number, "accounts"), number, year, made.staff)
    sold = deals(_rng(made.seed, number, "deals"), number, found, year)
    leads = prospects.leads(_rng(made.seed, number, "leads"), year)
    converted = _conversions(_rng(made.seed, number, "conversions"), number, sold, year)
    return Block(number, made, found, sold, leads, converted)


def further_leads(made: Company) -> Iterator[Cells]:
    """Yield leads without end that no block has, as the import takes them."""
    for number in count(made.scale):
        found = prospects.leads(_rng(made.seed, number, "leads"), made.year)
        yield from prospects.lead_cells(number, found, made.year, made.staff, made.language)


def _conversions(rng: Random, number: int, sold: Sequence[Deal], year: Year) -> tuple[Conversion, ...]:
    """Return the leads that became customers: for choice those behind customers who came this year."""
    fit = [deal for deal in sold if not deal.goes_back and deal.start > year.first and not deal.is_alone]
    fit.sort(key=lambda deal: (deal.account.since < year.first, deal.start, deal.place))
    taken: set[str] = set()
    found: list[Conversion] = []
    for deal in fit:
        contact = next((each for each in deal.account.contacts if each.key not in taken), None)
        if contact is None:
            continue
        taken.add(contact.key)
        created = max(deal.start - timedelta(days=rng.randrange(3, 40)), year.first)
        found.append(Conversion(key_of(number, len(found)), contact, deal, created))
        if len(found) == CONVERTED:
            break
    return tuple(found)


def _converted_cells(conversion: Conversion, made: Company, *, told: bool) -> Cells:
    deal, contact = conversion.deal, conversion.contact
    account = deal.account
    return {
        "key": conversion.lead,
        "name": contact.who.name,
        "company": account.company.name,
        "title": TITLES[contact.title][0][account.is_chinese],
        "phones": contact.phone,
        "emails": f"{contact.who.mailbox}@{account.company.domain}",
        "address.city": account.city.name,
        "source": said(SOURCES[deal.source], made.language),
        "rating": "hot",
        "status": (LeadStatus.WORKING if told else LeadStatus.QUALIFIED).value,
        "owner": account.owner,
        "created": f"{conversion.created} 11:20",
        "created_by": account.owner,
    }
