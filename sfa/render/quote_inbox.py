"""Quotes that wait for approval, as lines to choose from, and why each needs it."""

from __future__ import annotations

from sfa.finding.quote_inbox import Waiting
from sfa.i18n import tr
from sfa.render.cells import one_line
from sfa.render.numbers import money, ratio
from sfa.render.quotes import reason_text


def waiting_line(each: Waiting) -> tuple[str, str, str]:
    """Return since when a quote waits, what it is, and whose."""
    quote = each.quote
    total = money(quote.priced.totals.payable_minor, quote.currency)
    parts = [str(quote.values["number"]), one_line(each.account), total]
    if each.concession_ppm:
        parts.append(tr("{share} off", share=ratio(each.concession_ppm)))
    margin = quote.priced.margin.margin_ppm
    if margin is not None:
        parts.append(tr("margin {share}", share=ratio(margin)))
    since = quote.values["state_on"]
    return str(since or ""), "  ".join(parts), one_line(each.owner)


def why_lines(each: Waiting) -> list[str]:
    """Return why a quote needs approval, and what is to be known of whoever decides."""
    reasons = [f"· {reason_text(reason)}" for reason in each.standing.reasons]
    found = [tr("Why {number} needs approval:", number=each.quote.values["number"]), *reasons]
    if not reasons:
        found = [
            tr(
                "{number} is within the limits by now; whoever decides may let it go.",
                number=each.quote.values["number"],
            )
        ]
    if each.is_own:
        found.append(tr("It is yours: somebody above you decides. B takes it back."))
    return found
