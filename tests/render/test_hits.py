from __future__ import annotations

import json
import sys

import pytest

from sfa.finding.searching import Hit
from sfa.render.hits import hits_text

HITS = (
    Hit("lead", "1", "abcde", "王伟 · 华创科技", "company", "华创科技", 1, ((0, 2),)),
    Hit("account", "2", "fghij", "华创", "name", "华创", 0, ((0, 2),)),
)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("terminal")
def test_matches_are_bold_and_underlined_on_a_terminal_and_take_no_room() -> None:
    lines = hits_text(HITS, "table").splitlines()
    assert lines[2].endswith("\x1b[1;4m华创\x1b[22;24m科技")
    assert "\x1b[1;4m华创\x1b[22;24m" in lines[3]
    plain = [line.replace("\x1b[1;4m", "").replace("\x1b[22;24m", "") for line in lines]
    assert plain == hits_text([hit._replace(spans=()) for hit in HITS], "table").splitlines()


@pytest.mark.usefixtures("terminal")
def test_a_match_that_is_clipped_does_not_mark_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    long = Hit("lead", "1", "abcde", "x", "notes", "华" * 60, 3, ((0, 60),))
    line = hits_text([long], "table").splitlines()[2]
    assert line.count("\x1b[1;4m") == line.count("\x1b[22;24m") == 1
    assert line.endswith("\x1b[22;24m…")


@pytest.mark.parametrize("fmt", ["table", "tsv", "csv", "md"])
def test_matches_are_not_marked_in_a_pipe(fmt: str) -> None:
    text = hits_text(HITS, fmt)
    assert "\x1b" not in text
    assert not set(text) & {"\u2063", "\u2064"}


def test_json_tells_where_the_matches_are() -> None:
    rows = json.loads(hits_text(HITS, "json"))["rows"]
    assert rows[0]["matches"] == [[0, 2]]
    assert rows[0]["excerpt"][0:2] == "华创"
