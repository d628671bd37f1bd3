"""What is priced: a quote or an order with its lines, as plain whole numbers.

Prices and costs are millionths of the currency's unit (``_micros``), quantities
thousandths (``_milli``), rates and percentages parts per million (``_ppm``: 130_000
is 13 %), amounts minor units (``_minor``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding


@dataclass(frozen=True, slots=True)
class Line:
    """A line; of the discounts (percent, amount for the whole line) one at most is not zero."""

    key: str  # the line's id, unique in the document
    kind: LineKind = LineKind.PRODUCT
    quantity_milli: int = 1000
    unit_price_micros: int = 0
    discount_ppm: int = 0
    discount_minor: int = 0
    tax_rate_ppm: int = 0
    list_price_micros: int | None = None  # of a product or gift, by the price books; None: in none of them
    unit_cost_micros: int | None = None  # None: not known, or not to be seen by whoever asks
    is_optional: bool = False
    alternative_of: str | None = None  # lines with the same word stand for each other; one is taken
    is_taken: bool = False  # the customer chose it; says nothing of a line that is neither of these
    group: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the line is in the totals."""
        return self.is_taken or not (self.is_optional or self.alternative_of is not None)


@dataclass(frozen=True, slots=True)
class Document:
    """A quote or order; of its own discounts (percent, amount) one at most is not zero."""

    currency: str
    lines: tuple[Line, ...] = ()
    discount_ppm: int = 0
    discount_minor: int = 0
    tax_mode: TaxMode = TaxMode.ADDED
    tax_rounding: TaxRounding = TaxRounding.PER_LINE
    rounding: Rounding = Rounding.HALF_UP
    cash_step_minor: int = 0  # what is to be paid is a multiple of it: 5 is 0.05; 0 leaves it as it is
    cash_rounding: Rounding = Rounding.HALF_UP  # DOWN: the change is let go
