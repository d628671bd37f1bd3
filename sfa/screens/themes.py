"""The themes: dark, light, high contrast, and the terminal's own colours."""

from __future__ import annotations

from textual.theme import Theme

from sfa.errors import Msg, msg

DARK = Theme(
    name="dark",
    primary="#5aa9e6",
    secondary="#7fc8a9",
    accent="#f2b84b",
    warning="#f2b84b",
    error="#f07167",
    success="#7fc8a9",
    foreground="#e6e9ef",
    background="#12161d",
    surface="#1a202a",
    panel="#242c38",
    dark=True,
    variables={
        # Light enough that what is dim on it can be read; the other one is where the focus is elsewhere.
        "block-cursor-background": "#93cbf5",
        "block-cursor-foreground": "#0b0e13",
        "block-cursor-blurred-background": "#22374b",
    },
)
LIGHT = Theme(
    name="light",
    primary="#1f5f99",
    secondary="#24684d",
    accent="#854e00",
    warning="#854e00",
    error="#b3261e",
    success="#24684d",
    foreground="#1c222b",
    background="#fafbfc",
    surface="#f0f2f5",
    panel="#e2e6eb",
    dark=False,
    variables={
        "block-cursor-background": "#0b3a66",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#d3e3f2",
    },
)
HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff6060",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#202020",
    dark=True,
    text_alpha=1.0,
    variables={"block-cursor-blurred-background": "#3a3a00"},
)
# Which of its sixteen colours can be read on which other only the terminal knows. So text is in its usual
# colours, and the others are for lines, and for marks that bring both of their colours along.
_OWN = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "border-blurred": "ansi_bright_black",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_cyan",
    "block-cursor-blurred-text-style": "reverse",
    "input-cursor-background": "ansi_default",
    "input-cursor-foreground": "ansi_default",
    "input-cursor-text-style": "reverse",
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_white",
    "screen-selection-background": "ansi_blue",
    "screen-selection-foreground": "ansi_white",
    "footer-key-foreground": "ansi_default",
}
TERMINAL = Theme(
    name="terminal",
    primary="ansi_cyan",
    secondary="ansi_default",
    accent="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    ansi=True,
    variables=_OWN,
)
# What is worn where NO_COLOR asks for none: everything is told by signs, bold, underlined and reversed text.
PLAIN = Theme(
    name="plain",
    primary="ansi_default",
    secondary="ansi_default",
    accent="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    ansi=True,
    variables={
        **_OWN,
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "bold reverse",
        "block-cursor-blurred-text-style": "reverse",
    },
)
THEMES: dict[str, tuple[Theme, Msg]] = {
    "dark": (DARK, msg("Dark")),
    "light": (LIGHT, msg("Light")),
    "high-contrast": (HIGH_CONTRAST, msg("High contrast")),
    "terminal": (TERMINAL, msg("The terminal's own colours")),
}
