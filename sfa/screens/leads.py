"""Leads."""

from __future__ import annotations

from sfa.screens.place import Place


class LeadsScreen(Place):
    """Leads."""

    PLACE = "leads"
