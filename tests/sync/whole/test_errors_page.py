"""Each row of the second table of ``docs/errors.md``: what a centre refuses, as the user reads it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sfa.sync.device import outbox
from tests.sync.whole.office import Office, Person

PAGE = Path(__file__).resolve().parents[3] / "docs" / "errors.md"
_ROW = re.compile(
    r"^\| (?P<situation>[^|]+) \| `sfa (?P<command>[^`]+)` \| (?P<says>[^|]+) \| (?P<code>\d) \|$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A centre, somebody who has signed in to it, and what is put back afterwards."""

    office: Office
    anna: Person
    patch: pytest.MonkeyPatch


def rows() -> list[tuple[str, str, str, int]]:
    part = PAGE.read_text("utf-8").partition("## At the centre")[2]
    return [
        (each["situation"], each["command"], each["says"], int(each["code"])) for each in _ROW.finditer(part)
    ]


def _disabled(at: Scene) -> None:
    at.office.rows("UPDATE hub.login SET is_active = false WHERE role_name = 'anna'")


def _a_hundred_devices(at: Scene) -> None:
    at.office.rows(
        "INSERT INTO hub.device (id, code, user_id, name, schema_version)"
        " SELECT gen_random_uuid()::text, 'T' || n, d.user_id, 'copy', d.schema_version"
        " FROM hub.device d, generate_series(1, 100) n"
    )
    at.anna.put(
        "UPDATE local_state SET value = '0f000000-0000-4000-8000-000000000001' WHERE key = 'device_id'"
    )


def _more_than_a_batch(at: Scene) -> None:
    """Send as an older or a foreign program might: more than the centre takes in one call."""
    for number in range(2):
        at.anna.does("lead", "add", f"Lead {number}", *(f"--tag=t{n}" for n in range(260)))
    whole = outbox.batches
    at.patch.setattr(outbox, "batches", lambda connection, **_: whole(connection, max_ops=10_000))


def _without_its_beginning(at: Scene) -> None:
    at.anna.does("lead", "add", "Wei")
    at.patch.setattr(outbox, "_headers", lambda *_: ())


SITUATIONS: dict[str, Callable[[Scene], None]] = {
    "a user who was disabled": _disabled,
    "the hundredth new device of a day": _a_hundred_devices,
    "a change larger than the centre takes": _more_than_a_batch,
    "a log that lacks the beginning of a change": _without_its_beginning,
}


@pytest.mark.parametrize(("situation", "command", "says", "code"), rows(), ids=lambda each: str(each)[:40])
def test_what_a_centre_refuses_is_said_as_the_document_says(
    office: Office, anna: Person, monkeypatch: pytest.MonkeyPatch,
    situation: str, command: str, says: str, code: int,
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        SITUATIONS[situation](Scene(office, anna, patch))
        unsent = anna.unsent
        said = anna(*shlex.split(command))
    assert said.code == code, said
    assert f"Error: {says}" in said.err
    assert anna.unsent == unsent
    assert not re.search(r"not a user|The system says", said.err)


def test_every_situation_stands_in_the_document() -> None:
    assert set(SITUATIONS) == {situation for situation, *_ in rows()}


def test_what_the_centre_cannot_take_keeps_nobody_from_receiving(
    office: Office, anna: Person, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss.does("lead", "add", "Of the boss", "--owner", "Anna")
    boss.syncs()
    with monkeypatch.context() as patch:
        _without_its_beginning(Scene(office, anna, patch))
        assert anna("sync").code == 5
    assert {row[0] for row in anna.rows("SELECT name FROM lead")} == {"Wei", "Of the boss"}
    assert anna("sync").code == 0
    assert office.value("SELECT count(*) FROM sfa.lead") == 2
