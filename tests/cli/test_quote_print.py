"""sfa quote print, as typed: files, standard output, and what goes wrong."""

from __future__ import annotations

import io
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from sfa.cli import paper_output
from sfa.render.paper import font_files
from sfa.render.paper.document import Tongue, Variant
from sfa.render.paper.files import FORMATS
from tests.cli.conftest import Said, Sfa
from tests.render.paper import real
from tests.render.paper.conftest import squeezed, text_of

STEM = "Quotation-Q-Q07-0001-杭州华创智能装备股份有限公司"
Print = Sfa


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that commands run in."""
    made = tmp_path / "work"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def printed(sfa: Sfa, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Print:
    """Return what prints a quote of four lines, which the centre approved."""
    assert folder.is_dir()
    monkeypatch.setattr(font_files, "_installed", dict)
    real.with_quote(home, "short")

    def run(*arguments: str) -> Said:
        return sfa("quote", "print", "Q-Q07-0001", *arguments)

    return run


def test_the_words_of_the_options_are_those_of_the_papers() -> None:
    assert FORMATS == paper_output.FORMATS
    assert tuple(Variant) == paper_output.VARIANTS
    assert tuple(Tongue) == paper_output.LANGUAGES


def test_a_quote_becomes_a_pdf_in_this_folder_and_its_path_is_the_data(printed: Print, folder: Path) -> None:
    said = printed()
    assert (said.code, said.out) == (0, f"{STEM}.pdf\n")
    assert said.err == "Printed: quote Q-Q07-0001 for 杭州华创智能装备股份有限公司\n"
    text = text_of((folder / f"{STEM}.pdf").read_bytes())
    for each in ("52,492.12 CNY", "Approved by 陈思远 on 2026-11-18 16:40", "Date of issue", "2026-11-18"):
        assert squeezed(each) in squeezed(text)
    assert [path.name for path in folder.iterdir()] == [f"{STEM}.pdf"]


def test_every_format_by_its_ending_or_its_name(printed: Print, folder: Path) -> None:
    (folder / "out").mkdir()
    begins = {"html": b"<!DOCTYPE html>", "md": b"# ", "xlsx": b"PK"}
    for fmt, start in begins.items():
        assert printed("--output", f"q.{fmt}").out == f"q.{fmt}\n"
        assert (folder / f"q.{fmt}").read_bytes().startswith(start)
        said = printed("--output", "out", "--format", fmt, "--language", "zh-CN")
        assert said.out == f"out/报价单-Q-Q07-0001-杭州华创智能装备股份有限公司.{fmt}\n"
    mail = printed("--format", "eml")
    found = message_from_bytes((folder / mail.out.strip()).read_bytes(), policy=default)
    assert found["To"] == "王建国 <wang@huachuang.example>"
    (attached,) = found.iter_attachments()
    assert attached.get_content().startswith(b"%PDF-")


def test_a_dash_writes_it_to_standard_output_and_only_it(printed: Print, folder: Path) -> None:
    said = printed("--output", "-", "--format", "md")
    assert said.code == 0
    assert said.out.startswith("# Quotation Q-Q07-0001\n")
    assert "52,492.12 CNY" in said.out
    assert said.err == ""
    assert list(folder.iterdir()) == []


def test_bytes_are_not_shown_on_a_terminal(printed: Print, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", _Terminal())
    said = printed("--output", "-")
    assert said.code == 2
    assert "A terminal cannot show PDF." in said.err
    assert "> FILE" in said.err


class _Terminal(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8")

    def isatty(self) -> bool:
        return True


def test_variants_and_languages(printed: Print) -> None:
    own = printed("--output", "-", "--format", "md", "--variant", "internal")
    assert "INTERNAL" in own.out
    assert "31,388.12" in own.out  # what it costs
    both = printed("--output", "-", "--format", "md", "--language", "both")
    assert "# 报价单 Quotation" in both.out
    assert "人民币伍万贰仟肆佰玖拾贰元壹角贰分" in both.out
    assert (
        "人民币" not in printed("--output", "-", "--format", "md", "--language", "both", "--no-capitals").out
    )
    packed = printed("--output", "-", "--format", "md", "--variant", "warehouse")
    assert "Picking list" in packed.out
    assert "CNY" not in packed.out


def test_what_needs_an_approval_is_marked_and_it_is_said(sfa: Sfa, printed: Print, home: Path) -> None:
    real.quote(home, "Less", "YF-2200 x 2 -8%")
    real.needs_approval(home)
    said = printed("--output", "-", "--format", "md")
    assert "DRAFT" not in said.out
    other = sfa("quote", "print", "Q-Q07-0002", "--output", "-", "--format", "md")
    assert "DRAFT / NOT APPROVED 草稿 / 未经批准" in other.out
    assert "It is marked as not approved." in other.err
    assert "sfa quote submit Q-Q07-0002" in other.err
    assert sfa("quote", "submit", "Q-Q07-0002").code == 0
    waiting = sfa("quote", "print", "Q-Q07-0002", "--output", "-", "--format", "md")
    assert "DRAFT / NOT APPROVED" in waiting.out
    assert "the centre has not decided yet" in waiting.err
    assert "sfa quote submit" not in waiting.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--format", "docx"), 2, "--format is not 'docx'.\n  There are: pdf, html, md, xlsx, eml."),
        (("--output", "q.docx"), 2, "no format of a paper"),
        (("--output", "q.html", "--format", "pdf"), 2, "does not go with the ending of q.html"),
        (("--variant", "boss"), 2, "There are: customer, internal, warehouse."),
        (("--language", "fr"), 2, "There are: en, zh_CN, both."),
        (("--template", "export"), 2, "there is no such template"),
        (("--revision", "9"), 1, "The quote Q-Q07-0001 has no revision 9.\n  There are: 1."),
        (("--output", "none/q.md"), 2, "Make the folder first"),
        (("--format", "eml", "--variant", "internal"), 2, "a mail goes to the customer"),
        (("--output", "-", "--open"), 2, "Leave one of them away."),
    ],
)
def test_what_makes_no_sense_says_what_and_what_next_and_writes_nothing(
    printed: Print, folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    said = printed(*arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert list(folder.iterdir()) == []


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(printed: Print, folder: Path) -> None:
    path = folder / "q.md"
    path.write_text("mine")
    said = printed("--output", "q.md")
    assert said.code == 3
    assert "q.md is there already; nothing was written." in said.err
    assert "--over" in said.err
    assert path.read_text() == "mine"
    assert printed("--output", "q.md", "--over").code == 0
    assert path.read_text("utf-8").startswith("# Quotation")


def test_a_folder_that_may_not_be_written_is_said(
    printed: Print, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path.open

    def refuse(self: Path, *arguments: object, **more: object) -> object:
        if self.parent.resolve() == folder:
            raise PermissionError(13, "Permission denied")
        return usual(self, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    said = printed("--format", "md")
    assert said.code == 2
    assert "cannot be written" in said.err
    assert "Give a folder you may write to." in said.err


def test_without_a_font_a_pdf_says_how_to_get_one_and_html_needs_none(
    printed: Print, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(font_files, "_of_package", lambda: None)
    said = printed()
    assert said.code == 2
    assert "no font with Chinese letters was found" in said.err
    assert "fonts-noto-cjk" in said.err
    assert printed("--format", "html").code == 0
    assert [path.suffix for path in folder.iterdir()] == [".html"]


def test_a_logo_that_cannot_be_read_is_named(printed: Print, home: Path) -> None:
    folder = home / "templates"
    folder.mkdir()
    (folder / "paper.toml").write_text('[page]\nlogo = "logo.png"\n')
    said = printed("--format", "html")
    assert said.code == 2
    assert "logo.png" in said.err
    (folder / "logo.png").write_bytes(b"not a picture")
    said = printed("--format", "html")
    assert said.code == 2
    assert "it cannot be read as a picture" in said.err
    assert "A logo is a PNG" in said.err


def test_a_template_of_a_name_is_used(printed: Print, home: Path) -> None:
    folder = home / "templates" / "export"
    folder.mkdir(parents=True)
    (folder / "paper.toml").write_text('[labels.en]\nseller = "Exporter"\n')
    assert "## Exporter" in printed("--output", "-", "--format", "md", "--template", "export").out
    assert "## Exporter" not in printed("--output", "-", "--format", "md").out


def test_without_lines_and_without_a_seller(sfa: Sfa, folder: Path) -> None:
    for words in (
        ("account", "add", "Acme"),
        ("product", "add", "Pump", "--code", "P", "--price", "100 USD"),
        ("quote", "add", "Empty", "--account", "Acme"),
    ):
        assert sfa(*words).code == 0, words
    (number,) = (row["number"] for row in sfa("quote", "list", "--format", "json").data["rows"])
    said = sfa("quote", "print", number)
    assert said.code == 3
    assert f"The quote {number} has no lines to print." in said.err
    assert f"sfa quote add-line {number}" in said.err
    assert sfa("quote", "add-line", number, "P x 2").code == 0
    said = sfa("quote", "print", number, "--format", "html")
    assert said.code == 0
    assert "sfa config org set organisation_name NAME" in said.err
    assert len(list(folder.iterdir())) == 1
    assert sfa("quote", "print", "Q-NONE-0001").code == 1


def test_cost_is_refused_to_who_may_not_see_it(printed: Print, home: Path, folder: Path) -> None:
    real.needs_approval(home)
    said = printed("--variant", "internal")
    assert said.code == 3
    assert "What products cost is for managers and administrators." in said.err
    assert list(folder.iterdir()) == []


def test_an_earlier_revision_says_that_it_is_one(sfa: Sfa, printed: Print) -> None:
    assert sfa("quote", "send", "Q-Q07-0001").code == 0
    assert sfa("quote", "revise", "Q-Q07-0001").code == 0
    assert sfa("quote", "edit-line", "Q-Q07-0001", "1", "--qty", "1").code == 0
    said = printed("--revision", "1", "--output", "-", "--format", "md")
    assert "52,492.12 CNY" in said.out
    assert "It is an earlier revision; the present one is 2." in said.err
    now = printed("--format", "md")
    assert "52,492.12" not in Path(now.out.strip()).read_text("utf-8")
    assert now.out.startswith("Quotation-Q-Q07-0001-r2-")


def test_open_shows_the_file_and_without_a_program_says_where_it_is(
    printed: Print, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    said = printed("--output", "q.md", "--open")
    assert said.code == 3
    assert said.out == "q.md\n"
    assert "No program here opens q.md." in said.err
    assert "The file is written; open it where there is a program for it: q.md" in said.err
    assert (folder / "q.md").exists()
    shown = tmp_path / "shown"
    opener = programs / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" > "{shown}"\n')
    opener.chmod(0o755)
    assert printed("--output", "q.md", "--open", "--over").code == 0
    assert shown.read_text().strip() == str(folder.resolve() / "q.md")
