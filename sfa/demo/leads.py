"""Leads: two hundred a block in every status, and any number of them as another system exports them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sfa.demo.days import Year, working_from
from sfa.demo.names import chinese_company, english_company, landline, mobile, one_of, person
from sfa.demo.people import OWN, Staff
from sfa.demo.places import CITIES, INDUSTRIES, City, Industry
from sfa.demo.sheets import Cells, Words, said
from sfa.terms import LeadStatus

COUNT = 200
CONVERTED = 18
HEADER = (
    "Lead ID", "Name", "Company", "Title", "Phone", "Mobile", "Email", "Source", "Status", "Rating",
    "Industry", "City", "Created", "Notes",
)  # fmt: skip

# How many of the leads that did not become customers stand where.
_STATUSES = (
    (LeadStatus.NEW, 52),
    (LeadStatus.WORKING, 58),
    (LeadStatus.NURTURING, 30),
    (LeadStatus.QUALIFIED, 8),
    (LeadStatus.DISQUALIFIED, 34),
)
_BY_PLACE = tuple(status for status, count in _STATUSES for _ in range(count))
_ACTIVE = frozenset({LeadStatus.WORKING, LeadStatus.NURTURING, LeadStatus.QUALIFIED})
SOURCES: tuple[Words, ...] = (
    ("Exhibition", "展会"),
    ("Website", "官网"),
    ("Referral", "转介绍"),
    ("Cold call", "陌生拜访"),
    ("Distributor", "代理商推荐"),
    ("WeChat", "公众号"),
)
_CAMPAIGNS: tuple[Words, ...] = (
    ("Flow Control Fair", "流体展"),
    ("Autumn webinar", "秋季直播课"),
    ("Energy saving offer", "节能改造活动"),
)
_TITLES: tuple[Words, ...] = (
    ("Buyer", "采购经理"),
    ("Plant engineer", "设备主管"),
    ("Owner", "总经理"),
    ("Technical director", "技术总监"),
    ("Works manager", "厂长"),
)
_INTERESTS: tuple[Words, ...] = (
    ("Replacing the old process pumps", "老旧工艺泵替换"),
    ("Control valves for a new line", "新产线配调节阀"),
    ("Flow measurement in the boiler house", "锅炉房流量计量改造"),
    ("A yearly maintenance contract", "想签年度维保"),
    ("Remote monitoring of forty pumps", "四十台泵的远程监测"),
)
_REASONS: tuple[Words, ...] = (
    ("No budget this year", "今年没有预算"),
    ("Student, no company", "学生咨询，没有采购需求"),
    ("Bound to another supplier until next year", "已和别家签到明年"),
    ("Cannot be reached", "电话一直打不通"),
    ("Too small for us", "用量太小"),
)
_STEPS: tuple[Words, ...] = (
    ("Send the catalogue", "发产品样册"),
    ("Call back with a price idea", "回电报个大概价"),
    ("Arrange a visit", "约上门拜访"),
    ("Ask who decides", "问清谁拍板"),
)
_NOTES: tuple[Words, ...] = (
    ("Met at the stand, took a brochure.", "展台聊了十分钟，拿了样册。"),
    ("Asked for a delivery time first.", "先问的交期。"),
    ("Has two of our pumps already.", "现场已有两台我们的泵。"),
    ("", ""),
)
_RATINGS = ("hot", "warm", "warm", "cold", "cold", "")


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who may become a customer; ``status`` is where they stand today."""

    name: str
    company: str
    mailbox: str
    domain: str
    title: int
    phone: str
    city: City
    industry: Industry
    source: int
    rating: str
    status: LeadStatus
    created: date
    text: int

    @property
    def is_chinese(self) -> bool:
        """Say whether we speak Chinese with them."""
        return self.city.is_chinese


def lead(rng: Random, status: LeadStatus, year: Year) -> Lead:
    """Return an invented lead of the year; a new one came in the last weeks."""
    city, industry = one_of(rng, one_of(rng, CITIES)), one_of(rng, INDUSTRIES)
    who = person(rng, chinese=city.is_chinese)
    if city.is_chinese:
        company = chinese_company(rng, city.name, one_of(rng, industry.chinese))
    else:
        company = english_company(rng, one_of(rng, industry.english), city.form)
    recent = 21 if status is LeadStatus.NEW else 365
    return Lead(
        name=who.name,
        company=company.name,
        mailbox=who.mailbox,
        domain=company.domain,
        title=int(rng.random() * len(_TITLES)),
        phone=mobile(rng, city.dial),
        city=city,
        industry=industry,
        source=int(rng.random() * len(SOURCES)),
        rating=one_of(rng, _RATINGS),
        status=status,
        created=year.day(rng, year.today - timedelta(days=recent), year.today),
        text=int(rng.random() * 1000),
    )


def key_of(block: int, place: int) -> str:
    """Return a lead's key; the first places of a block are the leads that became customers."""
    return f"L{block}-{place}"


def leads(rng: Random, year: Year) -> tuple[Lead, ...]:
    """Return a block's leads that did not become customers."""
    return tuple(lead(rng, status, year) for status in _BY_PLACE)


def lead_cells(
    block: int, found: Sequence[Lead], year: Year, staffed: Staff, language: str
) -> Iterator[Cells]:
    """Yield the leads as the import takes them."""
    teams = staffed.reps[staffed.office(block)]
    for place, each in enumerate(found):
        team = next(number for number, cities in enumerate(CITIES) if each.city in cities)
        reps = teams[team]
        owner = reps[-1] if block and reps[place % 2] == OWN[0] else reps[place % 2]
        yield {
            "key": key_of(block, CONVERTED + place),
            **own_cells(each, language),
            "status": each.status.value,
            "campaign": said(one_of_list(_CAMPAIGNS, each.text), language) if each.source == 0 else "",
            "interest": one_of_list(_INTERESTS, each.text)[each.is_chinese],
            "notes": one_of_list(_NOTES, each.text // 7)[each.is_chinese],
            **_next(each, place, year),
            "reason": said(one_of_list(_REASONS, each.text), language)
            if each.status is LeadStatus.DISQUALIFIED
            else "",
            "owner": owner,
            "created": f"{each.created} 1{place % 8}:{each.text % 60:02d}",
            "created_by": owner,
        }


def own_cells(each: Lead, language: str) -> Cells:
    """Return what a lead says of itself."""
    return {
        "name": each.name,
        "company": each.company,
        "title": one_of_list(_TITLES, each.title)[each.is_chinese],
        "phones": each.phone,
        "emails": f"{each.mailbox}@{each.domain}",
        "address.city": each.city.name,
        "source": said(SOURCES[each.source], language),
        "rating": each.rating,
    }


def one_of_list(choices: Sequence[Words], number: int) -> Words:
    """Return the one a number stands for, whatever the number."""
    return choices[number % len(choices)]


def _next(each: Lead, place: int, year: Year) -> Cells:
    if each.status not in _ACTIVE:
        return {"next_follow_up": year.today.isoformat()} if place % 12 == 0 else {}
    days = each.text % 34 - 4
    day = year.today + timedelta(days=days)
    return {
        "next_step": one_of_list(_STEPS, each.text)[each.is_chinese],
        "next_follow_up": (day if days <= 0 else working_from(day)).isoformat(),
    }


def lead_rows(seed: int, count: int, *, until: date = date(2026, 6, 30)) -> Iterator[tuple[str, ...]]:
    """Yield rows of an invented lead export under ``HEADER``, one at a time, the same for the same seed.

    They were created in the twelve months up to ``until``. Meant for benchmarks: nothing of a
    store is needed, and no row is kept.
    """
    rng = Random(f"{seed}/lead rows")
    year = Year(until)
    for number in range(count):
        status = _BY_PLACE[number * 7 % len(_BY_PLACE)]
        each = lead(rng, status, year)
        chinese = each.is_chinese
        yield (
            f"LD-{number + 1:07d}",
            each.name,
            each.company,
            _TITLES[each.title][chinese],
            landline(rng, each.city.area) if chinese and each.text % 3 == 0 else "",
            each.phone,
            f"{each.mailbox}{number}@{each.domain}",
            SOURCES[each.source][0],
            status.value,
            each.rating,
            each.industry.name[chinese],
            each.city.name,
            f"{each.created} {8 + number % 10:02d}:{each.text % 60:02d}",
            one_of_list(_NOTES, each.text // 7)[chinese],
        )
