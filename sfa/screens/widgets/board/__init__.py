"""The board of deals: a column for each stage, or the same as a list."""

from __future__ import annotations

from sfa.screens.widgets.board.widget import DealBoard

__all__ = ["DealBoard"]
