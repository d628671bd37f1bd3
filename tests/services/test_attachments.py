from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import Ambiguous, BadUsage, NotFound, Refused
from sfa.finding.attachments import Attachment, find, of_record, read_content, save_copy
from sfa.services import attachments
from sfa.services.records import raw
from sfa.store.contents import content_path
from sfa.store.home import content_dir
from tests.services.acting import acting, make, rows, take_back


@pytest.fixture
def account_id(home: Path) -> str:
    return make(home, "account", name="Acme").id


def attach(home: Path, account_id: str, source: Path) -> Attachment:
    with acting(home) as session:
        return attachments.add(session, "account", account_id, source, folder=content_dir(home))


def files(home: Path, account_id: str) -> list[Attachment]:
    with acting(home) as session:
        return of_record(raw(session), "account", account_id)


def test_a_file_is_kept_with_its_bytes(home: Path, account_id: str, tmp_path: Path) -> None:
    source = tmp_path / "offer.pdf"
    source.write_bytes(b"%PDF offer")
    made = attach(home, account_id, source)
    source.unlink()
    assert (made.name, made.media_type, made.size_bytes) == ("offer.pdf", "application/pdf", 10)
    assert made.about == "Acme"
    assert read_content(made, folder=content_dir(home)) == b"%PDF offer"


def test_the_same_bytes_are_kept_once(home: Path, account_id: str, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("same")
        attach(home, account_id, tmp_path / name)
    assert len(files(home, account_id)) == 2
    assert len([each for each in content_dir(home).rglob("*") if each.is_file()]) == 1


def test_a_missing_file_attaches_nothing(home: Path, account_id: str, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no file"):
        attach(home, account_id, tmp_path / "none.txt")
    with pytest.raises(BadUsage, match="is no file"):
        attach(home, account_id, tmp_path)
    assert rows(home, "SELECT id FROM attachment") == []


def test_a_file_taken_off_comes_back_with_undo(home: Path, account_id: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("text")
    made = attach(home, account_id, source)
    with acting(home) as session:
        attachments.delete(session, made.id)
    assert files(home, account_id) == []
    take_back(home)
    (found,) = files(home, account_id)
    assert read_content(found, folder=content_dir(home)) == b"text"


def test_a_copy_does_not_overwrite_unasked(home: Path, account_id: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("text")
    made = attach(home, account_id, source)
    folder = content_dir(home)
    with pytest.raises(Refused, match="exists already"):
        save_copy(made, source, folder=folder)
    assert save_copy(made, tmp_path / "copy.txt", folder=folder).read_text() == "text"
    (tmp_path / "into").mkdir()
    assert save_copy(made, tmp_path / "into", folder=folder) == tmp_path / "into" / "a.txt"
    assert save_copy(made, source, folder=folder, overwrite=True) == source
    with pytest.raises(BadUsage, match="cannot be written"):
        save_copy(made, tmp_path / "none" / "a.txt", folder=folder)


def test_damaged_bytes_are_not_handed_out(home: Path, account_id: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("text")
    made = attach(home, account_id, source)
    path = content_path(content_dir(home), made.sha256)
    path.chmod(0o600)
    path.write_text("tampered")
    with pytest.raises(Refused, match="damaged"):
        read_content(made, folder=content_dir(home))


def test_a_file_is_found_by_name_or_reference(home: Path, account_id: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    for text in ("one", "two"):
        source.write_text(text)
        attach(home, account_id, source)
    first, second = files(home, account_id)
    with acting(home) as session:
        assert find(raw(session), second.ref) == second
        with pytest.raises(Ambiguous):
            find(raw(session), "a.txt")
        with pytest.raises(NotFound):
            find(raw(session), "b.txt")
        attachments.delete(session, second.id)
        assert find(raw(session), "a.txt") == first
