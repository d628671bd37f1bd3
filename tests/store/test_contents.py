from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sfa.store.contents import content_path, hash_of, keep_content


def test_content_is_kept_once_under_its_hash_and_private(tmp_path: Path) -> None:
    source = tmp_path / "offer.txt"
    source.write_text("an offer")
    folder = tmp_path / "files"
    first, second = keep_content(folder, source), keep_content(folder, source)
    assert first == second == (hash_of(source), 8)
    kept = content_path(folder, first[0])
    assert kept.read_text() == "an offer"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path for path in folder.rglob("*") if path.is_file()] == [kept]


def test_keeping_again_mends_a_content_that_was_damaged(tmp_path: Path) -> None:
    source = tmp_path / "offer.txt"
    source.write_text("an offer")
    sha256, _ = keep_content(tmp_path / "files", source)
    content_path(tmp_path / "files", sha256).write_text("a forgery")
    keep_content(tmp_path / "files", source)
    assert content_path(tmp_path / "files", sha256).read_text() == "an offer"


def test_file_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        keep_content(tmp_path / "files", tmp_path / "none.txt")
    assert list((tmp_path / "files").iterdir()) == []
