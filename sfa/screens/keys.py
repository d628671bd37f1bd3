"""The places of the app and how keys are bound: one table for ``g``, palette, help and docs/keys.md.

Every binding has an id, a description and a tooltip. ``footer`` puts it among the six
keys at most that a place shows at the bottom.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding

from sfa.errors import Msg, msg

if TYPE_CHECKING:
    from textual.screen import Screen

FOOTER_KEYS = 6


class PlaceSpec(NamedTuple):
    """A place of the app: the letter after ``g``, its label, and where its screen is."""

    name: str
    letter: str
    label: Msg
    tooltip: Msg
    module: str
    screen: str

    def open(self) -> Screen[None]:
        """Return a new screen of the place; its module is imported now."""
        made: Screen[None] = getattr(importlib.import_module(f"sfa.screens.{self.module}"), self.screen)()
        return made


PLACES: Mapping[str, PlaceSpec] = {
    spec.name: spec
    for spec in (
        PlaceSpec("today", "t", msg("Today"), msg("What today asks for"), "today", "TodayScreen"),
        PlaceSpec("leads", "l", msg("Leads"), msg("The list of leads"), "leads", "LeadsScreen"),
        PlaceSpec(
            "accounts", "a", msg("Accounts"), msg("The list of accounts"), "accounts", "AccountsScreen"
        ),
        PlaceSpec(
            "contacts", "c", msg("Contacts"), msg("The list of contacts"), "contacts", "ContactsScreen"
        ),
        PlaceSpec("deals", "d", msg("Deals"), msg("The list of deals"), "deals", "DealsScreen"),
        PlaceSpec(
            "pipeline",
            "p",
            msg("Pipeline"),
            msg("The board of open deals, stage by stage"),
            "pipeline",
            "PipelineScreen",
        ),
        PlaceSpec("visits", "v", msg("Visits"), msg("The week's visits"), "visits", "VisitsScreen"),
        PlaceSpec("tasks", "k", msg("Tasks"), msg("The list of tasks"), "tasks", "TasksScreen"),
        PlaceSpec(
            "products", "i", msg("Products"), msg("The list of products"), "products", "ProductsScreen"
        ),
        PlaceSpec("quotes", "q", msg("Quotes"), msg("The list of quotes"), "quotes", "QuotesScreen"),
        PlaceSpec("orders", "o", msg("Orders"), msg("The list of orders"), "orders.place", "OrdersScreen"),
        PlaceSpec(
            "reports",
            "r",
            msg("Reports"),
            msg("Pipeline, funnel and activity, as tables and charts"),
            "reports",
            "ReportsScreen",
        ),
        PlaceSpec(
            "sync", "s", msg("Sync"), msg("The team's centre, and what waits for you"), "sync", "SyncScreen"
        ),
        PlaceSpec(
            "settings",
            ",",
            msg("Settings"),
            msg("Your settings, the organisation's and its lists"),
            "settings",
            "SettingsScreen",
        ),
    )
}


# Nouns whose records have keys of their own; a noun's file holds its list and one of its records.
RECORDS = {
    "account": ("accounts", "AccountScreen"),
    "lead": ("leads", "LeadScreen"),
    "deal": ("deals", "DealScreen"),
    "task": ("tasks", "TaskScreen"),
    "product": ("products", "ProductScreen"),
    "quote": ("quotes", "QuoteScreen"),
    "order": ("orders.place", "OrderScreen"),
    "pricebook": ("price_books", "PriceBookScreen"),
    "visit": ("visits", "VisitScreen"),
    "activity": ("visits", "ActivityScreen"),
}


def record_screen(noun: str, record_id: str) -> Screen[None]:
    """Return a new screen of one record of a noun."""
    module, name = RECORDS.get(noun, ("record", "RecordScreen"))
    made: Screen[None] = getattr(importlib.import_module(f"sfa.screens.{module}"), name)(noun, record_id)
    return made


def bind(
    keys: str, action: str, name: str, description: Msg, tooltip: Msg, *, footer: bool = False
) -> Binding:
    """Return a binding; ``name`` is its id, by which ``[keys]`` in the settings file gives it other keys."""
    return Binding(keys, action, description, show=footer, tooltip=tooltip, id=name)
