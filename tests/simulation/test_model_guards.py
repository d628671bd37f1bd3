"""Guards of the centre that no schedule makes indispensable: each is asked for by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfa import clock
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.errors import Forked
from sfa.sync.protocol import BroughtOp, Hello, OpEntry, Outcome, RowEntry, TxEntry
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB, MANAGER
from tests.simulation.pens import START_MS, Pen

YEAR_MS = 365 * 86_400_000


def written(centre: ModelCentre, *names: str) -> Pen:
    """Return a pen with a lead in its log for each name, a transaction each, nothing pushed."""
    pen = Pen(centre, ANN)
    for name in names:
        pen.write(pen.insert("lead", name=name, status="new", pool_state="owned")[1])
    return pen


def test_a_batch_on_top_of_another_log_is_a_fork(centre: ModelCentre) -> None:
    pen = written(centre, "a", "b")
    whole = pen.batch()
    pen.push(upto=1)
    second = replace(whole, from_seq=2, transactions=whole.transactions[1:], ops=whole.ops[1:])
    with pytest.raises(Forked):
        pen.transport.push(replace(second, prefix_chain="11" * 32))
    assert len(centre.state.devices[pen.device].log) == 1


def test_another_op_under_a_number_that_is_there_is_a_fork(centre: ModelCentre) -> None:
    pen = written(centre, "a")
    batch = pen.batch()
    pen.push()
    other = replace(batch.ops[0], op_id=pen.new_id())
    with pytest.raises(Forked):
        pen.transport.push(replace(batch, ops=(other,)))


def test_a_clock_a_year_ahead_is_clamped_and_the_device_flagged(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.clock_ms = START_MS + YEAR_MS
    row_id = pen.add("lead", name="Wang", status="new", pool_state="owned")
    maker = centre.state.ops[str(centre.state.tables["lead"][row_id].maker)]
    assert maker.hlc >> clock.HLC_COUNTER_BITS == START_MS + YEAR_MS
    assert maker.clock >> clock.HLC_COUNTER_BITS == START_MS
    assert centre.state.devices[pen.device].is_clock_wrong


def test_a_number_that_the_centre_has_given_anew_is_no_known_cursor(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    backup = centre.backup()
    pen.add("lead", name="lost", status="new", pool_state="owned")
    page = pen.pull()
    hello = Hello(pen.device, 0, 0, "", centre.epoch, page.version, page.batch, START_MS, SCHEMA_VERSION)
    assert pen.transport.hello(hello).knows_cursor
    centre.restore(backup)
    other = Pen(centre, ANN)
    other.add("lead", name="new", status="new", pool_state="owned")
    assert centre.state.version == page.version
    assert not other.transport.hello(replace(hello, device=other.device)).knows_cursor


def test_what_became_of_a_transaction_stays_when_it_comes_again_and_would_be_allowed_now(
    centre: ModelCentre,
) -> None:
    pen = Pen(centre, ANN)
    row_id = pen.add("lead", name="Wang", status="new", pool_state="owned", owner_id=ANN)
    pen.write(pen.update("lead", row_id, owner_id=BOB))
    batch = pen.batch()
    first = pen.transport.push(batch)
    assert first.outcomes[0].outcome is Outcome.PROPOSAL
    centre.edit([("user", ANN, {"role": "admin"})], author=ADMIN)
    assert pen.transport.push(batch).outcomes == first.outcomes
    assert centre.state.tables["lead"][row_id].values["owner_id"] == ANN


def test_of_a_transaction_brought_back_in_part_only_the_rest_is_merged_when_its_device_comes(
    centre: ModelCentre,
) -> None:
    pen, boss = Pen(centre, ANN), Pen(centre, MANAGER)
    backup = centre.backup()
    tx = pen.write(*(pen.insert("lead", name=name, status="new", pool_state="owned")[1] for name in "ab"))
    op = pen.batch().ops[0]
    pen.push()
    centre.restore(backup)
    entry = TxEntry(tx.tx_id, tx.kind, tx.name, tx.arguments, ANN, pen.device, tx.at, None)
    brought = BroughtOp(
        op.op_id, op.tx_id, op.hlc, op.kind, op.table, op.row_id, str(op.changes), str(op.salt), op.digest,
        ANN, pen.device, op.schema_version,
    )  # fmt: skip
    assert boss.transport.bring_back([entry], [brought]) == 1
    pen.transport.push(pen.batch_from_start())
    merged = [op_id for central in centre.state.feed for op_id in central.ops]
    assert [merged.count(each.op_id) for each in pen.batch_from_start().ops] == [1, 1]


def brought_of(pen: Pen) -> tuple[TxEntry, BroughtOp]:
    """Return the only transaction of a pen as somebody else gives it back."""
    batch = pen.batch_from_start()
    (tx,), (op,) = batch.transactions, batch.ops
    entry = TxEntry(tx.tx_id, tx.kind, tx.name, tx.arguments, pen.user, pen.device, tx.at, None)
    return entry, BroughtOp(
        op.op_id, op.tx_id, op.hlc, op.kind, op.table, op.row_id, str(op.changes), str(op.salt), op.digest,
        pen.user, pen.device, op.schema_version,
    )  # fmt: skip


def test_nobody_brings_back_more_than_they_may_do_themselves(centre: ModelCentre) -> None:
    admin, ann = Pen(centre, ADMIN), Pen(centre, ANN)
    centre.in_recovery = True
    admin.write(admin.update("user", ANN, role="admin"))
    entry, op = brought_of(admin)
    assert ann.transport.bring_back([entry], [op]) == 0
    assert centre.state.tables["user"][ANN].values["role"] == "rep"
    assert admin.push().outcomes[0].outcome is Outcome.APPLIED
    assert centre.state.tables["user"][ANN].values["role"] == "admin"


def test_what_is_brought_back_is_its_authors_and_what_was_hashed(centre: ModelCentre) -> None:
    ann, boss = Pen(centre, ANN), Pen(centre, MANAGER)
    centre.in_recovery = True
    row_id, made = ann.insert("lead", name="Wang", status="new", pool_state="owned", owner_id=ANN)
    ann.write(made)
    entry, op = brought_of(ann)
    forged = replace(op, changes=op.changes.replace("Wang", "Evil"))
    assert boss.transport.bring_back([entry], [forged]) == 0
    assert boss.transport.bring_back([entry], [op]) == 1
    assert centre.state.tables["lead"][row_id].values["created_by"] == ANN
    assert centre.state.ops[op.op_id].author == ANN


def test_a_row_gained_and_lost_between_two_pulls_is_not_sent(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    row_id = ann.add("lead", name="Wang", status="new", pool_state="owned", owner_id=ANN)
    for owner in (BOB, ANN):
        centre.edit([("lead", row_id, {"owner_id": owner})], author=ADMIN)
    sent = [entry for entry in bob.pull().entries if isinstance(entry, RowEntry | OpEntry)]
    assert row_id not in {entry.row_id for entry in sent}
