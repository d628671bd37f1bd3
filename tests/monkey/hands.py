"""What a monkey does to a terminal, one act at a time, from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.terminal import KEYS

# What acts count as: a key is one, a paste or a change of size too.
_LETTERS = "abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789 .,;:/-+*@#?!<>[]()=_"
_PLACES = "tlacdpvkis"
_SIZES = ((20, 5), (30, 10), (60, 15), (61, 16), (80, 24), (100, 30), (110, 24), (120, 40), (200, 60))
# Without Ctrl+C and Ctrl+Q, which leave, and without what ends or stops a program (Ctrl+\\, Ctrl+Z) while its
# terminal is not its own any more.
_CONTROL = bytes(each for each in range(32) if each not in {0x03, 0x11, 0x1A, 0x1C})
_PASTES = (
    "王伟，华创科技有限公司",
    "拜访了 华创 的王总，要报价，周五跟进",
    "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u202eabc\u202c \u200b\ufeff",
    "one\ntwo\r\nthree\ttabs",
    "\x00\x07\x08\x1b[31mred\x1b]52;c;eA==\x07",
    "Acme [bold]x[/bold] {name} %s \\ ' \" ; --",
    "\ud800",
    "13800138000",
    "2026-02-30",
    "",
)
LONGEST_PASTE = 1_000_000


class Act(NamedTuple):
    """Bytes to send, or a size to take; ``keys`` is what it counts."""

    name: str
    sent: bytes = b""
    size: tuple[int, int] | None = None
    keys: int = 1


def acts(seed: int, keys: int) -> Iterator[Act]:
    """Give the acts of a seed, so many keys of them; the same ones every time."""
    chance = random.Random(seed)  # noqa: S311  a game
    size = (80, 24)
    done = 0
    while done < keys:
        act = _one(chance, size)
        size = act.size or size
        done += act.keys
        yield act


def _one(chance: random.Random, size: tuple[int, int]) -> Act:
    kinds: tuple[tuple[float, Callable[[], Act]], ...] = (
        (40, lambda: _letter(chance)),
        (26, lambda: _named(chance)),
        (8, lambda: _held(chance)),
        (6, lambda: _place(chance)),
        (5, lambda: _control(chance)),
        (7, lambda: _click(chance, size)),
        (2, lambda: _wheel(chance, size)),
        (1.5, lambda: _drag(chance, size)),
        (2.5, lambda: _paste(chance)),
        (0.02, lambda: Act("paste 1 MB", _pasted("长文 x\n" * (LONGEST_PASTE // 6)))),
        (0.7, lambda: _resize(chance)),
        (0.15, lambda: Act("leave", b"q")),
    )
    weights = [weight for weight, _ in kinds]
    return chance.choices([make for _, make in kinds], weights)[0]()


def _letter(chance: random.Random) -> Act:
    letter = chance.choice(_LETTERS)
    return Act(letter, letter.encode())


def _named(chance: random.Random) -> Act:
    weights = {"enter": 5, "escape": 6, "down": 5, "up": 3, "tab": 3}
    name = chance.choices(list(KEYS), [weights.get(each, 1) for each in KEYS])[0]
    return Act(name, KEYS[name])


def _held(chance: random.Random) -> Act:
    name = chance.choice(["down", "up", "right", "left", "pagedown", "backspace", "tab"])
    times = chance.randint(5, 40)
    return Act(f"{name} x{times}", KEYS[name] * times, keys=times)


def _place(chance: random.Random) -> Act:
    letter = chance.choice(_PLACES)
    return Act(f"go {letter}", b"\x1b\x1b" + b"g" + letter.encode(), keys=4)


def _control(chance: random.Random) -> Act:
    code = chance.choice(_CONTROL)
    return Act(f"ctrl {code}", bytes([code]))


def _cell(chance: random.Random, size: tuple[int, int]) -> tuple[int, int]:
    return chance.randint(1, size[0]), chance.randint(1, size[1])


def _click(chance: random.Random, size: tuple[int, int]) -> Act:
    column, line = _cell(chance, size)
    button = chance.choice([0, 0, 0, 0, 1, 2, 4, 8, 16])  # with Shift, Alt and Ctrl too
    once = f"\x1b[<{button};{column};{line}M\x1b[<{button};{column};{line}m".encode()
    times = chance.choice([1, 1, 1, 2, 3])
    return Act(f"click {column},{line} x{times}", once * times)


def _wheel(chance: random.Random, size: tuple[int, int]) -> Act:
    column, line = _cell(chance, size)
    return Act("wheel", f"\x1b[<{chance.choice([64, 65])};{column};{line}M".encode() * 3)


def _drag(chance: random.Random, size: tuple[int, int]) -> Act:
    column, line = _cell(chance, size)
    sent = f"\x1b[<0;{column};{line}M"
    for _ in range(4):
        column, line = _cell(chance, size)
        sent += f"\x1b[<32;{column};{line}M"
    return Act("drag", f"{sent}\x1b[<0;{column};{line}m".encode())


def _pasted(text: str) -> bytes:
    return b"\x1b[200~" + text.encode("utf-8", "surrogatepass") + b"\x1b[201~"


def _paste(chance: random.Random) -> Act:
    text = chance.choice(_PASTES)
    return Act(f"paste {text[:12]!r}", _pasted(text))


def _resize(chance: random.Random) -> Act:
    size = chance.choice(_SIZES)
    return Act(f"size {size[0]}x{size[1]}", size=size)
