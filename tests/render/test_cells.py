"""Width, padding, clipping and wrapping by terminal cells."""

from __future__ import annotations

import pytest

from sfa.render import cells


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("deal", 4),
        ("华创科技", 8),
        ("华创 Tech", 9),
        ("（中）", 6),  # full-width brackets
        ("e\u0301", 1),  # e and a combining acute
        ("👍", 2),
        ("👍🏽", 2),  # with a skin tone
        ("👩\u200d💻", 2),  # a woman, joined to a laptop
        ("❤\ufe0f", 2),  # a heart in emoji style
        ("🇨🇳", 2),
        ("한국", 4),
        ("…", 1),
    ],
)
def test_a_text_takes_the_cells_a_terminal_draws(text: str, width: int) -> None:
    assert cells.cell_width(text) == width


def test_padding_fills_to_the_width_in_cells() -> None:
    assert cells.pad("华创", 6) == "华创  "
    assert cells.pad("12.50", 8, right=True) == "   12.50"
    assert cells.pad("too long", 3) == "too long"


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [
        ("华创科技", 8, "华创科技"),
        ("华创科技", 7, "华创科…"),
        ("华创科技", 6, "华创…"),  # a wide character does not fit the last cell
        ("Acme Corporation", 8, "Acme Co…"),
        ("Acme Corporation", 6, "Acme…"),  # no space before the ellipsis
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_clipping_keeps_within_the_width_and_shows_the_cut(text: str, width: int, clipped: str) -> None:
    assert cells.clip(text, width) == clipped
    assert cells.cell_width(clipped) <= width


def test_wrapping_breaks_at_spaces_and_between_chinese_characters() -> None:
    assert cells.wrap("call back on Friday", 10) == ["call back", "on Friday"]
    assert cells.wrap("下周一再联系他", 6) == ["下周一", "再联系", "他"]
    assert cells.wrap("one\n\ntwo", 10) == ["one", "", "two"]


def test_wrapping_does_not_start_a_line_with_a_chinese_full_stop() -> None:
    assert cells.wrap("下周一。再", 6) == ["下周", "一。再"]


def test_wrapping_cuts_a_word_longer_than_the_line() -> None:
    assert cells.wrap("abcdefgh", 3) == ["abc", "def", "gh"]


def test_a_cell_cannot_move_the_cursor_or_break_the_line() -> None:
    assert cells.one_line("a\x1b[2Jb\nc") == "a\ufffd[2Jb c"
    assert cells.one_line("a\u202eb") == "a\ufffdb"
    assert cells.many_lines("a\x07\nb") == "a\ufffd\nb"
