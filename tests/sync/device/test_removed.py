"""What others do to a record that was removed here past the services: for them it is a tombstone."""

from __future__ import annotations

import pytest

from sfa.errors import msg
from sfa.store.perform import changing
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN
from tests.sync.device.team import Rep
from tests.sync.device.test_between import receive_only
from tests.sync.device.test_syncing import quiet


def remove(rep: Rep, table: str, row_id: str) -> None:
    with changing(rep.home, name=msg("Delete")) as found:
        found.connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))


def in_step(*reps: Rep) -> None:
    quiet(*reps)
    for rep in reps:
        assert rep.differing() == []
        assert rep.troubles() == []


@pytest.fixture
def account(ann: Rep, mia: Rep) -> str:
    quiet(ann, mia)
    made = ann.add("account", name="Qinling Valves", owner_id=ANN)
    quiet(ann, mia)
    return made


def test_the_question_about_an_edit_of_it_comes(ann: Rep, mia: Rep, account: str) -> None:
    tag = ann.add("tag", noun="account", record_id=account, name="late")
    quiet(ann, mia)
    remove(ann, "tag", tag)
    ann.sync()
    mia.edit("tag", tag, name="pays late")
    in_step(mia, ann)
    assert ann.query("SELECT kind, on_id FROM conflict") == [("edited-while-deleted", tag)]
    (held,) = ann.query("SELECT name, deleted_at IS NULL FROM tag")
    assert held == ("pays late", 0)


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_others_hang_on_it_comes(
    ann: Rep, mia: Rep, centre: ModelCentre, account: str, is_sent: bool
) -> None:
    remove(ann, "account", account)
    if is_sent:
        ann.sync()
    tag = mia.add("tag", noun="account", record_id=account, name="late")
    mia.sync()
    if not is_sent:
        receive_only(ann, centre)
    in_step(ann, mia)
    assert ann.value("tag", tag, "name") == "late"
    assert ann.value("account", account, "deleted_at") is not None


def test_what_others_let_refer_to_it_and_move_below_it_does(ann: Rep, mia: Rep, account: str) -> None:
    other = ann.add("account", name="Other Valves", owner_id=ANN)
    tag = ann.add("tag", noun="account", record_id=other, name="late")
    quiet(ann, mia)
    remove(ann, "account", account)
    ann.sync()
    mia.edit("account", other, parent_id=account)
    mia.edit("tag", tag, record_id=account)
    in_step(mia, ann)
    assert ann.value("account", other, "parent_id") == account
    assert ann.value("tag", tag, "record_id") == account


def test_a_removal_that_is_taken_back_elsewhere_brings_all_of_it(ann: Rep, mia: Rep, account: str) -> None:
    remove(ann, "account", account)
    ann.sync()
    tag = mia.add("tag", noun="account", record_id=account, name="late")
    in_step(mia, ann)
    mia.edit("account", account, deleted_at=None, industry="Valves")
    in_step(mia, ann)
    assert ann.value("account", account, "industry") == "Valves"
    assert ann.value("tag", tag, "name") == "late"
