"""From a document to its totals. Source: docs/metrics.md, "Quotes"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter

from sfa.errors import InvalidInput, msg
from sfa.money import MICROS, Money, exponent, from_minor
from sfa.pricing.checking import MOST_MINOR, check_document
from sfa.pricing.document import Document, Line
from sfa.pricing.results import GroupTotal, Margin, OptionsTotal, Priced, PricedLine, TaxTotal, Totals
from sfa.pricing.rounding import PPM, divide, part
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding


@dataclass(slots=True)
class KnownLines:
    """What lines came to, for a document that is priced at every key: most of its lines are the same ones."""

    terms: tuple[str, Rounding, TaxMode] | None = None
    lines: dict[str, tuple[Line, int, int, PricedLine]] = field(default_factory=dict)  # share, tax; by key


def price_document(document: Document, known: KnownLines | None = None) -> Priced:
    """Return every amount of a document; lines always sum to the totals.

    What ``known`` holds of the very same lines is taken from there; it then holds this document's.

    Raises:
        InvalidInput: a value out of its range, a discount of more than there is to discount,
            alternatives of which not one is taken; the data names the column and the line.
    """
    check_document(document)
    nets = [_net(document, line, number) for number, line in enumerate(document.lines, 1)]
    shares = _header_shares(document, [net for _, _, net in nets])
    afters = [net - share for (_, _, net), share in zip(nets, shares, strict=True)]
    taxes = _taxes(document, afters)
    lines = _lines(document, nets, shares, taxes, KnownLines() if known is None else known)
    counted = [line for line in lines if line.counts]
    return Priced(
        currency=document.currency,
        lines=lines,
        groups=_groups(document, lines),
        taxes=_tax_totals(document, lines),
        totals=_totals(document, counted),
        options=_options(document, lines),
        margin=_margin(counted),
    )


def _net(document: Document, line: Line, number: int) -> tuple[int, int, int]:
    """Return list amount, discount and what is left of a line."""
    if line.kind != LineKind.PRODUCT:
        return 0, 0, 0
    listed = _times(line.unit_price_micros, line.quantity_milli, document)
    if listed > MOST_MINOR:
        raise InvalidInput(
            msg("Quantity"),
            msg("line {line}: quantity times price is more than {most} {currency}"),
            line=number,
            key=line.key,
            column="quantity_milli",
            most=f"{from_minor(MOST_MINOR, document.currency):,f}",
            currency=document.currency,
        )
    discount = line.discount_minor or part(listed, line.discount_ppm, document.rounding)
    if discount > listed:
        raise InvalidInput(
            msg("Discount"),
            msg("line {line}: {discount} is more than the {amount} {currency} of the line"),
            line=number,
            key=line.key,
            column="discount_minor",
            discount=f"{from_minor(discount, document.currency):,f}",
            amount=f"{from_minor(listed, document.currency):,f}",
            currency=document.currency,
        )
    return listed, discount, listed - discount


def _times(unit_micros: int, quantity_milli: int, document: Document) -> int:
    """Return a price or cost times a quantity, rounded once, at the end."""
    exact = unit_micros * quantity_milli * 10 ** exponent(document.currency)
    return divide(exact, MICROS * 1000, document.rounding)


def _header_shares(document: Document, nets: Sequence[int]) -> list[int]:
    """Return each line's part of the document's discount, nothing for lines that do not count."""
    weights = [net if line.counts else 0 for line, net in zip(document.lines, nets, strict=True)]
    total = sum(weights)
    discount = document.discount_minor or part(total, document.discount_ppm, document.rounding)
    if discount > total:
        raise InvalidInput(
            msg("Discount"),
            msg("{discount} is more than the {amount} {currency} of the lines"),
            hint=msg("Give a smaller amount, or a percentage."),
            column="discount_minor",
            discount=f"{from_minor(discount, document.currency):,f}",
            amount=f"{from_minor(total, document.currency):,f}",
            currency=document.currency,
        )
    return _split(discount, weights, document.currency)


def _split(minor: int, weights: Sequence[int], currency: str) -> list[int]:
    """Return an amount split by weights as in ``Money.allocate``; nothing stays nothing."""
    if not minor:
        return [0] * len(weights)
    return [share.minor for share in Money(minor, currency).allocate(weights)]


def _taxes(document: Document, afters: Sequence[int]) -> list[int]:
    """Return each line's tax; of a line that does not count, as if it stood alone."""
    rates = [line.tax_rate_ppm for line in document.lines]
    taxes = [_tax(document, after, rate) for after, rate in zip(afters, rates, strict=True)]
    if document.tax_rounding == TaxRounding.PER_TOTAL:
        for rate in set(rates):
            same = [
                number for number, line in enumerate(document.lines) if line.counts and rates[number] == rate
            ]
            weights = [afters[number] for number in same]
            shares = _split(_tax(document, sum(weights), rate), weights, document.currency)
            for number, share in zip(same, shares, strict=True):
                taxes[number] = share
    return taxes


def _tax(document: Document, amount: int, rate_ppm: int) -> int:
    """Return the tax on an amount, or in it."""
    whole = PPM if document.tax_mode == TaxMode.ADDED else PPM + rate_ppm
    return divide(amount * rate_ppm, whole, document.rounding)


def _lines(
    document: Document,
    nets: Sequence[tuple[int, int, int]],
    shares: Sequence[int],
    taxes: Sequence[int],
    known: KnownLines,
) -> tuple[PricedLine, ...]:
    """Return each line's amounts. They follow from the line, its share and tax, and the document's terms."""
    terms = (document.currency, document.rounding, document.tax_mode)
    before = known.lines if known.terms == terms else {}
    known.terms, known.lines = terms, {}
    for line, amounts, share, tax in zip(document.lines, nets, shares, taxes, strict=True):
        held = before.get(line.key)
        if held is None or held[0] is not line or held[1] != share or held[2] != tax:
            held = (line, share, tax, _line(document, line, amounts, share, tax))
        known.lines[line.key] = held
    return tuple(priced for *_, priced in known.lines.values())


def _line(document: Document, line: Line, amounts: tuple[int, int, int], share: int, tax: int) -> PricedLine:
    listed, discount, net = amounts
    after = net - share
    base = after if document.tax_mode == TaxMode.ADDED else after - tax
    cost = _cost(document, line)
    return PricedLine(
        key=line.key,
        counts=line.counts and line.kind != LineKind.TEXT,
        is_gift=line.kind == LineKind.GIFT,
        reference_minor=_reference(document, line, listed),
        list_minor=listed,
        discount_minor=discount,
        net_minor=net,
        header_share_minor=share,
        after_minor=after,
        base_minor=base,
        tax_minor=tax,
        gross_minor=base + tax,
        cost_minor=cost,
        margin_minor=None if cost is None else base - cost,
    )


def _reference(document: Document, line: Line, listed: int) -> int:
    """Return a line's amount at its list price, at least the one at its own: a higher price earns nothing."""
    if line.kind == LineKind.TEXT:
        return 0
    return max(listed, _times(line.list_price_micros or 0, line.quantity_milli, document))


def _cost(document: Document, line: Line) -> int | None:
    if line.kind == LineKind.TEXT:
        return 0
    if line.unit_cost_micros is None:
        return None
    return _times(line.unit_cost_micros, line.quantity_milli, document)


def _sum(lines: Iterable[PricedLine], *names: str) -> list[int]:
    """Return the sum of each amount named."""
    kept = list(lines)
    return [sum(map(attrgetter(name), kept)) for name in names]


def _groups(document: Document, lines: Sequence[PricedLine]) -> tuple[GroupTotal, ...]:
    members: dict[str, list[PricedLine]] = {}
    for line, priced in zip(document.lines, lines, strict=True):
        if line.group is not None:
            members.setdefault(line.group, []).extend([priced] if priced.counts else [])
    names = ("net_minor", "after_minor", "base_minor", "tax_minor", "gross_minor")
    return tuple(GroupTotal(group, *_sum(members[group], *names)) for group in members)


def _tax_totals(document: Document, lines: Sequence[PricedLine]) -> tuple[TaxTotal, ...]:
    """Return base and tax of each rate; gifts are taxed with nothing and give no rate."""
    members: dict[int, list[PricedLine]] = {}
    for line, priced in zip(document.lines, lines, strict=True):
        if priced.counts and line.kind == LineKind.PRODUCT:
            members.setdefault(line.tax_rate_ppm, []).append(priced)
    return tuple(TaxTotal(rate, *_sum(members[rate], "base_minor", "tax_minor")) for rate in sorted(members))


def _totals(document: Document, counted: Sequence[PricedLine]) -> Totals:
    reference, listed, discount, net, header, base, tax, gross = _sum(
        counted,
        *("reference_minor", "list_minor", "discount_minor", "net_minor", "header_share_minor"),
        *("base_minor", "tax_minor", "gross_minor"),
    )
    step = document.cash_step_minor
    payable = divide(gross, step, document.cash_rounding) * step if step else gross
    return Totals(
        reference_minor=reference,
        list_minor=listed,
        line_discount_minor=discount,
        net_minor=net,
        header_discount_minor=header,
        base_minor=base,
        tax_minor=tax,
        gross_minor=gross,
        rounding_minor=payable - gross,
        payable_minor=payable,
    )


def _options(document: Document, lines: Sequence[PricedLine]) -> OptionsTotal:
    """Return what is optional and not taken; of alternatives nobody knows which it would be."""
    open_ones = [
        line.is_optional and line.alternative_of is None and not line.is_taken for line in document.lines
    ]
    names = ("net_minor", "base_minor", "tax_minor", "gross_minor")
    return OptionsTotal(*_sum(compress(lines, open_ones), *names))


def _margin(counted: Sequence[PricedLine]) -> Margin:
    unknown = tuple(line.key for line in counted if line.cost_minor is None)
    if unknown:
        return Margin(None, None, None, unknown)
    cost = sum(line.cost_minor or 0 for line in counted)
    base = sum(line.base_minor for line in counted)
    ppm = divide((base - cost) * PPM, base, Rounding.HALF_UP) if base else None
    return Margin(cost, base - cost, ppm, ())
