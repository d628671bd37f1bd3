"""The board: the open deals of one pipeline, stage by stage, and what was closed this quarter."""

from __future__ import annotations

from sfa.reports.board.figures import Board, Card, Closed, Column, Named, Scope, Sum, Whose, where_of
from sfa.reports.board.report import board

__all__ = ["Board", "Card", "Closed", "Column", "Named", "Scope", "Sum", "Whose", "board", "where_of"]
