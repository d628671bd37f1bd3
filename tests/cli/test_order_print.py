"""sfa order print, as typed: the file it makes, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.render.paper import font_files
from tests.cli.conftest import Sfa
from tests.render.paper.conftest import squeezed, text_of
from tests.services.acting import live
from tests.services.ordering import accepted, ordered, stock


@pytest.fixture
def number(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the number of an order, with a folder to print into."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(font_files, "_installed", dict)
    stock(home)
    return str(live(home, "sales_order", ordered(home, accepted(home, "Pump x 2")).id)["number"])


def test_a_confirmation_becomes_a_pdf_in_this_folder(sfa: Sfa, number: str) -> None:
    said = sfa("order", "print", number)
    assert (said.code, said.out) == (0, f"Order confirmation-{number}-Acme.pdf\n")
    assert said.err.startswith(f"Printed: order {number} for Acme\n")
    text = text_of(Path(said.out.strip()).read_bytes())
    for each in ("Order confirmation", number, "226.00 USD"):
        assert squeezed(each) in squeezed(text)
    assert sfa("order", "print", number).code == 3  # it is there already
    assert sfa("order", "print", number, "--over").code == 0


def test_a_dash_writes_the_list_of_the_warehouse_to_standard_output(sfa: Sfa, number: str) -> None:
    said = sfa("order", "print", number, "--output", "-", "--format", "md", "--variant", "warehouse")
    assert said.code == 0
    assert said.out.startswith(f"# Picking list {number}\n")
    assert "USD" not in said.out


def test_what_is_asked_wrongly_is_said(sfa: Sfa, number: str) -> None:
    assert sfa("order", "print", "O-NONE").code == 1
    assert sfa("order", "print", number, "--variant", "boss").code == 2
    assert sfa("order", "print", number, "--output", "-", "--open").code == 2
    assert sfa("order", "event", number, "cancelled", "--note", "No budget").code == 0
    refused = sfa("order", "print", number)
    assert refused.code == 3
    assert "--variant internal" in refused.err
