"""The page on importing: its mapping file is one."""

from __future__ import annotations

import re
from pathlib import Path

from sfa.fields import noun
from sfa.interchange.mapping_file import parse_mapping
from sfa.interchange.targets import parts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "import.md"


def test_the_mapping_on_the_page_can_be_read() -> None:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    mapping = parse_mapping(found[1], noun("deal"), "page.toml")
    assert mapping.key == ("Deal ID",)
    assert mapping.create["owner"].columns == {"team": "Office"}


def test_the_page_names_every_part_of_a_noun() -> None:
    text = PAGE.read_text("utf-8")
    assert [part for part in parts(noun("lead")) if f"`{part}`" not in text] == []
