"""Text as search compares it: without case and width, split into runs of Han and into words.

Chinese is written without spaces, so a Han run is looked for anywhere inside a text and
a word of letters and digits from its beginning. What is written like Chinese (kana,
Hangul, Thai) counts as Han here. Pinyin initials are in ``initials``, apart, since
nothing that only reads needs their table.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import add
from typing import NamedTuple

HAN = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fd5\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c"
    "\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Signs that belong to the letter before them and are no letters themselves.
_MARKS = "\u0300-\u036f\u0591-\u05f4\u0610-\u06ff\u0900-\u0dff"
_WORD = rf"(?:[^\W_{HAN}]|[{_MARKS}])+"
# Neither NFKC nor case folding changes more of these than upper case ASCII.
_PLAIN = re.compile("[ -~\u4e00-\u9fff]*")


class _Patterns(NamedTuple):
    piece: re.Pattern[str]
    han: re.Pattern[str]
    chain: re.Pattern[str]


def _patterns(han: str, word: str) -> _Patterns:
    # Words parted by ASCII signs alone, such as wang@hua.cn or A-100, are looked for one after the other.
    chain = re.compile(rf"[{han}]+|{word}(?:[!-/:-@\[-`{{-~]+{word})*")
    return _Patterns(re.compile(rf"[{han}]+|{word}"), re.compile(rf"[{han}]+"), chain)


# Nearly every text is of these letters alone; the tables of all others take 15 ms to make ready.
_USUAL = _patterns("\u4e00-\u9fff", "[0-9A-Za-z]+")


@lru_cache(maxsize=1)
def _all_letters() -> _Patterns:
    return _patterns(HAN, _WORD)


def _for(text: str) -> _Patterns:
    return _USUAL if text.isascii() or _PLAIN.fullmatch(text) else _all_letters()


def normal(text: str) -> str:
    """Return a text without case and width (NFKC), for comparing."""
    if text.isascii() or _PLAIN.fullmatch(text):
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_han(piece: str) -> bool:
    """Say whether a piece is a Han run and not a word."""
    return _for(piece).han.match(piece) is not None


def is_all_han(normalised: str) -> bool:
    """Say whether a text is one Han run and nothing else."""
    return _for(normalised).han.fullmatch(normalised) is not None


def pieces(normalised: str) -> list[str]:
    """Return the Han runs and words of a normalised text, in order."""
    return _for(normalised).piece.findall(normalised)


def places(normalised: str) -> list[tuple[int, int]]:
    """Return where the pieces of a normalised text start and end."""
    return [found.span() for found in _for(normalised).piece.finditer(normalised)]


def chains(normalised: str) -> list[tuple[str, ...]]:
    """Return what a search takes for one part each: a Han run, or words parted by signs alone."""
    patterns = _for(normalised)
    return [tuple(patterns.piece.findall(found)) for found in patterns.chain.findall(normalised)]


def bigrams(run: str) -> str:
    """Return a run as its pairs of neighbours and its last character alone, parted by spaces.

    The last one tells that the run ends, so that no two runs are taken for one, and lets
    a search for one character find it at the end too.
    """
    return " ".join(map(add, run, [*run[1:], ""]))


def tokens(normalised: str) -> str:
    """Return a normalised text as the index holds it: bigrams and words, parted by spaces."""
    if is_all_han(normalised):
        return bigrams(normalised)
    return " ".join([bigrams(piece) if is_han(piece) else piece for piece in pieces(normalised)])
