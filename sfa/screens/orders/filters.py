"""What a list of orders is narrowed to; the board offers the same."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.filtering import QuickFilter

FILTERS = (
    QuickFilter("open", msg("Open orders"), "not state in (paid, cancelled)"),
    QuickFilter("mine", msg("My open orders"), "owner=me and not state in (paid, cancelled)"),
    QuickFilter(
        "late",
        msg("Promised day gone by"),
        "promised<today and delivered is empty and state!=cancelled",
    ),
    QuickFilter(
        "undated",
        msg("Without a promised day"),
        "promised is empty and delivered is empty and state!=cancelled",
    ),
    QuickFilter("shipped", msg("On the way"), "state=shipped"),
    QuickFilter("unpaid", msg("Delivered or invoiced, not paid"), "state in (delivered, invoiced)"),
    QuickFilter("paid", msg("Paid"), "state=paid"),
    QuickFilter("cancelled", msg("Cancelled"), "state=cancelled"),
)
