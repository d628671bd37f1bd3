"""What a pull holds: gains, losses, what is withheld, echoes, pages; and what is compared."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sfa.fields import TABLES
from sfa.store.seed import DEFAULT_PIPELINE
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.protocol import (
    BroughtOp,
    Entry,
    ExitEntry,
    Hello,
    OpEntry,
    Outcome,
    Page,
    RowEntry,
    TxEntry,
    Value,
)
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB, CAT, COST, FIRST_STAGE, MANAGER, OTHER_MANAGER, PRODUCT
from tests.simulation.pens import START_MS, Pen, Ticking

FLAGS: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)


def put(centre: ModelCentre, table: str, row_id: str, **values: Value) -> None:
    assert centre.edit([(table, row_id, values)], author=ADMIN) == [True]


def ops(page: Page) -> list[OpEntry]:
    return [entry for entry in page.entries if isinstance(entry, OpEntry)]


def about(page: Page, kind: type[Entry]) -> list[tuple[str, str]]:
    return [
        (entry.table, entry.row_id)
        for entry in page.entries
        if isinstance(entry, kind) and not isinstance(entry, TxEntry)
    ]


def changes(op: OpEntry) -> dict[str, Any]:
    assert op.changes is not None
    return dict(json.loads(op.changes))


def test_a_change_comes_with_its_header_to_those_who_see_it_and_to_nobody_else(centre: ModelCentre) -> None:
    ann, boss, cat = Pen(centre, ANN), Pen(centre, MANAGER), Pen(centre, CAT)
    row_id = ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    page = boss.pull()
    assert [type(entry) for entry in page.entries] == [TxEntry, OpEntry]
    assert about(page, OpEntry) == [("lead", row_id)]
    assert ops(page)[0].salt is not None
    assert cat.pull().entries == ()
    assert cat.version == centre.state.version


def test_an_own_op_comes_back_without_what_the_device_has(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    (own,) = ops(ann.pull())
    assert (own.changes, own.salt, own.digest, own.took) == (None, None, None, None)


def test_another_device_of_the_same_user_gets_the_whole_op(centre: ModelCentre) -> None:
    ann, again = Pen(centre, ANN), Pen(centre, ANN)
    ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    assert changes(ops(again.pull())[0])["name"] == ["Wang"]


def test_what_was_read_through_an_alias_carries_no_digest(centre: ModelCentre) -> None:
    ann, boss = Pen(centre, ANN), Pen(centre, MANAGER)
    ann.author = ann.local_author
    ann.add("lead", name="Wang", owner_id=ann.local_author, status="new", pool_state="owned")
    (op,) = ops(boss.pull())
    assert (changes(op)["owner_id"], changes(op)["created_by"]) == ([ANN], [ANN])
    assert (op.salt, op.digest, op.author) == (None, None, ANN)


def test_a_handover_sends_the_whole_row_to_one_and_an_exit_to_the_other(centre: ModelCentre) -> None:
    ann, cat, boss = Pen(centre, ANN), Pen(centre, CAT), Pen(centre, MANAGER)
    row_id = ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    phone = ann.add("phone", lead_id=row_id, value="1", digits="1")
    for pen in (ann, cat, boss):
        pen.pull()
    put(centre, "lead", row_id, owner_id=CAT)
    gained, lost = cat.pull(), ann.pull()
    assert about(gained, RowEntry) == [("lead", row_id), ("phone", phone)]
    assert about(lost, ExitEntry) == [("lead", row_id)]
    assert ops(lost) == []
    assert about(boss.pull(), ExitEntry) == [("lead", row_id)]


def test_who_was_not_there_gets_no_exit(centre: ModelCentre) -> None:
    row_id = Pen(centre, ANN).add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    stranger = Pen(centre, CAT)
    put(centre, "lead", row_id, owner_id=BOB)
    assert stranger.pull().entries == ()


def test_a_row_is_fed_as_it_was_when_sight_was_gained(centre: ModelCentre) -> None:
    cat = Pen(centre, CAT)
    row_id = Pen(centre, ANN).add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    put(centre, "lead", row_id, owner_id=CAT)
    put(centre, "lead", row_id, notes="later")
    page = cat.pull()
    (row,) = [entry for entry in page.entries if isinstance(entry, RowEntry)]
    assert row.values["notes"] is None
    assert changes(ops(page)[-1])["notes"][0] == "later"


def test_a_reference_to_an_unseen_row_is_withheld_and_comes_with_sight(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    put(centre, "account", "par", owner_id=CAT, name="Parent")
    put(centre, "account", "chi", owner_id=ANN, name="Child", parent_id="par")
    (op,) = ops(ann.pull())
    assert changes(op)["parent_id"] == [None]
    assert op.salt is None
    put(centre, "account_collaborator", "col", account_id="par", user_id=ANN, access="read")
    page = ann.pull()
    rows = {entry.row_id: entry for entry in page.entries if isinstance(entry, RowEntry)}
    assert set(rows) == {"par", "chi", "col"}
    assert rows["chi"].values["parent_id"] == "par"


def test_a_row_that_moves_below_another_parent_is_sent_whole_with_what_hangs_on_it(
    centre: ModelCentre,
) -> None:
    for name, owner in (("old", ANN), ("new", CAT)):
        put(centre, "account", name, owner_id=owner, name=name)
    put(centre, "activity", "act", account_id="old", owner_id=ANN, kind="note", at="2026-11-22T00:00:00.000Z")
    put(centre, "comment", "com", activity_id="act", body="Good")
    ann, cat = Pen(centre, ANN), Pen(centre, CAT)
    put(centre, "activity", "act", account_id="new")
    page = cat.pull()
    assert about(page, RowEntry) == [("activity", "act"), ("comment", "com")]
    assert about(ann.pull(), ExitEntry) == [("activity", "act")]


def test_what_hung_on_an_unseen_row_is_left_out_until_it_moves(centre: ModelCentre) -> None:
    cat = Pen(centre, CAT)
    for name, owner in (("old", ANN), ("new", CAT)):
        put(centre, "account", name, owner_id=owner, name=name)
    put(centre, "activity", "act", account_id="old", owner_id=ANN, kind="note", at="2026-11-22T00:00:00.000Z")
    put(centre, "activity", "act", account_id="new")
    page = cat.pull()
    (moved,) = [op for op in ops(page) if op.row_id == "act"]
    assert changes(moved)["account_id"][:2] == ["new", None]
    assert ("activity", "act") in about(page, RowEntry)


def test_a_link_whose_other_end_is_lost_leaves_with_an_exit(centre: ModelCentre) -> None:
    put(centre, "account", "acc", owner_id=ANN, name="Acme")
    put(centre, "contact", "con", owner_id=CAT, name="Li")
    put(centre, "contact_account", "lin", contact_id="con", account_id="acc")
    ann = Pen(centre, ANN)
    put(centre, "contact_account", "lin", deleted_at="2026-11-22T00:00:00.000Z")
    assert set(about(ann.pull(), ExitEntry)) == {("contact", "con"), ("contact_account", "lin")}


def test_who_becomes_a_manager_gets_the_costs_and_loses_them_again(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    put(centre, "user", ANN, role="manager")
    assert about(ann.pull(), RowEntry) == [("product_cost", COST)]
    put(centre, "user", ANN, role="rep")
    assert about(ann.pull(), ExitEntry) == [("product_cost", COST)]


def test_a_deal_brings_its_account_and_contacts_and_a_tombstone_takes_them_away(centre: ModelCentre) -> None:
    put(centre, "account", "acc", owner_id=CAT, name="Acme")
    put(centre, "contact", "con", owner_id=CAT, name="Li")
    put(centre, "contact_account", "lin", contact_id="con", account_id="acc")
    ann = Pen(centre, ANN)
    stage: dict[str, Value] = {"pipeline_id": DEFAULT_PIPELINE, "stage_id": FIRST_STAGE, "owner_id": ANN}
    put(centre, "deal", "dea", name="Pumps", account_id="acc", **stage)
    page = ann.pull()
    assert set(about(page, RowEntry)) >= {("account", "acc"), ("contact", "con"), ("contact_account", "lin")}
    put(centre, "deal", "dea", deleted_at="2026-11-22T00:00:00.000Z")
    assert set(about(ann.pull(), ExitEntry)) >= {("account", "acc"), ("contact", "con")}


def test_a_new_manager_gains_what_those_below_see(centre: ModelCentre) -> None:
    row_id = Pen(centre, ANN).add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    moe = Pen(centre, OTHER_MANAGER)
    put(centre, "user", ANN, manager_id=OTHER_MANAGER)
    assert about(moe.pull(), RowEntry) == [("lead", row_id)]


def test_a_page_ends_only_between_central_transactions(centre: ModelCentre) -> None:
    boss, ann = Pen(centre, MANAGER), Pen(centre, ANN)
    for _ in range(3):
        found = [
            ann.insert("lead", name="x", owner_id=ANN, status="new", pool_state="owned")[1] for _ in range(4)
        ]
        ann.write(*found)
        ann.push()
    pages: list[Page] = []
    while not pages or pages[-1].more:
        pages.append(boss.pull(limit=6))
    assert [len(page.entries) for page in pages] == [5, 5, 5]
    assert pages[-1].version == centre.state.version


def test_a_lost_value_is_not_among_those_that_were_taken(centre: ModelCentre) -> None:
    ann, boss = Pen(centre, ANN), Pen(centre, MANAGER)
    row_id = ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    before = centre.state.row("lead", row_id)
    boss.clock_ms = START_MS + 10
    ann.write(ann.update("lead", row_id, base=before, notes="early", company="Acme"))
    assert boss.says(boss.update("lead", row_id, notes="late")) is Outcome.APPLIED
    answer = ann.push()
    (differs,) = answer.differs
    assert differs.columns is not None
    assert {name: value for name, (value, _) in differs.columns.items()} == {"notes": "late"}
    (own,) = [op for op in ops(ann.pull()) if op.device == ann.device and op.kind == "update"]
    assert own.took == ("company",)
    (conflict,) = centre.state.tables["conflict"].values()
    assert json.loads(str(conflict.values["lost"])) == {"notes": "early"}


# ---- comparing


def test_a_digest_is_the_md5_of_the_text_that_the_page_describes(centre: ModelCentre) -> None:
    row = centre.state.tables["team"]
    row_id, found = next(iter(row.items()))
    names = [column.name for column in TABLES["team"].captured() if column.name != "deleted_at"]
    text = f"{len(row_id)}:{row_id}" + "".join(
        "-" if found.values[name] is None else f"{len(str(found.values[name]))}:{found.values[name]}"
        for name in names
    )
    expected = int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:15], 16)
    ann = Pen(centre, ANN)
    assert ann.transport.row_digests("team")[row_id] == expected
    (digest,) = [each for each in ann.transport.digests().tables if each.table == "team"]
    assert (digest.count, digest.total) == (2, sum(ann.transport.row_digests("team").values()) % 2**60)


def test_digests_count_a_withheld_reference_as_empty_and_leave_tombstones_out(centre: ModelCentre) -> None:
    put(centre, "account", "par", owner_id=CAT, name="Parent")
    put(centre, "account", "chi", owner_id=ANN, name="Child", parent_id="par")
    with_parent = Pen(centre, ANN).transport.row_digests("account")
    put(centre, "account", "chi", parent_id=None)
    assert Pen(centre, ANN).transport.row_digests("account") == with_parent
    put(centre, "account", "chi", deleted_at="2026-11-22T00:00:00.000Z")
    assert Pen(centre, ANN).transport.row_digests("account") == {}


def test_a_snapshot_and_rows_hold_what_may_be_seen_with_tombstones(centre: ModelCentre) -> None:
    put(centre, "account", "mine", owner_id=ANN, name="Mine")
    put(centre, "account", "gone", owner_id=ANN, name="Gone", deleted_at="2026-11-22T00:00:00.000Z")
    put(centre, "account", "other", owner_id=CAT, name="Other")
    transport = Pen(centre, ANN).transport
    found = {(row.table, row.row_id) for row in transport.snapshot().rows}
    assert {("account", "mine"), ("account", "gone"), ("product", PRODUCT)} <= found
    assert not {("account", "other"), ("product_cost", COST)} & found
    assert [row.row_id for row in transport.rows("account", ["mine", "other", "none"])] == ["mine"]


def test_history_tells_the_ops_of_a_row_one_sees(centre: ModelCentre) -> None:
    put(centre, "account", "mine", owner_id=ANN, name="Mine")
    put(centre, "account", "mine", notes="x")
    assert [type(entry) for entry in Pen(centre, ANN).transport.history("account", "mine")] == [
        TxEntry,
        OpEntry,
        TxEntry,
        OpEntry,
    ]
    assert Pen(centre, CAT).transport.history("account", "mine") == ()


# ---- epochs


def test_a_restored_centre_knows_no_later_cursor_and_takes_lost_ops_back(
    centre: ModelCentre, ticking: Ticking
) -> None:
    del ticking
    ann, boss = Pen(centre, ANN), Pen(centre, MANAGER)
    backup = centre.backup()
    row_id = ann.add("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    page = boss.pull()
    hello = Hello(boss.device, 0, 0, "", centre.epoch, page.version, page.batch, START_MS, SCHEMA_VERSION)
    assert boss.transport.hello(hello).knows_cursor
    epoch = centre.epoch
    centre.restore(backup)
    welcome = boss.transport.hello(hello)
    assert (welcome.knows_cursor, welcome.in_recovery, welcome.epoch == epoch) == (False, True, False)
    headers = [entry for entry in page.entries if isinstance(entry, TxEntry)]
    (op,) = ops(page)
    assert op.changes is not None
    assert op.salt is not None
    assert op.digest is not None
    brought = BroughtOp(
        op.op_id, op.tx_id, op.hlc, op.kind, op.table, op.row_id, op.changes, op.salt, op.digest, op.author,
        op.device, op.schema_version,
    )  # fmt: skip
    assert boss.transport.bring_back(headers, [brought]) == 1
    assert boss.transport.bring_back(headers, [brought]) == 0
    assert centre.state.row("lead", row_id) is not None
    answer = ann.transport.push(ann.batch_from_start())
    assert answer.outcomes[0].outcome is Outcome.APPLIED
