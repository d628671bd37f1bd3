"""What a paper says: a quote or an order, computed and frozen.

Whoever makes a ``Paper`` has computed every amount; the formats only show it. Amounts are minor
units of the paper's currency, prices and costs millionths, quantities thousandths, rates ppm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sfa.terms import ApprovalStanding


class Kind(StrEnum):
    """What a paper is."""

    QUOTE = "quote"
    ORDER = "order"


class Variant(StrEnum):
    """For whose eyes: the customer's, our own (cost and margin), or the warehouse's (no money)."""

    CUSTOMER = "customer"
    INTERNAL = "internal"
    WAREHOUSE = "warehouse"


class Tongue(StrEnum):
    """The language of a paper, which is not that of whoever prints it; both stand Chinese first."""

    ENGLISH = "en"
    CHINESE = "zh_CN"
    BOTH = "both"

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the languages of its labels, in order."""
        return ("zh_CN", "en") if self is Tongue.BOTH else (self.value,)


class Named(NamedTuple):
    """A name or text as it is kept, in whatever language, and in English where that was given."""

    text: str
    english: str = ""

    def said(self, tongue: Tongue) -> tuple[str, ...]:
        """Return the text in the paper's language; in both one after the other; none when empty."""
        own, english = self.text or self.english, self.english or self.text
        if tongue is Tongue.BOTH:
            both = (own, english) if own != english else (own,)
        else:
            both = (english,) if tongue is Tongue.ENGLISH else (own,)
        return tuple(each for each in both if each)


EMPTY = Named("")


@dataclass(frozen=True, slots=True)
class Party:
    """A company on the paper. ``bank`` holds lines as they are to stand: bank, account, SWIFT."""

    name: Named
    address: Named = EMPTY
    tax_id: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    bank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the paper: the customer's contact, or whoever made the offer."""

    name: Named
    title: Named = EMPTY
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line. Optional and alternative ones are in the totals when they are taken; a gift is free.

    A text is a heading or remark among the lines and has no figures.
    ``discounts`` are texts such as "-10%". ``tax_rate_ppm`` is ``None`` where no tax is stated.
    Cost and margin are for internal papers; ``None`` where the cost is unknown.
    """

    position: str
    name: Named
    quantity_milli: int
    unit_price_micros: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    code: str = ""
    description: Named = EMPTY
    unit: Named = EMPTY
    discounts: tuple[Named, ...] = ()
    tax_rate_ppm: int | None = None
    is_optional: bool = False
    is_alternative: bool = False
    is_taken: bool = False
    is_gift: bool = False
    is_text: bool = False
    cost_minor: int | None = None
    margin_minor: int | None = None
    margin_ppm: int | None = None

    @property
    def counts(self) -> bool:
        """Say whether the line is in the totals."""
        return self.is_taken or not (self.is_optional or self.is_alternative)


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What a group of lines comes to."""

    net_minor: int
    tax_minor: int
    gross_minor: int
    cost_minor: int | None = None
    margin_minor: int | None = None
    margin_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a title; the title may be empty, and a subtotal absent."""

    lines: tuple[Line, ...]
    title: Named = EMPTY
    subtotal: Subtotal | None = None


class Tax(NamedTuple):
    """One rate of the tax table."""

    rate_ppm: int
    base_minor: int
    tax_minor: int
    label: Named = EMPTY


class TotalKind(StrEnum):
    """What a row of the totals is; the paper lists them in the order they add up."""

    LIST = "list"
    LINE_DISCOUNTS = "line_discounts"
    SUM = "sum"
    DISCOUNT = "discount"
    CHARGE = "charge"
    NET = "net"
    TAX = "tax"
    ROUNDING = "rounding"
    GROSS = "gross"
    CONTAINED_TAX = "contained_tax"  # where prices hold the tax; after the gross amount
    OPTIONS = "options"  # what optional lines would add; after the gross amount


class Total(NamedTuple):
    """One row of the totals; an empty label takes the usual one of its kind."""

    kind: TotalKind
    minor: int
    label: Named = EMPTY


class Margin(NamedTuple):
    """What the whole costs and leaves, for internal papers; ppm of the net amount, ``None`` when unknown."""

    cost_minor: int | None
    margin_minor: int | None
    margin_ppm: int | None


class Term(NamedTuple):
    """One of the terms."""

    title: Named
    text: Named


class Approval(NamedTuple):
    """Who approved, and when, in the zone it is to be read in; only where the centre has confirmed it.

    ``by`` is empty where nobody had to: the centre found it within its author's limits.
    """

    by: str
    at: datetime
    remark: Named = EMPTY


class Signatory(NamedTuple):
    """Who signs for a side."""

    company: Named
    name: Named = EMPTY
    title: Named = EMPTY


@dataclass(frozen=True, slots=True)
class Paper:
    """A quote or an order. ``approval`` says who approved it where it stands approved, and is else ``None``.

    ``made_at`` is an aware instant; it dates the files, so that one paper gives the same bytes
    whenever it is printed. ``revision`` is 0 where there are none. ``prices_hold_tax``: unit prices,
    discounts and the amount a line shows are with tax. ``amount_in_words`` comes written out, such as
    Chinese capital numerals.
    """

    kind: Kind
    number: str
    revision: int
    state: Named
    made_at: datetime
    issued_on: date
    currency: str
    seller: Party
    customer: Party
    groups: tuple[Group, ...]
    totals: tuple[Total, ...]
    valid_until: date | None = None
    promised_on: date | None = None
    quote_number: str = ""
    contract_number: str = ""
    subject: Named = EMPTY
    contact: Person | None = None
    prepared_by: Person | None = None
    taxes: tuple[Tax, ...] = ()
    amount_in_words: str = ""
    margin: Margin | None = None
    terms: tuple[Term, ...] = ()
    notes: Named = EMPTY
    internal_notes: str = ""
    prices_hold_tax: bool = False
    standing: ApprovalStanding = ApprovalStanding.NEEDED
    approval: Approval | None = None
    signatories: tuple[Signatory, ...] = ()

    def __post_init__(self) -> None:
        """Refuse instants without a zone, which would date the files differently on every machine.

        Refuse also an approval without its standing, and the other way round.
        """
        instants = [self.made_at, *([self.approval.at] if self.approval else [])]
        if any(each.tzinfo is None for each in instants):
            raise ValueError("the instants of a paper are aware")
        if (self.approval is not None) is not (self.standing is ApprovalStanding.APPROVED):
            raise ValueError("an approved paper says by whom, and no other does")

    @property
    def is_draft(self) -> bool:
        """Say whether an approval is needed and none is confirmed."""
        return self.standing in {ApprovalStanding.NEEDED, ApprovalStanding.WAITING}


@dataclass(frozen=True, slots=True)
class Look:
    """For whom a paper is drawn, and in which language."""

    variant: Variant = Variant.CUSTOMER
    tongue: Tongue = Tongue.ENGLISH
