"""A centre that was set back takes what it had refused; the record is out of sight before that is heard."""

from __future__ import annotations

import pytest

from sfa import clock
from sfa.sync.errors import CentreUnreachable, unreachable
from sfa.sync.protocol import Push, PushAnswer
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB, CAT
from tests.sync.device.team import Rep
from tests.sync.device.test_between import files_of
from tests.sync.device.test_syncing import quiet

_NAME = "Qinling Valves"


@pytest.fixture
def note(ann: Rep, mia: Rep, centre: ModelCentre) -> str:
    """Return a note that came late, in the store of its author and not at the centre, which was set back."""
    quiet(ann, mia)
    account = ann.add("account", name=_NAME, owner_id=ANN)
    quiet(ann, mia)
    backup = centre.backup()
    give_away(centre, CAT)
    made = ann.add(
        "activity",
        account_id=account,
        owner_id=ANN,
        kind="note",
        notes="pays late",
        at=clock.to_text(clock.utc_now()),
    )
    ann.sync()
    assert ann.query("SELECT state FROM outcome") == [("late",)]
    assert ann.value("activity", made, "id") is None
    assert words_of(ann, made)
    centre.restore(backup)
    return made


def give_away(centre: ModelCentre, user: str) -> None:
    [account] = [key for key, row in centre.state.tables["account"].items() if row.values["name"] == _NAME]
    centre.edit([("account", account, {"owner_id": user})], author=ADMIN)


def words_of(rep: Rep, row_id: str) -> list[tuple[str]]:
    return rep.query("SELECT changes FROM oplog WHERE row_id = ? AND changes IS NOT NULL", row_id)


@pytest.mark.parametrize("is_answer_heard", [True, False])
def test_its_words_leave_the_log_too(
    ann: Rep, centre: ModelCentre, note: str, monkeypatch: pytest.MonkeyPatch, is_answer_heard: bool
) -> None:
    push = ann.transport.push

    def cut(given: Push | str) -> PushAnswer:
        if isinstance(given, Push):
            push(given)
        raise unreachable("centre", "the connection was lost")

    with monkeypatch.context() as broken:
        broken.setattr(ann.transport, "not_taken" if is_answer_heard else "push", cut)
        with pytest.raises(CentreUnreachable):
            ann.sync()
    give_away(centre, BOB)
    quiet(ann)
    assert ann.query("SELECT * FROM outcome") == []
    assert words_of(ann, note) == []
    assert b"pays late" not in files_of(ann)
    assert ann.troubles() == []


def test_it_is_there_again_when_it_is_seen(ann: Rep, note: str) -> None:
    quiet(ann)
    assert ann.value("activity", note, "notes") == "pays late"
    assert ann.differing() == []
    assert ann.troubles() == []


def test_what_is_still_refused_stays_its_authors(ann: Rep, centre: ModelCentre, note: str) -> None:
    give_away(centre, CAT)
    quiet(ann)
    assert ann.query("SELECT state FROM outcome") == [("late",)]
    assert words_of(ann, note)
    assert ann.troubles() == []
