"""The glossary and the catalogue use the same words."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from sfa.i18n import DOMAIN, LOCALES

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def rows() -> list[tuple[str, str]]:
    lines = GLOSSARY.read_text("utf-8").splitlines()
    cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines if line.startswith("|")]
    return [(row[0], row[1]) for row in cells[2:]]


def test_the_interface_shows_the_words_of_the_glossary() -> None:
    catalogue = gettext.translation(DOMAIN, LOCALES, ["zh_CN"])
    compared = 0
    for english, chinese in rows():
        for text in (english, english[:1].upper() + english[1:]):
            shown = catalogue.gettext(text)
            if shown != text:
                compared += 1
                assert shown == chinese, text
    assert compared > 40


def test_a_word_stands_once() -> None:
    words = [english for english, _ in rows()]
    assert len(words) == len(set(words))
