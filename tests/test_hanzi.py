from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sfa import hanzi
from sfa.hanzi.initials import initials

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("run", "is_person", "letters"),
    [
        ("华创科技", False, "hckj"),
        ("重庆银行", False, "cqyh"),
        ("厦门广厦", False, "xmgs"),
        ("曾丽", True, "zl"),
        ("曾厝垵", False, "cca"),
        ("单", True, "s"),
        ("单片机公司", True, "dpjgs"),
        ("尉迟恭", True, "ycg"),
        ("カナ", False, "カナ"),
    ],
)
def test_initials_are_those_people_type(run: str, is_person: bool, letters: str) -> None:
    assert initials(run, is_person=is_person) == letters


def test_the_table_of_letters_is_what_the_dictionary_gives() -> None:
    script = ROOT / "docs" / "tools" / "initials.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_text_is_split_into_pairs_and_words() -> None:
    assert hanzi.tokens(hanzi.normal("３Ｍ中国人, A-100")) == "3m 中国 国人 人 a 100"
    assert hanzi.chains("a-100 3m中国") == [("a", "100"), ("3m",), ("中国",)]
    assert hanzi.tokens("——") == ""


def test_a_straight_s_and_a_double_one_are_the_same() -> None:
    assert hanzi.normal("STRAẞE") == hanzi.normal("strasse")
