"""What a push leaves at the real centre: conflicts, erasures, aliases, and what comes back after a loss."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sfa.sync.merge import conflict_id
from sfa.sync.protocol import BroughtOp, OpEntry, Outcome, TxEntry, Value
from sfa.terms import OpKind
from tests.simulation import pens
from tests.simulation.company import ADMIN, ANN, BOB, MANAGER
from tests.simulation.pens import START_MS, Pen
from tests.sync.centre.real_centre import RealCentre

FLAGS: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)
ACCOUNT: dict[str, Value] = {
    "name": "Acme",
    "kind": "end-customer",
    "tier": "key",
    "pool_state": "owned",
    "notes": "calls back",
    **FLAGS,
}


@pytest.fixture
def centre(company: RealCentre, monkeypatch: pytest.MonkeyPatch) -> RealCentre:
    monkeypatch.setattr(pens, "ModelTransport", RealCentre.transport)
    return company


def a_pen(centre: Any, user: str) -> Pen:
    return Pen(centre, user)


def conflicts(centre: RealCentre) -> list[Any]:
    return [centre.state.tables["conflict"][one] for one in centre.state.tables["conflict"]]


def fed(centre: RealCentre, kind: str, table: str) -> int:
    row = centre.connection.execute(
        "SELECT count(*) FROM hub.feed WHERE kind = %s AND tbl = %s", [kind, table]
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_concurrent_overwrite_leaves_one_conflict_with_both_sides(centre: RealCentre) -> None:
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    seen = centre.state.row("account", row_id)
    ann.clock_ms = START_MS + 10
    assert ann.says(ann.update("account", row_id, base=seen, notes="mine")) is Outcome.APPLIED  # type: ignore[arg-type]
    late = manager.update("account", row_id, base=seen, notes="ours")  # type: ignore[arg-type]
    manager.write(late)
    answer = manager.push()
    (found,) = conflicts(centre)
    assert (found.values["kept"], found.values["lost"]) == ('{"notes": "mine"}', '{"notes": "ours"}')
    assert (found.values["kept_author_id"], found.values["lost_author_id"]) == (ANN, MANAGER)
    assert found.values["lost_at"] < found.values["kept_at"]
    now = centre.state.tables["account"][row_id]
    assert now.values["notes"] == "mine"
    (differs,) = answer.differs
    assert differs.columns == {"notes": ("mine", now.writer("notes"))}
    kept, lost = str(found.values["kept_op"]), str(found.values["lost_op"])
    assert list(centre.state.tables["conflict"]) == [conflict_id("account", row_id, "notes", kept, lost)]
    assert fed(centre, "op", "conflict") == 1


def test_an_edit_in_knowledge_of_the_other_leaves_none_whatever_the_clocks_say(centre: RealCentre) -> None:
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    ann.clock_ms = START_MS + 10
    ann.says(ann.update("account", row_id, notes="mine"))
    manager.clock_ms = 1_000
    assert manager.says(manager.update("account", row_id, notes="ours")) is Outcome.APPLIED
    assert conflicts(centre) == []
    assert centre.state.tables["account"][row_id].values["notes"] == "ours"


def test_a_clock_years_ahead_is_clamped_and_the_device_flagged(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    ann.clock_ms = 4_000_000_000_000
    ann.add("account", owner_id=ANN, **ACCOUNT)
    row = centre.connection.execute(
        "SELECT o.clock < o.hlc, d.clock_ahead_ms > 1000000 FROM hub.op AS o"
        " JOIN hub.device AS d ON d.id = o.device WHERE d.id = %s",
        [ann.device],
    ).fetchone()
    assert row == (True, True)


def test_a_losing_group_is_left_whole_and_a_winning_one_restored(centre: RealCentre) -> None:
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    product: dict[str, Value] = {
        "name": "Pump",
        "status": "active",
        "unit_price_micros": 5,
        "currency": "USD",
    }
    row_id = ann.add("product", **product)
    seen = centre.state.row("product", row_id)
    ann.says(ann.update("product", row_id, base=seen, unit_price_micros=4, currency="EUR"))  # type: ignore[arg-type]
    manager.clock_ms = START_MS + 10
    manager.says(manager.update("product", row_id, base=seen, unit_price_micros=9))  # type: ignore[arg-type]
    values = centre.state.tables["product"][row_id].values
    assert (values["unit_price_micros"], values["currency"]) == (9, "USD")
    assert (
        fed(centre, "op", "product") == 5
    )  # set-up, made, changed twice; the currency put back by the centre
    assert len(conflicts(centre)) == 1


def test_who_builds_on_anothers_loser_keeps_what_that_one_said_beside_it(centre: RealCentre) -> None:
    ann, manager, other = (a_pen(centre, user) for user in (ANN, MANAGER, MANAGER))
    row_id = ann.add("product", name="Pump", status="active", unit_price_micros=5, currency="USD")
    seen: Any = centre.state.row("product", row_id)
    ann.clock_ms = START_MS + 10
    ann.says(ann.update("product", row_id, base=seen, unit_price_micros=9, currency="EUR"))
    loser = manager.new_id()
    manager.says(
        {
            **manager.update("product", row_id, base=seen, unit_price_micros=4, currency="CNY"),
            "op_id": loser,
        }
    )
    built: dict[str, Any] = {"kind": OpKind.UPDATE, "table": "product", "row_id": row_id}
    other.says({**built, "changes": {"currency": ["GBP", "CNY", loser]}})
    (conflict,) = conflicts(centre)
    assert json.loads(str(conflict.values["lost"])) == {"unit_price_micros": 4, "currency": "GBP"}


def erasing(row_id: str) -> dict[str, Any]:
    left = {"name": ["[erased]"], "kind": ["end-customer"], "tier": ["key"], "pool_state": ["owned"]}
    return {"kind": OpKind.ERASE, "table": "account", "row_id": row_id, "changes": left}


def test_no_word_of_an_erased_person_is_left_at_the_centre(centre: RealCentre) -> None:
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    seen = centre.state.row("account", row_id)
    ann.says(ann.update("account", row_id, base=seen, notes="Wang mine"))  # type: ignore[arg-type]
    manager.says(manager.update("account", row_id, base=seen, notes="Wang ours"))  # type: ignore[arg-type]
    assert ann.says(erasing(row_id)) is Outcome.APPLIED
    slow = manager.update("account", row_id, base=seen, name="Wang & Sons", industry="Steel")  # type: ignore[arg-type]
    manager.write(slow, label="Wang & Sons")
    held = manager.update("account", row_id, base=seen, name="Wang's", kind="unknown")  # type: ignore[arg-type]
    manager.write(held, label="Wang's")
    assert [each.outcome for each in manager.push().outcomes] == [Outcome.APPLIED, Outcome.QUARANTINED]
    values = centre.state.tables["account"][row_id].values
    assert (values["name"], values["notes"], values["industry"]) == ("[erased]", None, "Steel")
    for table in ("hub.op", "hub.feed", "hub.tx", "sfa.conflict", "sfa.account"):
        row = centre.connection.execute(
            f"SELECT count(*) FROM {table} AS t WHERE to_jsonb(t)::text ~ 'Wang|Acme'"
        ).fetchone()
        assert row == (0,), table


def test_what_hangs_on_an_erased_person_is_not_called_by_their_name(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    other = ann.add("account", owner_id=ANN, **ACCOUNT)
    for owner in (row_id, other):
        phone = ann.insert("phone", account_id=owner, value="555", digits="555")[1]
        ann.write(phone, label="Acme", noun="phone")
    ann.push()
    assert ann.says(erasing(row_id)) is Outcome.APPLIED
    found = centre.connection.execute(
        "SELECT arguments FROM hub.tx WHERE arguments ~ 'label' ORDER BY first_seq"
    )
    assert [json.loads(row[0]) for row in found.fetchall()] == [
        {"label": "[erased]", "noun": "phone"},
        {"label": "Acme", "noun": "phone"},  # nothing says that it is this one
    ]


def test_what_was_to_decide_about_an_erased_person_is_empty_and_takes_what_builds_on_it(
    centre: RealCentre,
) -> None:
    ann, bob, manager = a_pen(centre, ANN), a_pen(centre, BOB), a_pen(centre, MANAGER)
    row_id = ann.add("account", owner_id=None, **ACCOUNT)
    seen = centre.state.row("account", row_id)
    ann.says(ann.update("account", row_id, base=seen, notes="Wang mine"))  # type: ignore[arg-type]
    manager.says(manager.update("account", row_id, base=seen, notes="Wang ours"))  # type: ignore[arg-type]
    asked = bob.update("account", row_id, owner_id=BOB, notes="Wang his")
    asked["op_id"] = bob.new_id()
    assert bob.says(asked) is Outcome.PROPOSAL
    assert ann.says(erasing(row_id)) is Outcome.APPLIED
    (conflict,) = conflicts(centre)
    assert [conflict.values[side] for side in ("kept", "lost", "base")] == ["{}", "{}", "{}"]
    (proposal_id,) = centre.state.tables["proposal"]
    proposal = centre.state.tables["proposal"][proposal_id].values
    assert (proposal["arguments"], proposal["ops"]) == ("{}", "[]")

    later = bob.update("account", row_id, owner_id=ANN)
    later["changes"]["owner_id"] = [ANN, BOB, asked["op_id"]]
    assert bob.says(later) is Outcome.PROPOSAL
    held = json.loads(str(centre.state.tables["proposal"][proposal_id].values["ops"]))
    assert [each["changes"]["owner_id"][0] for each in held] == [ANN]


def test_an_erasure_of_what_was_refused_goes_through_and_makes_nothing(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    kept = ann.add("account", owner_id=ANN, **ACCOUNT)
    refused, op = ann.insert("account", "", owner_id=BOB, **ACCOUNT)
    assert ann.says(op) is Outcome.PROPOSAL
    assert ann.says(erasing(kept), erasing(refused)) is Outcome.APPLIED
    assert centre.state.tables["account"][kept].values["name"] == "[erased]"
    assert centre.state.row("account", refused) is None
    (proposal_id,) = centre.state.tables["proposal"]
    assert centre.state.tables["proposal"][proposal_id].values["ops"] == "[]"
    row = centre.connection.execute("SELECT count(*) FROM hub.op WHERE changes ~ 'Acme'").fetchone()
    assert row == (0,)


def test_what_an_alias_changed_is_told_back(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    ann.author = ann.local_author
    _, op = ann.insert("account", "", owner_id=ann.local_author, **ACCOUNT)
    ann.write(op)
    (differs,) = ann.push().differs
    assert differs.columns is not None
    assert {name: pair[0] for name, pair in differs.columns.items()} == {"owner_id": ANN, "created_by": ANN}


def test_a_later_batch_shares_the_fate_of_an_earlier_one(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    row_id, op = ann.insert("account", "", owner_id=BOB, **ACCOUNT)
    ann.write(op)
    first = ann.push().outcomes[0]
    assert first.outcome is Outcome.PROPOSAL
    ann.write(ann.insert("phone", account_id=row_id, value="1", digits="1")[1])
    assert ann.push().outcomes[0].proposal_id == first.proposal_id
    held = json.loads(str(centre.state.tables["proposal"][str(first.proposal_id)].values["ops"]))
    assert [each["table"] for each in held] == ["account", "phone"]


def test_every_transaction_of_a_batch_has_its_own_outcome(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    good, bad = ann.insert("account", "", owner_id=ANN, **ACCOUNT), ann.insert("account", "", name=" ")
    for _, op in (good, bad):
        ann.write(op)
    outcomes = [each.outcome for each in ann.push().outcomes]
    assert outcomes == [Outcome.APPLIED, Outcome.QUARANTINED]
    assert centre.state.row("account", bad[0]) is None
    row = centre.connection.execute("SELECT count(*) FROM hub.op WHERE row_id = %s", [bad[0]]).fetchone()
    assert row == (1,)  # nothing that was acknowledged is gone


def test_nobody_but_the_centre_makes_proposals_and_conflicts(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    _, op = ann.insert("account", "", owner_id=BOB, **ACCOUNT)
    ann.write(op)
    made = str(ann.push().outcomes[0].proposal_id)
    assert ann.reason(ann.update("proposal", made, recipient_id=ANN)) == "invalid"
    assert ann.reason(ann.update("proposal", made, ops="[]")) == "invalid"


def brought(pen: Pen, tx: int = 0) -> tuple[TxEntry, tuple[BroughtOp, ...]]:
    push = pen.batch_from_start()
    header = push.transactions[tx]
    entry = TxEntry(
        header.tx_id, header.kind, header.name, header.arguments, pen.user, pen.device, header.at, None
    )
    return entry, tuple(
        BroughtOp(
            op.op_id, op.tx_id, op.hlc, op.kind, op.table, op.row_id, str(op.changes), str(op.salt),
            op.digest, pen.user, pen.device, op.schema_version,
        )
        for op in push.ops
        if op.tx_id == header.tx_id
    )  # fmt: skip


def test_what_was_lost_is_brought_back_once_and_not_merged_again_when_its_device_comes(
    centre: RealCentre,
) -> None:
    centre.connection.execute("UPDATE hub.epoch_mark SET recovery_until = now() + interval '1 day'")
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    row_id, op = ann.insert("account", "", owner_id=ANN, **ACCOUNT)
    ann.write(op)
    entry, ops = brought(ann)
    forged = tuple(replace(each, changes=each.changes.replace("Acme", "Evil")) for each in ops)
    assert manager.transport.bring_back([entry], forged) == 0
    assert manager.transport.bring_back([entry], ops) == 1
    assert manager.transport.bring_back([entry], ops) == 0
    assert centre.state.tables["account"][row_id].maker == ops[0].op_id
    assert ann.push().outcomes[0].outcome is Outcome.APPLIED
    assert fed(centre, "op", "account") == 1
    assert ann.says(ann.update("account", row_id, notes="again")) is Outcome.APPLIED


def test_what_is_brought_back_of_a_device_comes_whole_to_a_copy_that_goes_on_under_its_name(
    centre: RealCentre,
) -> None:
    centre.connection.execute("UPDATE hub.epoch_mark SET recovery_until = now() + interval '1 day'")
    lost, copy, manager = a_pen(centre, ANN), a_pen(centre, ANN), a_pen(centre, MANAGER)
    copy.device = lost.device
    _, op = lost.insert("account", "", owner_id=ANN, **ACCOUNT)
    lost.write(op)
    entry, ops = brought(lost)
    mine = copy.add("account", owner_id=ANN, **ACCOUNT)
    assert manager.transport.bring_back([entry], ops) == 1
    told = {
        each.row_id: each.changes
        for each in copy.pull().entries
        if isinstance(each, OpEntry) and each.device == lost.device
    }
    assert told == {mine: None, ops[0].row_id: ops[0].changes}


def test_nobody_brings_back_more_than_they_may_do_themselves(centre: RealCentre) -> None:
    centre.connection.execute("UPDATE hub.epoch_mark SET recovery_until = now() + interval '1 day'")
    admin, ann = a_pen(centre, ADMIN), a_pen(centre, ANN)
    admin.write(admin.update("user", ANN, role="admin"))
    entry, ops = brought(admin)
    assert ann.transport.bring_back([entry], ops) == 0
    assert centre.state.tables["user"][ANN].values["role"] == "rep"
    assert admin.push().outcomes[0].outcome is Outcome.APPLIED
    assert centre.state.tables["user"][ANN].values["role"] == "admin"


def test_nothing_is_brought_back_to_a_centre_that_lost_nothing(centre: RealCentre) -> None:
    ann = a_pen(centre, ANN)
    with pytest.raises(Exception, match="not a user of the centre"):
        ann.transport.bring_back([], [])


def test_what_is_brought_back_about_an_erased_person_is_not_called_by_their_name(centre: RealCentre) -> None:
    centre.connection.execute("UPDATE hub.epoch_mark SET recovery_until = now() + interval '1 day'")
    ann, manager = a_pen(centre, ANN), a_pen(centre, MANAGER)
    row_id = ann.add("account", owner_id=ANN, **ACCOUNT)
    manager.write(manager.update("account", row_id, industry="Steel"), noun="account", label="Wang & Sons")
    assert ann.says(erasing(row_id)) is Outcome.APPLIED
    entry, ops = brought(manager)
    assert ann.transport.bring_back([entry], ops) == 1
    row = centre.connection.execute("SELECT arguments FROM hub.tx WHERE tx_id = %s", [entry.tx_id]).fetchone()
    assert row is not None
    assert json.loads(row[0]) == {"noun": "account", "label": "[erased]"}
