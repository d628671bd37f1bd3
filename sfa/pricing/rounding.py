"""Exact division of integers with a named rounding."""

from __future__ import annotations

from sfa.terms import Rounding

PPM = 1_000_000  # parts per million in one: rates, discounts and shares are whole numbers of them


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return the quotient as a whole number; the denominator is more than zero.

    The size is rounded and the sign kept: half of a unit goes away from zero with
    ``HALF_UP``, to the even neighbour with ``HALF_EVEN``; ``DOWN`` cuts off.
    """
    if numerator < 0:
        return -divide(-numerator, denominator, rounding)
    whole, rest = divmod(numerator, denominator)
    if rounding == Rounding.DOWN or 2 * rest < denominator:
        return whole
    if 2 * rest == denominator and rounding == Rounding.HALF_EVEN:
        return whole + whole % 2
    return whole + 1


def part(amount: int, ppm: int, rounding: Rounding) -> int:
    """Return so many millionths of an amount."""
    return divide(amount * ppm, PPM, rounding)
