"""A device that pushes what no honest one would: others' rows, names, transactions and devices."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from sfa.errors import SfaError
from sfa.store.capture import digest_of
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.errors import DeviceRefused
from sfa.sync.protocol import OpEntry, Outcome, Push, PushedOp
from sfa.terms import OpKind
from tests.simulation.company import ADMIN, ANN, BOB, MANAGER, PRODUCT
from tests.simulation.pens import Pen
from tests.simulation.test_model_outcomes import account, lead
from tests.sync.centre.real_centre import RealCentre, get

pytestmark = pytest.mark.every_server
YEAR_4000_MS = 64_060_588_800_000


def linked(push: Push, *ops: PushedOp) -> Push:
    """Return a batch with other ops, whose chain is right."""
    return replace(push, ops=ops)


def header(push: Push, **changed: Any) -> Push:
    """Return a batch whose only transaction says something else of itself."""
    return replace(push, transactions=(replace(push.transactions[0], **changed),))


def lead_values(name: str) -> dict[str, Any]:
    return {"name": name, "status": "new", "pool_state": "owned", "owner_id": BOB}


def test_an_insert_does_not_reach_a_row_that_is_somebody_elses(
    ann: Pen, pen: Pen, centre: RealCentre
) -> None:
    victim = lead(ann, ANN, name="Secret")
    _, op = pen.insert("lead", victim, **{**lead_values("Taken"), "owner_id": ANN})
    pen.clock_ms += 60_000
    assert pen.reason(op) == "unknown_row"
    row = get(centre.connection, "lead", victim)
    assert row is not None
    assert row["name"] == "Secret"


def test_an_insert_opens_no_row_to_the_rest_of_its_transaction(ann: Pen, pen: Pen) -> None:
    victim = account(ann, ANN)
    _, taken = pen.insert("account", victim, name="Acme", owner_id=ANN)
    _, below = pen.insert("phone", "", account_id=victim, value="1")
    assert pen.reason(taken, below) == "unknown_row"


def test_the_references_of_a_row_and_the_row_are_unknown_alike(ann: Pen, pen: Pen) -> None:
    said = []
    for victim in (account(ann, ANN), pen.new_id()):
        _, phone = pen.insert("phone", "", account_id=victim, value="1", digits="1")
        _, tag = pen.insert("tag", "", noun="account", record_id=victim, name="hot")
        edit = {
            "kind": OpKind.UPDATE,
            "table": "account",
            "row_id": victim,
            "changes": {"name": ["x", "y", None]},
        }
        removal = {**edit, "kind": OpKind.DELETE, "changes": {}}
        said.append([pen.reason(op) for op in (phone, tag, edit, removal)])
    assert said[0] == said[1]
    assert said[0] == ["unknown_reference", "unknown_reference", "unknown_row", "unknown_row"]


def test_an_op_joins_no_transaction_of_somebody_else(ann: Pen, pen: Pen, centre: RealCentre) -> None:
    victim = ann.write(ann.insert("lead", "", **{**lead_values("A"), "owner_id": ANN})[1])
    ann.push()
    shared = pen.add("lead", **lead_values("Mine"))
    pen.write(pen.update("lead", shared, name="as Ann"))
    batch = pen.batch()
    (op,) = batch.ops
    forged = replace(batch, transactions=(), ops=(replace(op, tx_id=victim.tx_id),))
    for told in ((), (replace(victim, first_seq=op.seq, last_seq=op.seq),)):
        with pytest.raises(SfaError):
            pen.transport.push(replace(forged, transactions=told))
    found = centre.connection.execute("SELECT FROM hub.op WHERE op_id = %s", [op.op_id])
    assert found.fetchone() is None


def test_an_op_joins_no_transaction_that_was_merged_already(ann: Pen, pen: Pen) -> None:
    victim = lead(ann, ANN)
    old = pen.write(pen.insert("lead", "", **lead_values("Mine"))[1])
    pen.push()
    edit = {"kind": OpKind.UPDATE, "table": "lead", "row_id": victim, "changes": {"name": ["x", "y", None]}}
    pen.write(edit)
    batch = pen.batch()
    with pytest.raises(SfaError):
        pen.transport.push(replace(batch, ops=(replace(batch.ops[0], tx_id=old.tx_id),)))
    assert [type(entry) for entry in ann.transport.history("lead", victim)].count(OpEntry) == 1


def test_the_answer_says_nothing_of_others_transactions(ann: Pen, pen: Pen) -> None:
    ann.write(ann.insert("lead", "", **{**lead_values("A"), "owner_id": ANN})[1])
    theirs = ann.batch().transactions[0]
    ann.push()
    pen.write(pen.insert("lead", "", **lead_values("Mine"))[1])
    batch = pen.batch()
    answer = pen.transport.push(replace(batch, transactions=(*batch.transactions, theirs)))
    assert [each.tx_id for each in answer.outcomes] == [batch.transactions[0].tx_id]
    again = pen.transport.push(replace(batch, transactions=(*batch.transactions, theirs)))
    assert [each.tx_id for each in again.outcomes] == [batch.transactions[0].tx_id]
    assert again.differs == ()


@pytest.mark.parametrize("author", [ANN, MANAGER, "0f000000-0000-7000-8000-00000000ffff"])
def test_nobody_writes_in_anothers_name(pen: Pen, author: str) -> None:
    pen.author = author
    assert pen.reason(pen.insert("lead", "", **lead_values("Forged"))[1]) == "not_author"


def test_an_id_of_a_user_cannot_be_had_as_an_alias(pen: Pen) -> None:
    with pytest.raises(SfaError):
        pen.transport.register(pen.device, "", ANN, SCHEMA_VERSION)


def test_a_device_of_somebody_else_is_of_no_use(ann: Pen, pen: Pen) -> None:
    stolen = replace(pen.batch(), device=ann.device)
    for attempt in (
        lambda: pen.transport.push(stolen),
        lambda: pen.transport.fork(ann.device, 0, ""),
        lambda: pen.transport.chain_at(ann.device, 0),
        lambda: pen.transport.register(ann.device, "", "x", SCHEMA_VERSION),
    ):
        with pytest.raises(SfaError):
            attempt()


@pytest.mark.parametrize("column", ["role", "manager_id", "team_id", "is_active"])
def test_nobody_raises_himself_by_his_own_row(pen: Pen, centre: RealCentre, column: str) -> None:
    value: Any = {"role": "admin", "manager_id": None, "team_id": None, "is_active": 0}[column]
    before = get(centre.connection, "user", BOB)
    assert pen.says(pen.update("user", BOB, **{column: value})) is Outcome.PROPOSAL
    assert get(centre.connection, "user", BOB) == before


def test_nobody_decides_his_own_proposal(pen: Pen) -> None:
    pen.write(pen.update("user", BOB, role="admin"))
    proposal = pen.push().outcomes[0].proposal_id
    assert proposal is not None
    decided = pen.update("proposal", proposal, state="accepted")
    assert pen.says(decided) is not Outcome.APPLIED
    assert pen.says(pen.update("proposal", proposal, recipient_id=BOB)) is Outcome.QUARANTINED


@pytest.mark.parametrize("table", ["conflict", "proposal"])
def test_what_the_centre_writes_is_not_inserted_by_a_device(pen: Pen, table: str) -> None:
    _, op = pen.insert(table, "", kind="overwrite", state="open")
    assert pen.says(op) is Outcome.QUARANTINED


def test_costs_are_not_read_off_a_refusal(pen: Pen, centre: RealCentre) -> None:
    row = centre.connection.execute("SELECT id FROM sfa.product_cost").fetchone()
    assert row is not None
    said = []
    for cost in (str(row[0]), pen.new_id()):
        edit = {"kind": OpKind.UPDATE, "table": "product_cost", "row_id": cost}
        said.append(pen.reason({**edit, "changes": {"unit_cost_micros": [5, 5, None]}}))
    assert said == ["unknown_row", "unknown_row"]
    assert (
        pen.says(pen.insert("product_cost", "", product_id=PRODUCT, currency="CNY")[1]) is not Outcome.APPLIED
    )


def test_a_clock_far_ahead_carries_no_other_clock_away(ann: Pen, pen: Pen, centre: RealCentre) -> None:
    shared = account(ann, ANN)
    centre.edit(
        [("account_collaborator", ann.new_id(), {"account_id": shared, "user_id": BOB, "access": "write"})],
        author=ADMIN,
    )
    pen.clock_ms = YEAR_4000_MS
    assert pen.says(pen.update("account", shared, notes="from the year 4000")) is Outcome.APPLIED
    heard = [entry.hlc for entry in ann.pull().entries if isinstance(entry, OpEntry)]
    assert max(heard) >> 16 < YEAR_4000_MS


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "system!"},
        {"arguments": "[1]"},
        {"arguments": "{"},
        {"at": "yesterday"},
        {"name": "x" * 201},
        {"undoes": "everything"},
    ],
    ids=str,
)
def test_a_header_that_other_devices_could_not_hold_is_quarantined(pen: Pen, said: dict[str, str]) -> None:
    pen.write(pen.insert("lead", "", **lead_values("Poison"))[1])
    assert pen.transport.push(header(pen.batch(), **said)).outcomes[0].reason == "invalid"


@pytest.mark.parametrize(
    ("row_id", "changes"),
    [
        ("../../etc", {"name": ["x"]}),
        ("", {"name": [{"deep": "x"}]}),
        ("", {"name": ["x", "y"]}),
        ("", {"name": "x"}),
        ("", {"name": ["\x00"]}),
        ("", {"name": ["\ud800"]}),
        ("", {"nothing": ["x"]}),
        ("", {"deleted_at": ["soon"]}),
    ],
    ids=ascii,
)
def test_what_other_devices_could_not_hold_is_quarantined(
    pen: Pen, row_id: str, changes: dict[str, Any]
) -> None:
    _, op = pen.insert("lead", row_id, **lead_values("Poison"))
    pen.write(op)
    batch = pen.batch()
    payload = json.dumps({**op["changes"], **changes})  # in ASCII: half a surrogate pair has no bytes
    salt = bytes.fromhex(str(batch.ops[0].salt))
    digest = digest_of(salt, payload)
    forged = replace(batch.ops[0], changes=payload, digest=digest.hex())
    assert pen.transport.push(linked(batch, forged)).outcomes[0].outcome is Outcome.QUARANTINED


def test_a_deep_payload_is_quarantined_and_the_next_one_is_merged(pen: Pen) -> None:
    pen.write(pen.insert("lead", "", **lead_values("Deep"))[1])
    batch = pen.batch()
    payload = '{"name": ' + "[" * 20_000 + "]" * 20_000 + "}"
    salt = bytes.fromhex(str(batch.ops[0].salt))
    forged = replace(batch.ops[0], changes=payload, digest=digest_of(salt, payload).hex())
    answer = pen.transport.push(linked(batch, forged))
    assert answer.outcomes[0].reason == "invalid"
    other = Pen(pen.centre, BOB)
    assert other.says(other.insert("lead", "", **lead_values("Fine"))[1]) is Outcome.APPLIED


def test_a_batch_has_an_end(pen: Pen, centre: RealCentre) -> None:
    pen.write(*(pen.insert("lead", "", **lead_values("x"))[1] for _ in range(501)))
    with pytest.raises(SfaError):
        pen.transport.push(pen.batch())
    big = Pen(pen.centre, BOB)
    big.write(big.insert("lead", "", **{**lead_values("x"), "notes": "x" * (33 << 20)})[1])
    with pytest.raises(SfaError):
        big.push()
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (0,)


def test_devices_have_an_end(pen: Pen) -> None:
    def register(number: int) -> None:
        device = f"0e000000-0000-4000-9000-{number:012x}"
        pen.transport.register(device, "", pen.local_author, SCHEMA_VERSION)

    for number in range(99):  # and the pen's own
        register(number)
    with pytest.raises(DeviceRefused, match="no more new devices"):
        register(99)


Forge = Callable[[Push], Push]


@pytest.mark.parametrize(
    "forge",
    [
        lambda push: replace(push, from_seq=3),
        lambda push: replace(push, from_seq=-1),
        lambda push: replace(push, prefix_chain="00" * 32),
        lambda push: linked(push, replace(push.ops[0], seq=2)),
        lambda push: linked(push, replace(push.ops[0], seq=-(1 << 62))),
        lambda push: linked(push, replace(push.ops[0], hlc=1 << 70)),
        lambda push: linked(push, replace(push.ops[0], digest="xyz")),
        lambda push: replace(push, transactions=()),
    ],
)
def test_a_batch_out_of_line_changes_nothing(pen: Pen, centre: RealCentre, forge: Forge) -> None:
    pen.write(pen.insert("lead", "", **lead_values("x"))[1])
    with pytest.raises((SfaError, psycopg.Error)):
        pen.transport.push(forge(pen.batch()))
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (0,)


def test_an_old_push_sent_again_changes_nothing(pen: Pen, centre: RealCentre) -> None:
    row_id, op = pen.insert("lead", "", **lead_values("first"))
    pen.write(op)
    old = pen.batch()
    pen.push()
    assert pen.says(pen.update("lead", row_id, name="second")) is Outcome.APPLIED
    pen.transport.push(old)
    row = get(centre.connection, "lead", row_id)
    assert row is not None
    assert row["name"] == "second"


def test_an_op_id_of_somebody_else_changes_nothing(ann: Pen, pen: Pen, centre: RealCentre) -> None:
    shared = account(ann, ANN)
    centre.edit(
        [("account_collaborator", ann.new_id(), {"account_id": shared, "user_id": BOB, "access": "write"})],
        author=ADMIN,
    )
    known = next(entry for entry in ann.pull().entries if isinstance(entry, OpEntry))
    pen.write({**pen.update("account", shared, name="Forged"), "op_id": known.op_id})
    pen.push()
    row = get(centre.connection, "account", shared)
    assert row is not None
    assert row["name"] == "Acme"
