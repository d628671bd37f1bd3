"""One value of a multi-valued field is added or taken away, and the others stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sfa.cli.run import run


def sfa(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_adding_and_taking_away_a_value_keeps_the_others(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.exists()
    sfa(capsys, "account", "add", "华创", "--tag", "vip", "--tag", "old", "--phone", "138")
    sfa(capsys, "account", "edit", "华创", "--add", "tags=south", "--remove", "tag=OLD", "--add", "phone=139")
    shown = sfa(capsys, "account", "show", "华创")
    assert shown["tags"] == ["vip", "south"]
    assert shown["phones"] == ["138", "139"]


def test_links_are_added_and_taken_away_by_name(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    for name in ("华创", "Acme"):
        sfa(capsys, "account", "add", name)
    sfa(capsys, "contact", "add", "王强", "--account", "华创")
    sfa(capsys, "contact", "edit", "王强", "--add", "accounts=Acme")
    assert [each["name"] for each in sfa(capsys, "contact", "show", "王强")["accounts"]] == ["华创", "Acme"]
    sfa(capsys, "contact", "edit", "王强", "--remove", "account=华创")
    assert [each["name"] for each in sfa(capsys, "contact", "show", "王强")["accounts"]] == ["Acme"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--remove", "tags=nope"), 1),
        (("--add", "name=x"), 2),
        (("--add", "tags"), 2),
        (("--add", "tags="), 2),
    ],
)
def test_what_cannot_be_added_or_taken_away_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    assert home.exists()
    before = sfa(capsys, "account", "add", "华创", "--tag", "vip")["version"]
    assert run(["account", "edit", "华创", *words]) == code
    capsys.readouterr()
    assert sfa(capsys, "account", "show", "华创")["version"] == before


def test_a_filter_takes_the_labels_that_are_seen(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    sfa(capsys, "account", "add", "华创", "--tag", "vip")
    sfa(capsys, "account", "add", "Acme")
    for where in ("Tags=vip", "tags=vip"):
        assert len(sfa(capsys, "account", "list", "--where", where)["rows"]) == 1
    assert run(["--lang", "zh_CN", "account", "list", "--where", "标签=vip", "--sort=-名称"]) == 0
    assert "华创" in capsys.readouterr().out
