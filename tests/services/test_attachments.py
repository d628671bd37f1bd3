from __future__ import annotations

import os
from pathlib import Path

import pytest

from sfa.errors import Ambiguous, BadUsage, NotFound, Refused
from sfa.finding import attachments as finding
from sfa.finding.attachments import (
    Attachment,
    file_name,
    find,
    lay_open,
    of_record,
    read_content,
    save_copy,
)
from sfa.services import attachments
from sfa.services.records import raw
from sfa.store.contents import content_path, drop_contents, opened_copy
from sfa.store.home import content_dir, opened_dir
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


def test_a_file_above_the_limit_attaches_nothing_and_says_how_large_one_may_be(
    home: Path, account_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_BYTES", 2 << 20)
    source = tmp_path / "film.mp4"
    source.write_bytes(bytes((2 << 20) + 1))
    with pytest.raises(BadUsage, match=r"too large\. It has 3 MiB; 2 MiB can be attached"):
        attach(home, account_id, source)
    assert rows(home, "SELECT id FROM attachment") == []
    assert not content_dir(home).exists()
    source.write_bytes(bytes(2 << 20))
    assert attach(home, account_id, source).size_bytes == 2 << 20


def test_a_file_says_who_added_it(home: Path, account_id: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    made = attach(home, account_id, tmp_path / "a.txt")
    assert made.added_by == rows(home, "SELECT name FROM user")[0]["name"]


def test_bytes_that_are_elsewhere_are_not_called_damaged(home: Path, account_id: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    made = attach(home, account_id, tmp_path / "a.txt")
    content_path(content_dir(home), made.sha256).unlink()
    with pytest.raises(Refused, match="not on this machine"):
        lay_open(made, home=home)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../.ssh/keys", ".._.._.ssh_keys"),
        ("C:\\x.exe", "C__x.exe"),
        ("..", "file"),
        (" ", "file"),
        ("报价\n单.pdf", "报价_单.pdf"),
    ],
)
def test_the_name_of_a_file_leads_nowhere(name: str, wanted: str) -> None:
    assert file_name(name) == wanted


def test_a_copy_to_look_at_cannot_be_written_and_goes_after_a_day_and_with_its_content(
    home: Path, account_id: str, tmp_path: Path
) -> None:
    for name in ("old.txt", "new.txt"):
        (tmp_path / name).write_text(name)
    old, new = (attach(home, account_id, tmp_path / name) for name in ("old.txt", "new.txt"))
    copy = lay_open(old, home=home)
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == ("old.txt", 0o400)
    assert lay_open(old, home=home) == copy
    os.utime(copy.parent, (0, 0))
    kept = lay_open(new, home=home)
    assert [each.name for each in opened_dir(home).iterdir()] == [kept.parent.name]
    with acting(home) as session:
        raw(session).execute("UPDATE attachment SET sha256 = ? WHERE id = ?", ("0" * 64, new.id))
        drop_contents(home, raw(session), [new.sha256])
    assert not opened_copy(home, new.sha256).exists()
