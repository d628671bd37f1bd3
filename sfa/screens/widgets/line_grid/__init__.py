"""The lines of a quote as a grid of cells."""

from sfa.screens.widgets.line_grid.widget import LineGrid

__all__ = ["LineGrid"]
