"""Boards: cards in columns, or the same as a list; of deals in ``deals``, of orders in ``orders``."""

from __future__ import annotations

from sfa.screens.widgets.board.deals import DealBoard
from sfa.screens.widgets.board.widget import Board

__all__ = ["Board", "DealBoard"]
