"""Guards of the centre that no other test makes indispensable: each is asked for by itself."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from sfa.errors import SfaError
from sfa.store.version import SCHEMA_VERSION
from sfa.sync import wire
from sfa.sync.errors import DeviceRefused, Forked
from sfa.sync.protocol import BroughtOp, ExitEntry, Hello, OpEntry, Outcome, RowEntry, Value
from sfa.terms import OpKind
from tests.simulation import pens
from tests.simulation.company import ADMIN, ANN, BOB, CAT, MANAGER, OTHER_MANAGER, READER
from tests.simulation.pens import START_MS, Pen
from tests.simulation.test_model_outcomes import DELETED, account, lead
from tests.sync.centre.attacks.test_forging import lead_values
from tests.sync.centre.real_centre import RealCentre, role_of
from tests.sync.centre.test_push import ACCOUNT, FLAGS, brought
from tests.sync.servers import Connection

NOTE: dict[str, Value] = {
    "kind": "note",
    "state": "done",
    "at": "2026-11-22T08:00:00.000Z",
    "no_next_step": 0,
    "is_unplanned": 0,
}


@pytest.fixture
def centre(company: RealCentre, monkeypatch: pytest.MonkeyPatch) -> RealCentre:
    monkeypatch.setattr(pens, "ModelTransport", RealCentre.transport)
    return company


@pytest.fixture
def ann(centre: RealCentre) -> Pen:
    return Pen(centre, ANN)  # type: ignore[arg-type]


@pytest.fixture
def bob(centre: RealCentre) -> Pen:
    return Pen(centre, BOB)  # type: ignore[arg-type]


@pytest.fixture
def boss(centre: RealCentre) -> Pen:
    return Pen(centre, MANAGER)  # type: ignore[arg-type]


# ---- who calls


def test_a_revoked_device_is_refused_every_call(ann: Pen, centre: RealCentre) -> None:
    lead(ann, ANN)
    ann.write(ann.insert("lead", "", **{**lead_values("x"), "owner_id": ANN})[1])
    batch = ann.batch()
    centre.connection.execute("UPDATE hub.device SET revoked_at = now() WHERE id = %s", [ann.device])
    hello = Hello(ann.device, 0, 0, "", None, 0, None, START_MS, SCHEMA_VERSION)
    for attempt in (
        lambda: ann.transport.hello(hello),
        lambda: ann.transport.register(ann.device, "", ann.local_author, SCHEMA_VERSION),
        lambda: ann.transport.push(batch),
        ann.pull,
        lambda: ann.transport.chain_at(ann.device, 1),
        lambda: ann.transport.not_taken(ann.device),
        lambda: ann.transport.fork(ann.device, 0, ""),
    ):
        with pytest.raises(DeviceRefused):
            attempt()


def test_local_authors_have_an_end(ann: Pen) -> None:
    def register(number: int) -> None:
        ann.transport.register(ann.device, "", f"0f000000-0000-7000-9000-{number:012x}", SCHEMA_VERSION)

    for number in range(99):  # and the pen's own
        register(number)
    with pytest.raises(SfaError):
        register(99)


@pytest.mark.parametrize("device", ["", "x", "../0e000000-0000-4000-8000-000000000001", "\u4e2d" * 36])
def test_a_device_id_of_another_form_is_refused(ann: Pen, device: str) -> None:
    with pytest.raises(DeviceRefused):
        ann.transport.register(device, "", ann.local_author, SCHEMA_VERSION)


def test_a_closed_login_sees_nothing_through_a_right_given_by_mistake(ann: Pen, centre: RealCentre) -> None:
    lead(ann, ANN)
    role = role_of("Ann")
    centre.connection.execute(f"GRANT USAGE ON SCHEMA sfa TO {role}; GRANT SELECT ON sfa.lead TO {role}")
    with psycopg.connect(centre.address(role), autocommit=True) as session:
        assert session.execute("SELECT count(*) FROM sfa.lead").fetchone() == (1,)
        centre.allow(ANN, active=False)
        assert session.execute("SELECT count(*) FROM sfa.lead").fetchone() == (0,)


# ---- the log


def test_a_batch_on_top_of_another_log_is_a_fork(ann: Pen, centre: RealCentre) -> None:
    for name in "ab":
        ann.write(ann.insert("lead", "", **{**lead_values(name), "owner_id": ANN})[1])
    whole = ann.batch()
    ann.push(upto=1)
    second = replace(whole, from_seq=2, transactions=whole.transactions[1:], ops=whole.ops[1:])
    with pytest.raises(Forked):
        ann.transport.push(replace(second, prefix_chain="11" * 32))
    assert len(centre.state.devices[ann.device].log) == 1


def test_another_op_under_a_number_that_is_there_is_a_fork(ann: Pen) -> None:
    ann.write(ann.insert("lead", "", **{**lead_values("a"), "owner_id": ANN})[1])
    batch = ann.batch()
    ann.push()
    with pytest.raises(Forked):
        ann.transport.push(replace(batch, ops=(replace(batch.ops[0], op_id=ann.new_id()),)))


def test_a_batch_with_a_hole_in_it_changes_nothing(ann: Pen, centre: RealCentre) -> None:
    ann.write(*(ann.insert("lead", "", **{**lead_values(name), "owner_id": ANN})[1] for name in "abc"))
    batch = ann.batch()
    with pytest.raises(SfaError):
        ann.transport.push(replace(batch, ops=(batch.ops[0], batch.ops[2])))
    assert centre.state.devices[ann.device].log == []


def test_of_a_batch_that_is_there_in_part_the_rest_gets_its_own_links(ann: Pen, centre: RealCentre) -> None:
    for name in "ab":
        ann.write(ann.insert("lead", "", **{**lead_values(name), "owner_id": ANN})[1])
    whole = ann.batch()
    ann.push(upto=1)
    assert ann.transport.push(whole).last_seq == 2
    links = [centre.state.devices[ann.device].link(seq) for seq in (1, 2)]
    assert len(set(links)) == 2
    row = centre.connection.execute(
        "SELECT encode(last_chain, 'hex') FROM hub.device WHERE id = %s", [ann.device]
    ).fetchone()
    assert row == (links[1],)


def test_who_makes_the_same_row_at_the_same_moment_tries_again(
    ann: Pen, boss: Pen, centre: RealCentre
) -> None:
    row_id = "10000000-0000-7000-8000-00000000abcd"
    boss.write(boss.insert("lead", "", name=" ")[1])  # so that each of her transactions is merged by itself
    for pen, name in ((ann, "Ann's"), (boss, "Mia's")):
        pen.write(pen.insert("lead", row_id, **{**lead_values(name), "owner_id": ANN})[1])
    with psycopg.connect(centre.address(role_of("Ann"))) as first:
        assert pushed(first, ann)["outcomes"][0]["outcome"] == "applied"
        said = meanwhile(centre, "Mia", boss, first)
    assert said == "40001"
    assert [each.outcome for each in boss.push().outcomes] == [Outcome.QUARANTINED, Outcome.APPLIED]
    assert centre.connection.execute("SELECT count(*) FROM sfa.conflict").fetchone() == (1,)


def meanwhile(centre: RealCentre, person: str, pen: Pen, first: Connection) -> Any:
    """Push while another session has a row and commits later; return the answer, or the error's state."""
    said: list[Any] = []

    def second() -> None:
        with psycopg.connect(centre.address(role_of(person)), autocommit=True) as session:
            try:
                said.append(pushed(session, pen))
            except psycopg.Error as error:
                said.append(error.sqlstate)

    other = threading.Thread(target=second)
    other.start()
    other.join(0.3)
    is_waiting = other.is_alive()
    first.commit()
    other.join()
    assert is_waiting, "nothing kept the two apart"
    return said[0]


def pushed(session: Connection, pen: Pen) -> Any:
    row = session.execute("SELECT api.push(%s::json)::text", [wire.to_json(pen.batch())]).fetchone()
    assert row is not None
    return json.loads(row[0])


def test_what_was_merged_before_something_was_found_is_taken_back(ann: Pen, centre: RealCentre) -> None:
    _, good = ann.insert("lead", "", **{**lead_values("Good"), "owner_id": ANN})
    _, bad = ann.insert("phone", "", account_id=ann.new_id(), value="1", digits="1")
    assert ann.reason(good, bad) == "unknown_reference"
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (0,)


# ---- runs, which are merged at once


def plain(pen: Pen, count: int = 25) -> None:
    """Write what needs no thought."""
    for number in range(count):
        pen.write(pen.insert("lead", "", **{**lead_values(f"{number}"), "owner_id": pen.user})[1])


def test_a_read_only_user_has_no_runs(centre: RealCentre) -> None:
    reader = Pen(centre, READER)  # type: ignore[arg-type]
    plain(reader)
    assert {each.reason for each in reader.push().outcomes} == {"read_only_role"}
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (0,)


def test_an_altered_payload_amid_a_run_is_quarantined(ann: Pen, centre: RealCentre) -> None:
    plain(ann)
    batch = ann.batch()
    ops = list(batch.ops)
    ops[7] = replace(ops[7], changes=str(ops[7].changes).replace('"7"', '"8"'))
    outcomes = ann.transport.push(replace(batch, ops=tuple(ops))).outcomes
    assert [each.reason for each in outcomes if each.outcome is not Outcome.APPLIED] == ["invalid"]
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (24,)


def test_a_run_ends_before_a_header_that_others_could_not_hold(ann: Pen) -> None:
    plain(ann)
    batch = ann.batch()
    told = list(batch.transactions)
    told[7] = replace(told[7], name="x" * 201)
    outcomes = ann.transport.push(replace(batch, transactions=tuple(told))).outcomes
    assert [each.reason for each in outcomes if each.outcome is not Outcome.APPLIED] == ["invalid"]


@pytest.mark.parametrize(
    ("wrong", "reason"), [({"colour": "red"}, "unknown_table"), ({"notes": 5}, "invalid")], ids=str
)
def test_a_run_ends_before_what_a_column_cannot_hold(ann: Pen, wrong: dict[str, Value], reason: str) -> None:
    plain(ann)
    ann.write(ann.insert("lead", "", **{**lead_values("x"), "owner_id": ANN, **wrong})[1])
    outcomes = ann.push().outcomes
    assert [each.reason for each in outcomes if each.outcome is not Outcome.APPLIED] == [reason]


def test_a_run_ends_before_a_tombstone(ann: Pen, boss: Pen, centre: RealCentre) -> None:
    row_id = account(ann, ANN)
    boss.pull()
    assert boss.says(boss.update("account", row_id, deleted_at=DELETED)) is Outcome.APPLIED
    assert centre.connection.execute("SELECT count(*) FROM sfa.conflict").fetchone() == (0,)
    plain(ann)
    ann.write(ann.insert("phone", "", account_id=row_id, value="1", digits="1")[1])
    ann.push()
    found = centre.connection.execute("SELECT kind, on_id FROM sfa.conflict")
    assert found.fetchall() == [("edited-while-deleted", row_id)]


def test_a_run_waits_for_who_is_changing_its_rows(ann: Pen, centre: RealCentre) -> None:
    row_id = account(ann, ANN)
    plain(ann)
    ann.write(ann.update("account", row_id, notes="mine"))
    with psycopg.connect(centre.connection.info.dsn) as first:
        first.execute("UPDATE sfa.account SET notes = 'theirs' WHERE id = %s", [row_id])
        meanwhile(centre, "Ann", ann, first)
    assert centre.connection.execute("SELECT unit FROM sfa.conflict").fetchall() == [("notes",)]


# ---- what is told


def test_what_became_of_another_users_row_is_not_told(ann: Pen, bob: Pen) -> None:
    row_id, op = ann.insert("account", "", owner_id=BOB, **ACCOUNT)
    assert ann.says(op) is Outcome.PROPOSAL
    assert bob.reason(bob.insert("phone", "", account_id=row_id, value="1", digits="1")[1]) == (
        "unknown_reference"
    )
    assert bob.reason(bob.update("account", row_id, notes="x")) == "unknown_row"


def test_the_answer_withholds_a_reference_to_an_unseen_row(ann: Pen, centre: RealCentre) -> None:
    cat = Pen(centre, CAT)  # type: ignore[arg-type]
    hidden, mine = account(cat, CAT), account(ann, ANN)
    seen = centre.state.row("account", mine)
    centre.edit([("account", mine, {"parent_id": hidden})], author=ADMIN)
    other = account(ann, ANN)
    ann.clock_ms = 1_000
    ann.write(ann.update("account", mine, base=seen, parent_id=other))  # type: ignore[arg-type]
    (differs,) = ann.push().differs
    assert differs.columns is not None
    assert differs.columns["parent_id"][0] is None


def test_the_feed_says_which_columns_an_op_did_not_take(ann: Pen, boss: Pen, centre: RealCentre) -> None:
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    boss.pull()
    seen = centre.state.row("account", row_id)
    ann.clock_ms = START_MS + 10
    ann.says(ann.update("account", row_id, base=seen, notes="mine"))  # type: ignore[arg-type]
    boss.says(boss.update("account", row_id, base=seen, notes="ours", industry="Steel"))  # type: ignore[arg-type]
    told = [entry for entry in ann.pull().entries if isinstance(entry, OpEntry) and entry.author == MANAGER]
    assert [entry.took and tuple(entry.took) for entry in told] == [("industry",)]


def test_a_row_gained_and_lost_between_two_pulls_is_not_sent(ann: Pen, bob: Pen, centre: RealCentre) -> None:
    row_id = lead(ann, ANN)
    for owner in (BOB, ANN):
        centre.edit([("lead", row_id, {"owner_id": owner})], author=ADMIN)
    sent = [entry for entry in bob.pull().entries if isinstance(entry, RowEntry | OpEntry)]
    assert row_id not in {entry.row_id for entry in sent}


def test_who_was_not_there_gets_no_exit(ann: Pen, centre: RealCentre) -> None:
    cat = Pen(centre, CAT)  # type: ignore[arg-type]
    row_id = lead(ann, ANN)
    cat.pull()
    centre.edit([("lead", row_id, {"owner_id": BOB})], author=ADMIN)
    assert [each for each in cat.pull().entries if isinstance(each, ExitEntry)] == []
    assert [each.row_id for each in ann.pull().entries if isinstance(each, ExitEntry)] == [row_id]


def test_an_op_on_a_link_whose_other_end_is_unseen_is_not_sent(ann: Pen, centre: RealCentre) -> None:
    cat = Pen(centre, CAT)  # type: ignore[arg-type]
    mine, contact = account(ann, ANN), cat.add("contact", name="Li", owner_id=CAT, **FLAGS)
    link = ann.new_id()
    centre.edit([("contact_account", link, {"contact_id": contact, "account_id": mine})], author=ADMIN)
    centre.edit([("contact_account", link, {"deleted_at": DELETED})], author=ADMIN)
    ann.pull()
    centre.edit([("contact_account", link, {"role": "buyer"})], author=ADMIN)
    assert [each for each in ann.pull().entries if getattr(each, "row_id", "") == link] == []


def test_what_hung_on_an_unseen_row_is_left_out_until_it_moves(ann: Pen, centre: RealCentre) -> None:
    cat = Pen(centre, CAT)  # type: ignore[arg-type]
    old, new = account(ann, ANN), account(cat, CAT)
    note = ann.add("activity", account_id=old, owner_id=ANN, **NOTE)
    centre.edit([("activity", note, {"notes": "x"})], author=ADMIN)
    centre.edit([("activity", note, {"account_id": new})], author=ADMIN)
    told = [each for each in cat.pull().entries if getattr(each, "row_id", "") == note]
    # The op that made it names the account it hung on then; the row comes where it hangs now.
    assert [type(each) for each in told] == [OpEntry, OpEntry, RowEntry]
    assert old not in "".join(str(getattr(each, "changes", "")) for each in told)


def test_an_erasure_leaves_who_sees_what_moved_before_as_it_is(ann: Pen) -> None:
    old, new = account(ann, ANN), account(ann, ANN)
    note = ann.add("activity", account_id=old, owner_id=ANN, **NOTE)
    ann.pull()
    assert ann.says(ann.update("activity", note, account_id=new)) is Outcome.APPLIED
    left = {name: [value] for name, value in NOTE.items()}
    erased = {"kind": OpKind.ERASE, "table": "activity", "row_id": note, "changes": left}
    assert ann.says(erased) is Outcome.APPLIED
    assert [each for each in ann.pull().entries if isinstance(each, ExitEntry)] == []


def test_a_new_manager_gains_what_those_below_see(ann: Pen, centre: RealCentre) -> None:
    row_id = lead(ann, ANN)
    moe = Pen(centre, OTHER_MANAGER)  # type: ignore[arg-type]
    centre.edit([("user", ANN, {"manager_id": OTHER_MANAGER})], author=ADMIN)
    assert [each.row_id for each in moe.pull().entries if isinstance(each, RowEntry)] == [row_id]


def test_the_history_leaves_out_what_was_held(ann: Pen, boss: Pen) -> None:
    row_id = lead(ann, ANN)
    assert ann.says(ann.update("lead", row_id, owner_id=BOB)) is Outcome.PROPOSAL
    told = [each for each in boss.transport.history("lead", row_id) if isinstance(each, OpEntry)]
    assert [each.kind for each in told] == ["insert"]


# ---- after a restore


def recovering(centre: RealCentre, until: str) -> None:
    centre.connection.execute("UPDATE hub.epoch_mark SET recovery_until = now() + %s::interval", [until])


def test_a_recovery_ends(ann: Pen, boss: Pen, centre: RealCentre) -> None:
    ann.write(ann.insert("account", "", owner_id=ANN, **ACCOUNT)[1])
    entry, ops = brought(ann)
    recovering(centre, "-1 second")
    with pytest.raises(SfaError):
        boss.transport.bring_back([entry], ops)
    recovering(centre, "1 day")
    assert boss.transport.bring_back([entry], ops) == 1


def test_the_clock_of_what_is_brought_back_is_clamped_too(ann: Pen, boss: Pen, centre: RealCentre) -> None:
    recovering(centre, "1 day")
    ann.clock_ms = 4_000_000_000_000
    ann.write(ann.insert("account", "", owner_id=ANN, **ACCOUNT)[1])
    entry, ops = brought(ann)
    assert boss.transport.bring_back([entry], ops) == 1
    row = centre.connection.execute("SELECT clock < hlc FROM hub.op WHERE op_id = %s", [ops[0].op_id])
    assert row.fetchone() == (True,)


def test_what_is_brought_back_in_a_call_has_an_end(ann: Pen, boss: Pen, centre: RealCentre) -> None:
    recovering(centre, "1 day")
    ann.write(ann.insert("account", "", owner_id=ANN, **ACCOUNT)[1])
    entry, ops = brought(ann)
    many: tuple[BroughtOp, ...] = tuple(replace(ops[0], op_id=ann.new_id()) for _ in range(501))
    with pytest.raises(SfaError):
        boss.transport.bring_back([entry], many)
    assert centre.state.tables["account"].get(ops[0].row_id) is None
