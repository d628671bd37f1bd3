"""A part of a document, such as an order of some of what a quote offers.

Percentages are the same in a part. An amount that was agreed off the whole is shared out by what each part
takes of it, so that parts that make up the whole have the whole amount.
"""

from __future__ import annotations

from sfa.pricing.rounding import divide
from sfa.terms import Rounding


def share_of(amount_minor: int, whole: int, before: int, taken: int) -> int:
    """Return the part of an amount that goes with ``taken`` of a whole, ``before`` of which is gone already.

    Each part is what the parts up to it have, less what those before it have: the last one gets the rest.
    More than the whole has no more of it.
    """
    if whole <= 0:
        return 0

    def up_to(reached: int) -> int:
        return divide(amount_minor * min(reached, whole), whole, Rounding.HALF_UP)

    return up_to(before + taken) - up_to(before)
