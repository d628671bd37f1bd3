"""What pricing gives: amounts in minor units of the document's currency."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line's amounts; ``list`` to ``after`` are in the document's prices, with tax where they hold it."""

    key: str
    counts: bool  # it is in the totals
    is_gift: bool
    reference_minor: int  # at the list price, at least the list amount: what is given away is counted from it
    list_minor: int
    discount_minor: int
    net_minor: int  # list less discount
    header_share_minor: int  # its part of the document's discount
    after_minor: int  # net less that part
    base_minor: int  # without tax
    tax_minor: int
    gross_minor: int  # with tax
    cost_minor: int | None
    margin_minor: int | None  # base less cost; less than zero is a loss

    @property
    def concession_minor(self) -> int:
        """What is given away: of the price, as a discount, as a part of the document's."""
        return self.reference_minor - self.after_minor


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """What a group's lines that count come to."""

    group: str
    net_minor: int
    after_minor: int
    base_minor: int
    tax_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What is taxed at a rate, and the tax."""

    rate_ppm: int
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class OptionsTotal:
    """What the optional lines not taken would add, before the document's own discount."""

    net_minor: int
    base_minor: int
    tax_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of the base after cost; nothing is known while one line's cost is not."""

    cost_minor: int | None
    margin_minor: int | None
    margin_ppm: int | None  # of the base, rounded half up; None without a base too
    unknown: tuple[str, ...]  # keys of the lines whose cost is not known


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over the lines that count, and what is to be paid."""

    reference_minor: int  # at list prices, gifts too; at least the list amount
    list_minor: int
    line_discount_minor: int
    net_minor: int
    header_discount_minor: int
    base_minor: int
    tax_minor: int
    gross_minor: int
    rounding_minor: int  # to the cash step; may be less than zero
    payable_minor: int  # gross and rounding

    @property
    def discount_minor(self) -> int:
        """Every discount together."""
        return self.line_discount_minor + self.header_discount_minor

    @property
    def concession_minor(self) -> int:
        """What is given away of the list prices: in lower prices, discounts and gifts."""
        return self.reference_minor - self.list_minor + self.discount_minor


@dataclass(frozen=True, slots=True)
class Priced:
    """A document with everything it comes to; lines in the document's order."""

    currency: str
    lines: tuple[PricedLine, ...]
    groups: tuple[GroupTotal, ...]  # in the order in which they appear
    taxes: tuple[TaxTotal, ...]  # lowest rate first
    totals: Totals
    options: OptionsTotal
    margin: Margin
