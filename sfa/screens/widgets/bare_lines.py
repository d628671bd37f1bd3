"""What draws a line at a time and keeps the lines it drew: they go to the screen as they are."""

from __future__ import annotations

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class BareLines(ScrollView):
    """A view of lines as wide as its room, which ``render_line`` gives, the same strip for the same line."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the view.

        A view without border and padding hands its own strips on: Textual keeps with each strip what
        it made of it, so that a line that was on the screen before costs nothing.
        """
        if not self._is_bare():
            return super().render_lines(crop)
        width = self.scrollable_content_region.width
        strips = [self.render_line(y) for y in crop.line_range]
        _, background = self.background_colors
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        first, last = crop.column_span
        if first == 0 and last >= width:  # the scrollbar lies over what is beyond
            return strips
        return [strip.crop(first, last) for strip in strips]

    def _is_bare(self) -> bool:
        styles = self.styles
        outlined = styles.has_rule("outline_top") or styles.has_rule("outline_bottom")
        return not any(styles.gutter) and not outlined and self.opacity == 1.0 and styles.tint.a == 0
