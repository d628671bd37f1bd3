"""Papers into files: whole or not at all, and never over one that is there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sfa.errors import BadUsage, InvalidInput, Refused
from sfa.i18n import tr_error
from sfa.render.paper.document import Look, Tongue
from sfa.render.paper.files import format_of, write_paper
from tests.render.paper.conftest import Draw
from tests.render.paper.samples import short


def test_a_paper_is_written_in_every_format(drawn: Draw, tmp_path: Path) -> None:
    begins = {"pdf": b"%PDF-", "html": b"<!DOCTYPE html>", "md": b"# ", "xlsx": b"PK", "eml": b"Subject: "}
    for fmt, start in begins.items():
        path = tmp_path / f"报价单.{fmt}"
        write_paper(path, drawn(short(), Look(tongue=Tongue.CHINESE), None, format_of(path)))
        assert path.read_bytes().startswith(start)
    assert sorted(path.suffix[1:] for path in tmp_path.iterdir()) == sorted(begins)


def test_an_ending_that_is_no_format_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"\.xlsx"):
        format_of(Path("quote.docx"))


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "q.pdf"
    path.write_bytes(b"old")
    with pytest.raises(Refused, match="is there already"):
        write_paper(path, b"new")
    assert path.read_bytes() == b"old"
    write_paper(path, b"new", over=True)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_where_the_disk_knows_no_links_a_file_still_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "q.pdf"
    write_paper(path, b"first")
    with pytest.raises(Refused):
        write_paper(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("over", [False, True])
def test_a_full_disk_leaves_nothing_and_what_was_there(
    over: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "q.pdf"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(BadUsage) as caught:
        write_paper(path, b"new", over=over)
    assert "Make room" in tr_error(caught.value)[2]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadUsage) as caught:
        write_paper(tmp_path / "none" / "q.pdf", b"new")
    assert "Make the folder first" in tr_error(caught.value)[2]


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BadUsage) as caught:
        write_paper(tmp_path / "q.pdf", b"new")
    assert "may write to" in tr_error(caught.value)[2]
    assert list(tmp_path.iterdir()) == []
