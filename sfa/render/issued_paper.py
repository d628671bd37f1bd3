"""The paper of a quote or an order: what both say alike, and the file it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sfa import config
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import in_language
from sfa.interchange.quote_lines import QuoteLine
from sfa.money import Money
from sfa.pricing.capitals import in_capitals
from sfa.pricing.results import PricedLine
from sfa.pricing.rounding import PPM, divide
from sfa.render.paper.columns import amount_text, percent_text
from sfa.render.paper.document import (
    EMPTY,
    Group,
    Kind,
    Line,
    Look,
    Margin,
    Named,
    Paper,
    Party,
    Person,
    Signatory,
    Subtotal,
    Tax,
    Term,
    Tongue,
    Total,
    TotalKind,
    Variant,
)
from sfa.render.paper.files import content_of, font_cache
from sfa.render.paper.labels import Labels
from sfa.render.paper.mail import file_stem
from sfa.render.paper.templates import template_of
from sfa.reports.paper_sides import Issued, Side
from sfa.terms import ApprovalStanding, LineKind, Rounding, TaxMode

_TERMS: tuple[tuple[str, Msg], ...] = (
    ("payment_terms", msg("Payment")),
    ("delivery_terms", msg("Delivery")),
)


@dataclass(frozen=True, slots=True)
class How:
    """How a paper is asked for.

    ``template`` is the name of one in the home, empty for the usual one. ``capitals`` is whether the
    amount stands in Chinese capital numerals too; ``None`` where the paper is Chinese and the currency CNY.
    """

    look: Look
    fmt: str = "pdf"
    template: str = ""
    capitals: bool | None = None

    @property
    def is_internal(self) -> bool:
        """Say whether it shows costs."""
        return self.look.variant is Variant.INTERNAL


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as a file: the name it goes by, its bytes, and what whoever printed it should know.

    ``replaced_by`` is the present revision, where an earlier one was printed.
    """

    name: str
    content: bytes
    number: str
    customer: str
    standing: ApprovalStanding
    has_seller: bool
    replaced_by: int | None = None


def printed_of(paper: Paper, how: How, home: Path, *, replaced_by: int | None = None) -> Printed:
    """Return a paper as a file in one of ``paper.files.FORMATS``.

    Raises:
        InvalidInput: a template, logo or font that is not there or cannot be read, a character that no
            font has, an address of a mail that is none.
    """
    template, look = template_of(home, how.template), how.look
    font = config.get("paper_font", home).value
    content = content_of(
        paper, look, template, how.fmt,
        cache=font_cache(home), font=Path(font).expanduser() if font else None,
    )  # fmt: skip
    labels = Labels(look.tongue, template.labels)
    is_listed = look.variant is Variant.WAREHOUSE
    title = labels.lines("title_warehouse" if is_listed else f"title_{paper.kind}")[0]
    parts = (file_stem(paper, title), *(labels.lines("internal_name")[:1] if how.is_internal else ()))
    return Printed(
        f"{'-'.join(parts)}.{how.fmt}",
        content,
        paper.number,
        paper.customer.name.text,
        paper.standing,
        any(paper.seller.name),
        replaced_by,
    )


def paper_of(issued: Issued, how: How, kind: Kind, **own: Any) -> Paper:
    """Return the paper of a quote or an order; ``own`` is what only the one of them has.

    Raises:
        InvalidInput: capital numerals are asked for, and the currency is not CNY.
    """
    values, priced = issued.document.values, issued.document.priced
    seller, owner = _seller(issued), _person(issued.owner)
    is_added = values["tax_mode"] == TaxMode.ADDED
    terms = tuple(Term(said(title), Named(values[key])) for key, title in _TERMS if values[key])
    return Paper(
        kind=kind,
        number=values["number"],
        state=_state(kind, values["state"]),
        made_at=issued.made_at,
        issued_on=issued.issued_on,
        currency=issued.document.currency,
        seller=seller,
        customer=_customer(issued.customer),
        contact=_person(issued.contact) if issued.contact else None,
        prepared_by=owner,
        groups=tuple(_groups(issued)),
        totals=tuple(_totals(issued, is_added=is_added)),
        taxes=tuple(Tax(each.rate_ppm, each.base_minor, each.tax_minor) for each in priced.taxes),
        amount_in_words=_in_words(issued, how),
        margin=Margin(priced.margin.cost_minor, priced.margin.margin_minor, priced.margin.margin_ppm)
        if how.is_internal
        else None,
        subject=Named(values["name"] or ""),
        terms=(*terms, *own.pop("more_terms", ())),
        notes=Named(values["notes"] or ""),
        prices_hold_tax=not is_added,
        signatories=(Signatory(seller.name, owner.name), Signatory(Named(issued.customer.name))),
        **own,
    )


def said(text: Msg | str) -> Named:
    """Return a text of ours in both languages."""
    return Named(in_language("zh_CN", text), in_language("en", text))


def _state(kind: Kind, state: str) -> Named:
    field = noun_of(kind.value).field("state")
    choices = field.choices if field else ()
    return said(next((each.label for each in choices if each.value == state), state))


def _seller(issued: Issued) -> Party:
    known = issued.seller
    return Party(
        name=Named(known["organisation_name"], known["seller_name_en"]),
        address=Named(known["seller_address"], known["seller_address_en"]),
        tax_id=known["seller_tax_id"],
        phone=known["seller_phone"],
        email=known["seller_email"],
        website=known["seller_website"],
        bank=tuple(known["seller_bank"].splitlines()),
    )


def _customer(side: Side) -> Party:
    return Party(Named(side.name), Named(side.address), side.tax_id, side.phone, side.email, side.website)


def _person(side: Side) -> Person:
    return Person(Named(side.name), Named(side.title), side.phone, side.email)


def _in_words(issued: Issued, how: How) -> str:
    """Return the amount in Chinese capital numerals, where they are wanted."""
    currency = issued.document.currency
    by_itself = currency == "CNY" and how.look.tongue is not Tongue.ENGLISH
    wanted = how.capitals if how.capitals is not None else by_itself
    payable = issued.document.priced.totals.payable_minor
    return "人民币" + in_capitals(Money(payable, currency)) if wanted else ""


# Lines ----------------------------------------------------------------------------------------


def _groups(issued: Issued) -> Iterator[Group]:
    """Yield the lines as they stand, those of one group that follow each other below its title."""
    rows = list(
        zip(range(1, len(issued.document.lines) + 1), issued.document.lines, issued.beside.lines, strict=True)
    )
    for title, run in groupby(rows, key=lambda row: row[1].group):
        members = list(run)
        lines = tuple(_line(number, line, priced, issued) for number, line, priced in members)
        counted = [priced for _, _, priced in members if priced.counts]
        yield Group(lines, Named(title or ""), _subtotal(counted) if title else None)


def _line(number: int, line: QuoteLine, priced: PricedLine, issued: Issued) -> Line:
    is_text = line.kind == LineKind.TEXT
    is_alternative = line.alternative_of is not None
    return Line(
        position=str(number),
        name=Named(line.name),
        quantity_milli=line.quantity_milli,
        unit_price_micros=line.unit_price_micros,
        net_minor=priced.base_minor,
        tax_minor=priced.tax_minor,
        gross_minor=priced.gross_minor,
        code=line.code or "",
        description=Named(line.note or ""),
        unit=Named(line.unit or ""),
        discounts=_discounts(line, issued.document.currency),
        tax_rate_ppm=None if is_text else line.tax_rate_ppm,
        is_optional=line.is_optional,
        is_alternative=is_alternative,
        is_taken=line.is_taken and (line.is_optional or is_alternative),
        is_gift=line.kind == LineKind.GIFT,
        is_text=is_text,
        cost_minor=priced.cost_minor,
        margin_minor=priced.margin_minor,
        margin_ppm=_share(priced.margin_minor, priced.base_minor),
    )


def _discounts(line: QuoteLine, currency: str) -> tuple[Named, ...]:
    if line.discount_ppm:
        return (Named(f"-{percent_text(line.discount_ppm)}"),)
    return (Named(amount_text(-line.discount_minor, currency)),) if line.discount_minor else ()


def _share(margin_minor: int | None, base_minor: int) -> int | None:
    if margin_minor is None or not base_minor:
        return None
    return divide(margin_minor * PPM, base_minor, Rounding.HALF_UP)


def _subtotal(counted: Sequence[PricedLine]) -> Subtotal:
    net = sum(each.base_minor for each in counted)
    costs = [each.cost_minor for each in counted]
    cost = None if None in costs else sum(each or 0 for each in costs)
    margin = None if cost is None else net - cost
    return Subtotal(
        net,
        sum(each.tax_minor for each in counted),
        sum(each.gross_minor for each in counted),
        cost,
        margin,
        _share(margin, net),
    )


# Totals ---------------------------------------------------------------------------------------


def _totals(issued: Issued, *, is_added: bool) -> Iterator[Total]:
    """Yield the totals in the order they add up; where prices hold the tax, it stands below the total."""
    found = issued.document.priced.totals
    if found.line_discount_minor:
        yield Total(TotalKind.LIST, found.list_minor)
        yield Total(TotalKind.LINE_DISCOUNTS, -found.line_discount_minor)
    yield Total(TotalKind.SUM, found.net_minor)
    if found.header_discount_minor:
        yield Total(TotalKind.DISCOUNT, -found.header_discount_minor, _whole_discount(issued))
    if is_added:
        if found.header_discount_minor:
            yield Total(TotalKind.NET, found.base_minor)
        yield Total(TotalKind.TAX, found.tax_minor)
    if found.rounding_minor:
        yield Total(TotalKind.ROUNDING, found.rounding_minor)
    yield Total(TotalKind.GROSS, found.payable_minor)
    if not is_added:
        yield Total(TotalKind.CONTAINED_TAX, found.tax_minor)
    options = issued.document.priced.options
    if options.gross_minor:
        yield Total(TotalKind.OPTIONS, options.gross_minor)


def _whole_discount(issued: Issued) -> Named:
    """Return the label of the discount on the whole with its percentage; the usual one of an amount."""
    ppm = issued.document.values["discount_ppm"]
    if not ppm:
        return EMPTY
    label = said(msg("Discount on the whole"))
    return Named(*(f"{each} (-{percent_text(ppm)})" for each in label))
