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
)
LIGHT = Theme(
    name="light",
    primary="#1f5f99",
    secondary="#2c7a5b",
    accent="#9a5b00",
    warning="#9a5b00",
    error="#b3261e",
    success="#2c7a5b",
    foreground="#1c222b",
    background="#fafbfc",
    surface="#f0f2f5",
    panel="#e2e6eb",
    dark=False,
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
)
TERMINAL = Theme(
    name="terminal",
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    ansi=True,
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_white",
        "screen-selection-background": "ansi_blue",
        "screen-selection-foreground": "ansi_white",
        "footer-key-foreground": "ansi_cyan",
    },
)
THEMES: dict[str, tuple[Theme, Msg]] = {
    "dark": (DARK, msg("Dark")),
    "light": (LIGHT, msg("Light")),
    "high-contrast": (HIGH_CONTRAST, msg("High contrast")),
    "terminal": (TERMINAL, msg("The terminal's own colours")),
}
