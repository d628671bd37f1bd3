"""In a Chinese locale help, tables and errors are Chinese, and columns line up by cells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfa import i18n
from sfa.cli.app import root
from sfa.cli.help import HelpContext
from sfa.render.cells import cell_width

HAN = re.compile(r"[\u4e00-\u9fff]")


def sfa(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sfa", *arguments],
        env={**os.environ, "SFA_HOME": str(home), "LANG": "zh_CN.UTF-8", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its path, made in the language that is set."""

    def walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, Any]]:
        context = HelpContext(command, info_name=name, parent=parent)
        yield context.command_path, command
        if hasattr(command, "list_commands"):
            for child in command.list_commands(context):
                yield from walk(command.get_command(context, child), child, context)

    return walk(root(), "sfa", None)


@pytest.mark.usefixtures("home")
def test_every_command_and_option_says_its_help_in_chinese() -> None:
    i18n.set_language("zh_CN")
    english = []
    for path, command in commands():
        texts = {path: command.help} | {f"{path} {each.name}": each.help for each in command.params}
        english += [f"{name}: {text}" for name, text in texts.items() if text and not HAN.search(text)]
    assert not english


@pytest.mark.usefixtures("home")
def test_every_command_and_option_has_help() -> None:
    silent = []
    for path, command in commands():
        texts = {path: command.help} | {f"{path} {each.name}": each.help for each in command.params}
        silent += [name for name, text in texts.items() if not text]
    assert not silent


def test_the_help_page_has_no_english_heading(home: Path) -> None:
    page = sfa("lead", "--help", home=home).stdout
    assert page.startswith("用法：")
    assert not re.findall(r"^(Usage|Options|Commands|Arguments)\b", page, re.MULTILINE)


def test_columns_line_up_when_texts_are_mixed(home: Path) -> None:
    for name, company in (
        ("王伟", "华创科技（上海）有限公司"),
        ("Li Na", "Nordic Foods"),
        ("O'Neill 奥尼尔", "ABC 贸易"),
    ):
        done = sfa("lead", "add", name, "--company", company, home=home)
        assert done.returncode == 0, done.stderr
    done = sfa(
        "lead", "list", "--format", "table", "--fields", "name,company,status", "--sort", "name", home=home
    )
    lines = done.stdout.splitlines()
    assert re.match(r"\s*姓?名", lines[0].split("引用号")[-1].strip()), lines[0]
    for companies in (("华创科技", "Nordic", "ABC"), ("新增", "新增", "新增")):
        found = [
            cell_width(line[: line.index(start)]) for line in lines for start in companies if start in line
        ]
        assert len(found) >= len(companies)
        assert len(set(found)) == 1, done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["lead", "show", "nobody"], 1),
        (["nowhere"], 2),
        (["lead", "list", "--nothing"], 2),
        (["lead", "list", "--limit", "many"], 2),
        (["lead", "show"], 2),
        (["lead", "list", "--where", "amount>"], 2),
        (["task", "add", "x", "--due", "2026-02-30"], 2),
        (["import", "leads", "missing.csv", "--yes"], 2),
    ],
)
def test_an_error_is_said_in_chinese(arguments: list[str], code: int, home: Path) -> None:
    done = sfa(*arguments, home=home)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("错误：") or "用法：" in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert all(HAN.search(line) for line in lines), done.stderr
