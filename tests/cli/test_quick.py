"""Hot commands read without the framework mean what the framework reads in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer._click.exceptions import ClickException

from sfa.cli.app import root
from sfa.cli.declared import Declared, Given, read
from sfa.cli.listing import list_options
from sfa.cli.quick import LISTED, quick
from sfa.cli.seeking import OPTIONS
from sfa.fields import Noun, noun

WORDS = (
    "--where", "-w", "--sort", "--fields", "--limit", "--deleted", "--format", "--in", "--help", "--", "-",
    "--where=", "--limit=5", "--limit=x", "--deleted=1", "-wa", "-w=a", "--lim", "--format=json",
    "--sort=-created", "-created", "5", "-5", "٣", "1_0", " 7", "", "a=b", "华创", "lead", "name,company",
)  # fmt: skip


def as_the_framework_reads(path: Sequence[str], words: Sequence[str]) -> dict[str, Any] | None:
    """Return the parameters the framework hands to the command, or ``None`` for a refused line."""
    found: Any = root()
    for name in path:
        found = found.get_command(None, name)
    try:
        made = found.make_context(path[-1], list(words))
    except ClickException:
        return None
    # The framework's wrapper around a function makes lists of its tuples, and nothing of empty ones.
    return {
        name: (list(value) or None) if isinstance(value, tuple) else value
        for name, value in made.params.items()
    }


def agree(path: Sequence[str], declared: Sequence[Declared], words: list[str]) -> None:
    quickly = read(words, declared)
    if quickly is not None:
        assert quickly == as_the_framework_reads(path, words)


@given(st.lists(st.sampled_from(WORDS), max_size=5))
@example(["--limit", "20"])
@example(["--where", "--deleted"])
@example(["--limit", "5", "--limit", "6"])
def test_a_list_read_quickly_is_what_the_framework_reads(words: list[str]) -> None:
    agree(("lead", "list"), list_options(noun("lead")), words)


@given(st.lists(st.sampled_from(WORDS), max_size=5))
@example(["上海"])
@example(["--in", "lead", "王", "伟", "--in", "deal"])
def test_a_search_read_quickly_is_what_the_framework_reads(words: list[str]) -> None:
    agree(("find",), OPTIONS, words)


@pytest.mark.parametrize(
    "words",
    [["--limit", "20"], ["--where", "status=new", "--sort", "-created"], ["--format=json", "--deleted"], []],
    ids=" ".join,
)
def test_usual_lists_are_read_quickly(words: list[str]) -> None:
    assert read(words, list_options(noun("lead"))) is not None


@pytest.mark.parametrize("name", LISTED)
def test_every_noun_that_is_listed_quickly_has_the_general_list(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []

    def note(each: Noun, _: Given) -> int:
        listed.append(each.name)
        return 0

    monkeypatch.setattr("sfa.cli.noun_reading.list_records", note)
    root().main([name, "list"], prog_name="sfa", standalone_mode=False)
    assert listed == [name]


@pytest.mark.parametrize(
    "words",
    [
        ["lead", "list", "--help"],
        ["find"],
        ["leads", "list"],
        ["lead", "show", "x"],
        ["attachment", "list"],
        [],
    ],
    ids=" ".join,
)
def test_what_is_not_plainly_a_hot_command_is_left_to_the_framework(words: list[str]) -> None:
    assert quick(words) is None
