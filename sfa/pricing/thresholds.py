"""Which role may let a document go, and why no lower one may. Source: docs/metrics.md, "Approval"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfa.errors import InvalidInput, Msg, msg
from sfa.pricing.checking import percent
from sfa.pricing.results import Priced, PricedLine, Totals
from sfa.pricing.rounding import PPM, divide
from sfa.terms import Rounding


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role may allow; ``None`` is no limit."""

    role: str
    max_discount_ppm: int | None = None  # off the list prices of the whole document, in whatever way
    min_margin_ppm: int | None = None
    max_line_discount_ppm: int | None = None  # off the list price of any one line that is no gift


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


def concession_ppm(priced: Priced) -> int:
    """Return what is given off the list prices as a share of them, rounded half up; 0 of nothing."""
    return _share(priced.totals.concession_minor, priced.totals.reference_minor)


def _share(minor: int, whole: int) -> int:
    return divide(minor * PPM, whole, Rounding.HALF_UP) if whole else 0


def _reasons(rule: Rule, priced: Priced) -> Iterator[Reason]:
    totals, margin = priced.totals, priced.margin
    if _exceeds(totals.concession_minor, totals.reference_minor, rule.max_discount_ppm):
        yield _high_concession(rule, totals)
    for number, line in enumerate(priced.lines, 1):
        limited = line.counts and not line.is_gift
        if limited and _exceeds(line.concession_minor, line.reference_minor, rule.max_line_discount_ppm):
            yield _high_line(rule, line, number)
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


def _high_concession(rule: Rule, totals: Totals) -> Reason:
    whole = totals.reference_minor
    return Reason(
        rule.role,
        msg("The discount is {percent} %, and {role} may give {most} %.")
        if whole == totals.list_minor
        else msg(
            "{percent} % is given off the list prices ({discount} % as discount, the rest in lower prices"
            " or gifts), and {role} may give {most} %."
        ),
        {
            "percent": percent(_share(totals.concession_minor, whole)),
            "discount": percent(_share(totals.discount_minor, whole)),
            "role": rule.role,
            "most": _shown(rule.max_discount_ppm),
        },
    )


def _high_line(rule: Rule, line: PricedLine, number: int) -> Reason:
    whole = line.reference_minor
    return Reason(
        rule.role,
        msg("The discount of line {line} is {percent} %, and {role} may give {most} %.")
        if whole == line.list_minor
        else msg(
            "Line {line} gives {percent} % off the list price ({discount} % as discount, the rest in the"
            " price), and {role} may give {most} %."
        ),
        {
            "line": number,
            "key": line.key,
            "percent": percent(_share(line.concession_minor, whole)),
            "discount": percent(_share(line.discount_minor + line.header_share_minor, whole)),
            "role": rule.role,
            "most": _shown(rule.max_line_discount_ppm),
        },
    )


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


def _exceeds(given: int, whole: int, most_ppm: int | None) -> bool:
    """Compare exactly, not the rounded share."""
    return most_ppm is not None and given * PPM > most_ppm * whole


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
