"""Which role may let a document go, and why no lower one may. Source: docs/metrics.md, "Approval"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfa.errors import InvalidInput, Msg, msg
from sfa.pricing.checking import percent
from sfa.pricing.results import Priced, PricedLine
from sfa.pricing.rounding import PPM, divide
from sfa.terms import Rounding


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role may allow; ``None`` is no limit."""

    role: str
    max_discount_ppm: int | None = None  # of the whole document, every discount together
    min_margin_ppm: int | None = None
    max_line_discount_ppm: int | None = None  # of any one line, its part of the document's with it


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a role may not allow it: a text and what fills its places."""

    role: str
    text: Msg
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Level:
    """The first role that may allow the document (``None``: none may), and why those before it may not."""

    role: str | None
    reasons: tuple[Reason, ...]


def level_needed(rules: Sequence[Rule], priced: Priced) -> Level:
    """Return the first role of a ladder, lowest first, whose limits the document keeps.

    Without rules everybody may allow everything, and the role is ``None`` without a reason.

    Raises:
        InvalidInput: a role that stands twice, a limit of the discount that is no share.
    """
    _check(rules)
    reasons: list[Reason] = []
    for rule in rules:
        found = list(_reasons(rule, priced))
        if not found:
            return Level(rule.role, tuple(reasons))
        reasons += found
    return Level(None, tuple(reasons))


def discount_ppm(priced: Priced) -> int:
    """Return the discounts together as a share of the list amounts, rounded half up; 0 of nothing."""
    return _share(priced.totals.discount_minor, priced.totals.list_minor)


def _share(minor: int, whole: int) -> int:
    return divide(minor * PPM, whole, Rounding.HALF_UP) if whole else 0


def _reasons(rule: Rule, priced: Priced) -> Iterator[Reason]:
    totals, margin = priced.totals, priced.margin
    if _exceeds(totals.discount_minor, totals.list_minor, rule.max_discount_ppm):
        yield Reason(
            rule.role,
            msg("The discount is {percent} %, and {role} may give {most} %."),
            {
                "percent": percent(discount_ppm(priced)),
                "role": rule.role,
                "most": _shown(rule.max_discount_ppm),
            },
        )
    for number, line in enumerate(priced.lines, 1):
        given = line.discount_minor + line.header_share_minor
        if line.counts and _exceeds(given, line.list_minor, rule.max_line_discount_ppm):
            yield Reason(
                rule.role,
                msg("The discount of line {line} is {percent} %, and {role} may give {most} %."),
                {
                    "line": number,
                    "key": line.key,
                    "percent": percent(_share(given, line.list_minor)),
                    "role": rule.role,
                    "most": _shown(rule.max_line_discount_ppm),
                },
            )
    if rule.min_margin_ppm is None:
        return
    if margin.margin_minor is None:
        yield Reason(
            rule.role,
            msg("The margin is not known: no cost in lines {lines}. {role} may not go below {least} %."),
            {
                "lines": _numbers(priced.lines, margin.unknown),
                "role": rule.role,
                "least": _shown(rule.min_margin_ppm),
            },
        )
    elif margin.margin_minor * PPM < rule.min_margin_ppm * totals.base_minor:
        yield _low_margin(rule, priced)


def _low_margin(rule: Rule, priced: Priced) -> Reason:
    least = _shown(rule.min_margin_ppm)
    if priced.margin.margin_ppm is None:
        return Reason(
            rule.role,
            msg("Nothing is to be paid for what costs us something, and {role} may not go below {least} %."),
            {"role": rule.role, "least": least},
        )
    return Reason(
        rule.role,
        msg("The margin is {percent} %, and {role} may not go below {least} %."),
        {"percent": percent(priced.margin.margin_ppm), "role": rule.role, "least": least},
    )


def _exceeds(discount: int, whole: int, most_ppm: int | None) -> bool:
    """Compare exactly, not the rounded share."""
    return most_ppm is not None and discount * PPM > most_ppm * whole


def _numbers(lines: Sequence[PricedLine], keys: Sequence[str]) -> str:
    return ", ".join(str(number) for number, line in enumerate(lines, 1) if line.key in keys)


def _shown(ppm: int | None) -> str:
    return percent(ppm or 0)


def _check(rules: Sequence[Rule]) -> None:
    roles = [rule.role for rule in rules]
    for role in roles:
        if roles.count(role) > 1:
            raise InvalidInput(msg("Approval"), msg("{role} stands twice"), role=role)
    for rule in rules:
        for column, limit in (
            ("max_discount_ppm", rule.max_discount_ppm),
            ("max_line_discount_ppm", rule.max_line_discount_ppm),
        ):
            if limit is not None and not 0 <= limit <= PPM:
                raise InvalidInput(
                    msg("Discount"),
                    msg("it is between 0 % and {most} %, and {percent} % is not"),
                    column=column,
                    role=rule.role,
                    most=percent(PPM),
                    percent=percent(limit),
                )
        if rule.min_margin_ppm is not None and rule.min_margin_ppm > PPM:
            raise InvalidInput(
                msg("Margin"),
                msg("it is at most {most} %, and {percent} % is not"),
                column="min_margin_ppm",
                role=rule.role,
                most=percent(PPM),
                percent=percent(rule.min_margin_ppm),
            )
