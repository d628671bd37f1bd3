"""A company's templates: what they change, and what is said of what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import InvalidInput
from sfa.i18n import tr_error
from sfa.render.paper.document import Look, Tongue, Variant
from sfa.render.paper.html import html_of
from sfa.render.paper.markdown import markdown_of
from sfa.render.paper.templates import STANDARD, standard, template_names, template_of, write_standard
from tests.render.paper.conftest import Draw, text_of
from tests.render.paper.samples import short


def company(tmp_path: Path, toml: str = "", **files: str) -> Path:
    """Return a home with a template of these files."""
    folder = tmp_path / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "paper.toml").write_text(toml, "utf-8")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return tmp_path


def test_without_a_folder_papers_are_as_they_come(tmp_path: Path) -> None:
    assert template_of(tmp_path) == standard()


def test_a_written_out_template_changes_nothing_until_it_is_changed(tmp_path: Path) -> None:
    written = write_standard(tmp_path / "templates")
    assert [path.name for path in written] == sorted(path.name for path in STANDARD.iterdir())
    found, usual = template_of(tmp_path), standard()
    assert (found.columns, found.colours, found.files) == (usual.columns, usual.colours, usual.files)
    with pytest.raises(InvalidInput, match="there is already"):
        write_standard(tmp_path / "templates")


def test_a_file_may_have_only_what_differs(tmp_path: Path, drawn: Draw) -> None:
    home = company(
        tmp_path,
        '[columns]\ncustomer = ["name", "gross"]\n[labels.en]\ngross = "You pay"\ntitle_quote = "Offer"\n'
        '[texts.en]\nfooter = "{seller} · {website}"\n[blocks]\nshown = ["head", "lines"]\n',
    )
    template = template_of(home)
    assert template.size == "A4"
    said = text_of(drawn(short(), Look(), template))
    assert "You pay" in said
    assert "Offer" in said
    assert "Shanghai Yaofeng Photonics Co., Ltd. · www.yaofeng.example" in said
    assert "Unit price" not in said
    assert "Warranty" not in said
    assert "<span>You pay</span>" in html_of(short(), Look(), template)


def test_several_templates_have_names(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "export"
    folder.mkdir(parents=True)
    (folder / "paper.toml").write_text('[page]\nsize = "Letter"\n')
    assert template_names(tmp_path) == ["export"]
    assert template_of(tmp_path, "export").size == "Letter"
    with pytest.raises(InvalidInput, match="export"):
        template_of(tmp_path, "import")


@pytest.mark.parametrize("name", ["../templates", "/etc", "..", "a/b"])
def test_a_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    company(tmp_path)
    with pytest.raises(InvalidInput):
        template_of(tmp_path, name)


WRONG = [
    ('[page]\nsize = "A5"', 2, "A4, Letter"),
    ("[page]\n\nmargin_mm = 100", 3, "8 to 40"),
    ("[page]\nmargin_mm = true", 2, "8 to 40"),
    ("[pages]\nsize = 'A4'", 1, "page, text, colours"),
    ('[page]\nsized = "A4"', 2, "size"),
    ('[colours]\naccent = "blue"', 2, "#1f4e79"),
    ('[colours]\naccent = "red;} body{display:none"', 2, "#1f4e79"),
    ('[columns]\ncustomer = ["name", "cost"]', 2, "unit_price"),
    ('[columns]\nwarehouse = ["name", "net"]', 2, "picked"),
    ('[columns]\ncustomer = ["net"]', 2, "name"),
    ('[columns]\ncustomer = ["name", "name"]', 2, "twice"),
    ('[columns]\ncustomer = "name"', 2, "list"),
    ('[blocks]\nshown = ["lines"]', 2, "head"),
    ('[texts.en]\nfooter = "ok"\nintroduction = "{nubmer}"', 3, "{number}"),
    ("[texts.en]\nfooter = 3", 2, "text in quotes"),
    ('[labels.zh_CN]\nunitprice = "x"', 2, "unit_price"),
    ("[labels.de]\n", 1, "zh_CN"),
    ("[widths_mm]\nquantity = 200", 2, "5 to 120"),
    ('[page]\nlogo = "logo.png"', 2, "logo.png"),
    ('[page]\nlogo = "../secret.png"', 2, "secret"),
    ('page = "A4"', 1, "table"),
    ("[page\n", 1, "TOML"),
]


@pytest.mark.parametrize(("toml", "line", "said"), WRONG, ids=[toml for toml, _, _ in WRONG])
def test_what_is_not_allowed_names_file_line_and_what_is(
    toml: str, line: int, said: str, tmp_path: Path
) -> None:
    home = company(tmp_path, toml)
    with pytest.raises(InvalidInput) as caught:
        template_of(home)
    text = " ".join(tr_error(caught.value))
    assert f"paper.toml:{line}" in text
    assert said in text


def test_a_place_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    home = company(tmp_path, page_md="{title}\n\n{lines} {profit}\n")
    with pytest.raises(InvalidInput, match=r"page\.md:3.*\{profit\}.*\{totals\}"):
        template_of(home)


def test_a_mail_without_a_subject_is_refused(tmp_path: Path) -> None:
    folder = company(tmp_path) / "templates"
    (folder / "mail.en.txt").write_text("Dear {contact}\n")
    with pytest.raises(InvalidInput, match=r"mail\.en\.txt:1"):
        template_of(tmp_path)


def test_a_template_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (company(tmp_path) / "templates" / "paper.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="cannot be read"):
        template_of(tmp_path)


def test_places_compute_and_reach_nothing(tmp_path: Path) -> None:
    home = company(tmp_path, page_md="{title} {{title}} {title.__class__} {0} ${title} {totals!r}\n")
    said = markdown_of(short(), Look(), template_of(home))
    assert said.startswith("# Quotation Q07-2026-0148 {title} {title.__class__} {0} $# Quotation")
    assert "{totals!r}" in said


def test_both_languages_take_the_words_of_the_company(tmp_path: Path) -> None:
    home = company(tmp_path, '[labels.en]\nnet = "Net"\n[labels.zh_CN]\nnet = "金额"\n')
    said = markdown_of(short(), Look(tongue=Tongue.BOTH), template_of(home))
    assert "| 金额 Net |" in said


def test_columns_follow_the_order_of_the_template(tmp_path: Path) -> None:
    home = company(tmp_path, '[columns]\nwarehouse = ["quantity", "name", "code"]\n')
    said = markdown_of(short(), Look(Variant.WAREHOUSE), template_of(home))
    assert "| Qty | Description of goods | Product code |" in said
