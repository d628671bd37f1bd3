"""Write the letters of ``sfa/hanzi/readings.py`` anew from pypinyin; ``--check`` only compares.

The words and surnames in that file are kept by hand; only the table of letters is written.
pypinyin is a tool of developers: the program never loads it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pypinyin import Style, pinyin

MODULE = Path(__file__).resolve().parents[2] / "sfa" / "hanzi" / "readings.py"
FIRST, LAST = 0x4E00, 0x9FFF
WIDTH = 96
UNKNOWN = "-"
# Where the commonest reading in names is another than the first of the dictionary.
PREFERRED = {"行": "h", "厦": "x", "长": "c", "朝": "c"}


def letter(char: str) -> str:
    """Return the first letter of a character's commonest reading."""
    if char in PREFERRED:
        return PREFERRED[char]
    found = pinyin(char, style=Style.NORMAL, errors="ignore")
    first = found[0][0][:1] if found else ""
    return first if first.isascii() and first.isalpha() else UNKNOWN


def table() -> str:
    """Return the source of the table."""
    letters = "".join(letter(chr(code)) for code in range(FIRST, LAST + 1))
    lines = [letters[start : start + WIDTH] for start in range(0, len(letters), WIDTH)]
    return "LETTERS = (\n" + "".join(f'    "{line}"\n' for line in lines) + ")\n"


def main() -> int:
    """Write or compare; the exit code is 1 when the file is not up to date."""
    present = MODULE.read_text("utf-8")
    wanted = re.sub(r"LETTERS = \(\n.*?\n\)\n", lambda _: table(), present, flags=re.DOTALL)
    if "--check" in sys.argv[1:]:
        print("up to date" if present == wanted else f"{MODULE.name} is not up to date")
        return int(present != wanted)
    MODULE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
