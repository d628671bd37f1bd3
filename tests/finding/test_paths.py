"""Half-typed paths: what they mean and what they may become."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import BadUsage
from sfa.finding.paths import candidates, typed_path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's home folder, in which the test stands too."""
    for name in ("Offers", "Photos"):
        (tmp_path / "own" / name).mkdir(parents=True)
    for name in ("my offer.pdf", "offer.PDF", "报价单.pdf", ".profile"):
        (tmp_path / "own" / name).write_text(name)
    (tmp_path / "own" / "Offers" / "one.pdf").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path / "own")
    return tmp_path / "own"


def names(text: str, *, folders_only: bool = False) -> list[str]:
    return [each.typed for each in candidates(text, folders_only=folders_only)]


@pytest.mark.usefixtures("folder")
def test_what_begins_so_comes_before_what_holds_it_and_folders_before_files() -> None:
    assert names("off") == ["Offers/", "offer.PDF", "my offer.pdf"]
    assert names("~/off") == ["~/Offers/", "~/offer.PDF", "~/my offer.pdf"]
    assert names("", folders_only=True) == ["Offers/", "Photos/"]
    assert names("报") == ["报价单.pdf"]
    assert names("Offers/") == ["Offers/one.pdf"]
    assert names("~") == ["~/"]


@pytest.mark.usefixtures("folder")
def test_hidden_files_are_offered_for_a_dot_alone() -> None:
    assert ".profile" not in names("")
    assert names(".") == [".profile"]


@pytest.mark.usefixtures("folder")
def test_a_folder_that_is_not_there_or_is_nobodys_offers_nothing() -> None:
    assert names("nowhere/") == []
    assert names("~nobody-of-that-name/x") == []


def test_a_path_may_be_quoted_escaped_or_an_address_as_dragging_gives_it(folder: Path) -> None:
    wanted = folder / "my offer.pdf"
    for text in (str(wanted), f"'{wanted}'", str(wanted).replace(" ", "\\ "), wanted.as_uri(), f" {wanted} "):
        assert typed_path(text) == wanted, text
    assert typed_path("~/my offer.pdf") == wanted


def test_a_name_with_a_backslash_means_itself_where_it_is_there(folder: Path) -> None:
    (folder / "a\\b").write_text("")
    assert typed_path("a\\b") == Path("a\\b")


@pytest.mark.parametrize(
    ("text", "why"), [("  ", "No file was named"), ("~nobody-of-that-name/x", "no file")]
)
def test_what_names_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadUsage, match=why):
        typed_path(text)
