"""The rules of merging, one by one."""

from __future__ import annotations

from sfa import clock
from sfa.sync.merge import conflict_id
from sfa.sync.merged import TOMBSTONE, Merged, MergeOp, Raised
from sfa.sync.protocol import Changes
from sfa.terms import ConflictKind, OpKind
from tests.sync.merging import ROW, Log, edit, made

DEAL: dict[str, str | int | None] = {"name": "Press", "amount_minor": 100, "currency": "USD"}
ACCOUNT: dict[str, str | int | None] = {"name": "Acme", "industry": "Steel", "notes": "calls back"}
DAY = "2026-11-22T08:00:00.000Z"


def a_log(table: str = "deal", **values: str | int | None) -> Log:
    log = Log()
    made(log, table, values or DEAL)
    log.listen("a", "b", "c")
    return log


def only(merged: Merged) -> Raised:
    (found,) = merged.conflicts
    return found


def an_op(
    op_id: str, table: str, kind: OpKind, at: int, changes: Changes | None, row_id: str = ROW
) -> MergeOp:
    return MergeOp(op_id, table, row_id, kind, at << 16, at << 16, op_id[0], f"user-{op_id[0]}", changes)


def test_different_columns_of_a_row_never_meet() -> None:
    log = a_log()
    assert edit(log, "deal", "a1", 5, notes="theirs").took == ("notes",)
    merged = edit(log, "deal", "b1", 4, source="fair")
    assert (merged.values, merged.took, merged.conflicts) == ({"source": "fair"}, ("source",), ())


def test_the_later_clock_wins_and_the_loser_is_kept_with_author_and_time() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, notes="mine")
    merged = edit(log, "deal", "b1", 4, notes="ours")
    found = only(merged)
    assert merged.took == ()
    assert merged.values == {}
    assert (found.kept.op_id, found.kept.values, found.kept.author) == ("a1", {"notes": "mine"}, "user-a")
    assert (found.lost.op_id, found.lost.values, found.lost.clock) == ("b1", {"notes": "ours"}, 4 << 16)
    assert found.base == {"notes": None}
    assert found.id == conflict_id("deal", ROW, "notes", "a1", "b1")


def test_equal_clocks_are_decided_by_the_device() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, notes="mine")
    assert edit(log, "deal", "b1", 5, notes="ours").took == ("notes",)


def test_the_same_value_raises_nothing_and_the_later_clock_becomes_the_writer() -> None:
    log = a_log()
    edit(log, "deal", "b1", 5, notes="same")
    assert edit(log, "deal", "a1", 4, notes="same") == Merged()
    assert edit(log, "deal", "c1", 6, notes="same") == Merged(took=("notes",))


def test_what_the_centre_set_up_for_itself_counts_as_seen() -> None:
    log = Log()
    values: Changes = {"name": ["Standard"], "is_default": [1]}
    log.merge(an_op("centre", "pipeline", OpKind.INSERT, 1, values), is_set_up=True)
    change: Changes = {"name": ["Sales", "Standard", "own set-up"]}
    merged = log.merge(an_op("a1", "pipeline", OpKind.UPDATE, 2, change))
    assert (merged.took, merged.conflicts) == (("name",), ())


def test_a_group_is_taken_or_lost_as_one() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, amount_minor=90, currency="EUR")
    merged = edit(log, "deal", "b1", 4, amount_minor=200)
    assert merged.took == ()
    assert only(merged).lost.values == {"amount_minor": 200, "currency": "USD"}
    assert only(merged).kept.values == {"amount_minor": 90, "currency": "EUR"}


def test_a_winner_brings_the_rest_of_its_group_back_as_its_author_saw_it() -> None:
    log = a_log()
    edit(log, "deal", "a1", 4, amount_minor=90, currency="EUR")
    merged = edit(log, "deal", "b1", 5, amount_minor=200)
    assert (merged.values, merged.restored) == ({"amount_minor": 200}, {"currency": "USD"})
    row = log.rows["deal", ROW]
    assert (row.values["amount_minor"], row.values["currency"]) == (200, "USD")
    assert row.writer("currency") == "restored-b1"
    assert only(merged).base == {"amount_minor": 100, "currency": "USD"}


def test_two_columns_of_a_group_changed_apart_are_a_conflict() -> None:
    log = a_log()
    edit(log, "deal", "a1", 4, currency="EUR")
    merged = edit(log, "deal", "b1", 5, amount_minor=200)
    assert merged.restored == {"currency": "USD"}
    assert only(merged).lost.values == {"amount_minor": 100, "currency": "EUR"}


def test_a_group_changed_apart_in_knowledge_of_each_other_is_none() -> None:
    log = a_log()
    edit(log, "deal", "a1", 4, currency="EUR")
    log.listen("b")
    merged = edit(log, "deal", "b1", 3, amount_minor=200)
    assert (merged.restored, merged.conflicts) == ({}, ())


def test_what_was_seen_is_found_behind_several_unseen_ops() -> None:
    log = a_log()
    edit(log, "deal", "a1", 4, currency="EUR")
    edit(log, "deal", "a2", 5, base="a1", currency="JPY")
    assert edit(log, "deal", "b1", 6, amount_minor=200).restored == {"currency": "USD"}


def test_a_group_whose_history_was_erased_stays_as_it_is() -> None:
    log = a_log()
    log.ops["a1"] = log.ops["made"]
    edit(log, "deal", "a1", 4, currency="EUR")
    log.ops["a1"] = type(log.ops["a1"])("a1", OpKind.UPDATE, 4 << 16, "a", None, None)
    assert edit(log, "deal", "b1", 6, amount_minor=200).restored == {}


def test_an_edit_that_builds_on_the_loser_carries_its_conflict_on() -> None:
    log = a_log()
    edit(log, "deal", "a1", 9, notes="mine")
    first = only(edit(log, "deal", "b1", 4, notes="ours"))
    second = only(edit(log, "deal", "b2", 5, base="b1", notes="ours, longer"))
    assert (second.id, second.is_new, second.lost.op_id) == (first.id, False, "b2")
    assert second.base == {"notes": None}
    third = only(edit(log, "deal", "b3", 12, base="b2", notes="ours after all"))
    assert (third.id, third.kept.op_id, third.lost.op_id) == (first.id, "b3", "a1")
    assert len(log.conflicts) == 1


def test_an_open_conflict_of_another_column_is_left_alone() -> None:
    log = a_log()
    edit(log, "deal", "a1", 9, notes="mine", source="fair")
    edit(log, "deal", "b1", 4, notes="ours")
    found = only(edit(log, "deal", "b2", 5, source="call"))
    assert found.is_new
    assert len(log.conflicts) == 2


def test_a_second_maker_contradicts_values_but_not_the_birth_of_a_row() -> None:
    log = a_log("account", **ACCOUNT, created_at=DAY, created_by="user-a")
    values: Changes = {
        "name": ["Acme Ltd"],
        "industry": ["Steel"],
        "created_at": ["2026-11-23T08:00:00.000Z"],
    }
    merged = log.merge(an_op("b1", "account", OpKind.INSERT, 5, values))
    assert {each.unit for each in merged.conflicts} == {"name", "notes"}
    assert merged.values == {"name": "Acme Ltd", "notes": None}
    assert "created_at" not in merged.took
    assert "industry" in merged.took


def test_the_base_of_an_insertion_that_loses_later_is_nothing() -> None:
    log = Log()
    made(log, "account", ACCOUNT)
    values: Changes = {"name": ["Acme Ltd"], "industry": ["Steel"], "notes": ["calls back"]}
    assert only(log.merge(an_op("b1", "account", OpKind.INSERT, 5, values))).base == {"name": None}


def test_a_row_removed_past_the_services_is_a_tombstone_of_the_ops_instant() -> None:
    log = a_log("tag", noun="account", record_id=ROW, name="key")
    merged = log.merge(an_op("a1", "tag", OpKind.DELETE, 1_000, {"name": [None, "key", "made"]}))
    assert merged.values == {"deleted_at": "1970-01-01T00:00:01.000Z"}
    log = a_log("tag", noun="account", record_id=ROW, name="key")
    removal: Changes = {"name": [None, "key", "made"], "deleted_at": [None, None, "made"]}
    assert log.merge(an_op("a1", "tag", OpKind.DELETE, 1_000, removal)).took == ("deleted_at",)


def test_two_who_delete_do_not_contradict_each_other() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, deleted_at=DAY)
    merged = edit(log, "deal", "b1", 6, deleted_at="2026-11-23T08:00:00.000Z")
    assert (merged.took, merged.conflicts) == (("deleted_at",), ())


def test_a_tombstone_takes_edits_and_raises_one_conflict_for_them() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, deleted_at=DAY)
    merged = edit(log, "deal", "b1", 4, notes="one more thing")
    found = only(merged)
    assert (merged.took, found.kind) == (("notes",), ConflictKind.EDITED_WHILE_DELETED)
    assert (found.kept.op_id, found.kept.values) == ("a1", {"deleted_at": DAY})
    assert (found.lost.op_id, found.lost.values, found.base) == (
        "b1",
        {"notes": "one more thing"},
        {"notes": None},
    )
    assert edit(log, "deal", "c1", 4, source="fair").conflicts == ()


def test_an_edit_below_ones_own_deletion_is_no_conflict() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, deleted_at=DAY)
    assert edit(log, "deal", "a2", 6, notes="gone").conflicts == ()


def test_reviving_is_no_edit_of_a_tombstone() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, deleted_at=DAY)
    log.listen("b")
    merged = edit(log, "deal", "b1", 6, base="a1", deleted_at=None)
    assert (merged.values, merged.conflicts) == ({"deleted_at": None}, ())


def test_a_deletion_raises_the_edits_it_did_not_know_of() -> None:
    log = a_log()
    edit(log, "deal", "a1", 5, notes="one more thing")
    edit(log, "deal", "c1", 6, source="fair")
    found = only(edit(log, "deal", "b1", 9, deleted_at=DAY))
    assert found.kind is ConflictKind.EDITED_WHILE_DELETED
    assert (found.kept.op_id, found.lost.op_id) == ("b1", "c1")
    assert found.lost.values == {"notes": "one more thing", "source": "fair"}
    assert edit(a_log(), "deal", "b1", 9, deleted_at=DAY).conflicts == ()


def test_a_child_below_a_tombstone_is_stored_and_raised_on_its_parent() -> None:
    log = a_log("account", **ACCOUNT)
    edit(log, "account", "a1", 5, deleted_at=DAY)
    for count, table in enumerate(("phone", "deal")):
        child = f"01890000-0000-7000-8000-00000000001{count}"
        merged = log.merge(an_op(f"b{count}", table, OpKind.INSERT, 4, {"account_id": [ROW]}, child))
        assert merged.is_insert
        # One for each deletion, however many children come.
        assert [(each.table, each.row_id, each.lost.op_id) for each in merged.conflicts] == (
            [("account", ROW, "b0")] if count == 0 else []
        )
    assert not log.merge(an_op("a9", "phone", OpKind.INSERT, 4, {"account_id": [ROW]}, "x")).conflicts


def test_rows_of_a_log_are_only_added_and_tombstoned() -> None:
    log = a_log("comment", activity_id=ROW, body="seen")
    assert edit(log, "comment", "b1", 5, body="unseen").invalid
    assert edit(log, "comment", "b2", 5, deleted_at=DAY).took == ("deleted_at",)


def test_an_erasure_sets_the_persons_words_whoever_wrote_them() -> None:
    log = a_log("account", **ACCOUNT)
    edit(log, "account", "a1", 90, name="Acme & Sons", industry="Wire")
    left: Changes = {"name": ["[erased]"], "industry": ["Steel"]}
    merged = log.merge(an_op("b1", "account", OpKind.ERASE, 5, left))
    assert merged.values == {"name": "[erased]", "notes": None}
    assert merged.took == ("name", "short_name", "notes")
    assert log.rows["account", ROW].values["industry"] == "Wire"


def test_an_erased_value_is_buried_with_its_key() -> None:
    log = a_log("external_id", noun="lead", record_id=ROW, source="crm", key="ann@example.com")
    left: Changes = {"key": ["[erased]"], "deleted_at": [DAY], "source": ["crm"]}
    assert log.merge(an_op("b1", "external_id", OpKind.ERASE, 5, left)).values == {
        "key": "[erased]",
        "deleted_at": DAY,
    }


def test_words_that_come_after_the_erasure_are_not_taken_in() -> None:
    log = a_log("account", **ACCOUNT)
    log.merge(an_op("b1", "account", OpKind.ERASE, 5, {"name": ["[erased]"]}))
    merged = edit(log, "account", "c1", 9, name="Acme & Sons", industry="Wire")
    assert (merged.values, merged.blanked) == ({"industry": "Wire"}, frozenset({"name"}))
    assert not merged.conflicts
    assert edit(log, "account", "c2", 10, base="b1", name="Somebody new").took == ("name",)


def test_a_later_word_of_somebody_who_knew_does_not_let_older_ones_in() -> None:
    log = a_log("account", **ACCOUNT)
    log.merge(an_op("b1", "account", OpKind.ERASE, 5, {"name": ["[erased]"]}))
    edit(log, "account", "b2", 6, base="b1", name="Somebody new")
    unaware = edit(log, "account", "c1", 9, name="Acme & Sons")
    assert (unaware.values, unaware.blanked, unaware.conflicts) == ({}, frozenset({"name"}), ())
    # Built on a loser that knew of it: a conflict like any other.
    edit(log, "account", "d1", 4, base="b1", name="Somebody else")
    assert edit(log, "account", "d2", 10, base="d1", name="Somebody else & Co").took == ("name",)


def test_where_the_log_ends_an_erasure_that_was_heard_is_known() -> None:
    log = a_log("account", **ACCOUNT)
    log.merge(an_op("b1", "account", OpKind.ERASE, 5, {"name": ["[erased]"]}))
    assert edit(log, "account", "c1", 9, base="lost", name="Acme & Sons").blanked == {"name"}
    log.listen("c")
    assert edit(log, "account", "c2", 10, base="lost", name="Somebody new").took == ("name",)


def test_half_a_group_on_top_of_a_loser_keeps_the_half_that_only_the_loser_replaced() -> None:
    log = a_log()
    log.listen("a", "b", "c")
    edit(log, "deal", "b1", 9, amount_minor=200)
    edit(log, "deal", "a1", 5, amount_minor=300, currency="CNY")
    assert only(edit(log, "deal", "a2", 6, base="a1", amount_minor=400)).lost.values == {
        "amount_minor": 400,
        "currency": "CNY",
    }


def test_half_a_group_edited_on_top_of_anothers_loser_keeps_the_other_half_as_that_one_had_it() -> None:
    log = a_log()
    edit(log, "deal", "b1", 9, amount_minor=200, currency="EUR")
    edit(log, "deal", "a1", 5, amount_minor=300, currency="CNY")
    assert only(edit(log, "deal", "c1", 6, base="a1", currency="USD")).lost.values == {
        "amount_minor": 300,
        "currency": "USD",
    }


def test_an_op_whose_payload_was_erased_does_nothing() -> None:
    assert a_log().merge(an_op("b1", "deal", OpKind.UPDATE, 5, None)) == Merged()


def test_an_erasure_whose_payload_is_gone_erases_all_the_same() -> None:
    merged = a_log("account", **ACCOUNT).merge(an_op("b1", "account", OpKind.ERASE, 5, None))
    assert merged.said == {"name": ["[erased]"], "notes": [None]}
    assert merged.values == {"name": "[erased]", "notes": None}
    assert TOMBSTONE not in merged.took


def test_a_value_whose_erasure_lost_its_payload_is_buried_at_the_ops_reading() -> None:
    key: dict[str, str | int | None] = {"key": "Wang", "source": "crm"}
    merged = a_log("external_id", **key).merge(an_op("b1", "external_id", OpKind.ERASE, 5, None))
    at = clock.to_text(clock.hlc_instant(5 << 16))
    assert merged.said == {"key": ["[erased]"], TOMBSTONE: [at]}
    assert merged.values == {"key": "[erased]", TOMBSTONE: at}


def test_half_a_group_edited_on_top_of_ones_own_loser_brings_the_other_half_along() -> None:
    log = a_log()
    edit(log, "deal", "b1", 9, amount_minor=200, currency="EUR")
    edit(log, "deal", "a1", 5, amount_minor=300, currency="CNY")
    merged = edit(log, "deal", "a2", 12, base="a1", amount_minor=400)
    assert (merged.values, merged.restored) == ({"amount_minor": 400}, {"currency": "CNY"})
    assert only(merged).kept.values == {"amount_minor": 400, "currency": "CNY"}
    assert only(merged).lost.values == {"amount_minor": 200, "currency": "EUR"}
