"""The guards of a sync, each with the change of one place that removes it and what must notice.

Plain data. ``mutations.py`` makes the changes and asks; ``docs/sync-proof.md`` holds the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

DEVICE = "sfa/sync/device"
CENTRE = "tests/simulation/centre"
_OUTCOMES = "tests/simulation/test_model_outcomes.py"
_ERASURES = "tests/simulation/test_model_erasures.py"
_FEED = "tests/simulation/test_model_feed.py"
_GUARDS = "tests/simulation/test_model_guards.py"
_MERGE = "tests/sync/test_merge.py"
_PLAN = "tests/sync/test_plan.py"
_PIECES = "tests/sync/device/test_pieces.py"
_SYNCING = "tests/sync/device/test_syncing.py"
_BARE = "test_an_erasure_without_its_words_erases_at_a_centre_that_was_set_back_before_it"
_BETWEEN = "tests/sync/device/test_between.py"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One guard taken away: ``old`` stands once in the file and becomes ``new``.

    A ``test`` must fail then; without one, one of the first ``schedules`` of the simulator must.
    """

    name: str
    guard: str
    path: str
    old: str
    new: str
    test: str = ""
    schedules: int = 25


def _never(condition: str) -> tuple[str, str]:
    """Return the change that lets a condition never hold."""
    return f"if {condition}:", f"if False and ({condition}):"


def _always(condition: str) -> tuple[str, str]:
    return f"if {condition}:", f"if True or ({condition}):"


PLAN_AND_ENGINE = (
    Mutation(
        "fork-noticed", "a copy whose log is not ours becomes another device", "sfa/sync/plan.py",
        " if is_prefix else Fork()", "", f"{_PLAN}::test_other_ops_under_our_id_make_a_fork",
    ),
    Mutation(
        "fork-noticed-whole", "the same, asked of whole schedules", "sfa/sync/plan.py",
        " if is_prefix else Fork()", "",
    ),
    Mutation(
        "lost-ops-pushed-again", "what the centre no longer has is pushed again", "sfa/sync/plan.py",
        "InLine(min(hello.acked_seq, welcome.last_seq))", "InLine(hello.acked_seq)",
        f"{_PLAN}::test_a_centre_that_lost_ops_gets_them_again",
    ),
    Mutation(
        "missing-link", "a link the centre does not have is not common", "sfa/sync/plan.py",
        "theirs is not None and same_link", "theirs is None or same_link",
        f"{_PLAN}::test_a_link_the_centre_does_not_have_is_not_common",
    ),
    Mutation(
        "epoch-check", "another epoch asks for a comparison", "sfa/sync/plan.py",
        "hello.epoch != welcome.epoch or not welcome.knows_cursor", "not welcome.knows_cursor",
        f"{_PLAN}::test_another_epoch_or_an_unknown_cursor_asks_for_a_comparison",
    ),
    Mutation(
        "cursor-known", "an unknown cursor asks for a comparison", "sfa/sync/plan.py",
        "hello.epoch != welcome.epoch or not welcome.knows_cursor", "hello.epoch != welcome.epoch",
        f"{_PLAN}::test_another_epoch_or_an_unknown_cursor_asks_for_a_comparison",
    ),
    Mutation(
        "load-at-unknown-cursor", "who has a cursor the centre does not know loads anew",
        "sfa/sync/engine.py", *_always("self._welcome.knows_cursor"),
    ),
    Mutation(
        "bring-back", "others' ops are given back to a centre that lost them", "sfa/sync/engine.py",
        *_never("self._welcome.in_recovery"),
        f"{_SYNCING}::test_what_is_lost_with_a_centre_and_a_device_is_given_back_by_who_had_received_it",
    ),
    Mutation(
        "not-taken-asked", "another centre is asked what it did not take", "sfa/sync/engine.py",
        "            self._device.settle_anew(not_taken)\n", "            pass\n",
        f"{_BETWEEN}::test_who_was_told_once_hears_what_a_copy_was_told_by_the_centre_that_took_its_place",
    ),
    Mutation(
        "compare-after-fork", "who parts from a copy compares everything", "sfa/sync/engine.py",
        "if verify or self._device.owes_comparison:", "if verify:",
        f"{_BETWEEN}::test_a_restored_store_learns_that_words_of_a_change_it_shares_were_erased_before_it_was_sent",
    ),
    Mutation(
        "comparison-owed", "a comparison that was broken off is made at the next sync",
        "sfa/sync/device/facade.py",
        "state.put(self.connection, state.EPOCH, epoch)\n"
        '            state.put(self.connection, state.OWES_COMPARISON, "1")',
        "state.put(self.connection, state.EPOCH, epoch)",
        f"{_BETWEEN}::test_a_comparison_that_was_broken_off_is_owed",
    ),
    Mutation(
        "words-of-unshown", "what was taken later than it was answered, and is out of sight, leaves no words",
        "sfa/sync/device/facade.py", "                forget_unshown(self.connection)\n", "",
        "tests/sync/device/test_taken_later.py::test_its_words_leave_the_log_too",
    ),
)  # fmt: skip

MERGE = (
    Mutation(
        "base-check", "a value written in ignorance of the present one is a conflict",
        "sfa/sync/merge.py", *_always("not unit.unseen"),
        f"{_MERGE}::test_the_later_clock_wins_and_the_loser_is_kept_with_author_and_time",
    ),
    Mutation(
        "base-check-whole", "the same, asked of whole schedules",
        "sfa/sync/merge.py", *_always("not unit.unseen"),
    ),
    Mutation(
        "knowing-edit", "an edit made after seeing the value is no conflict", "sfa/sync/merge.py",
        "        and writer != base\n", "",
    ),
    Mutation(
        "clock-comparison", "the higher clock wins", "sfa/sync/merge.py", *_always("op.rank > other.rank"),
        f"{_MERGE}::test_a_group_is_taken_or_lost_as_one",
    ),
    Mutation(
        "device-tie", "equal clocks are decided by the device", "sfa/sync/merge.py",
        "if op.rank > other.rank:", "if op.clock > other.clock:",
        f"{_MERGE}::test_equal_clocks_are_decided_by_the_device",
    ),
    Mutation(
        "unit-whole", "a group is taken or lost as one", "sfa/sync/merge.py",
        "column.name: column.group or column.name", "column.name: column.name",
        f"{_MERGE}::test_a_group_is_taken_or_lost_as_one",
    ),
    Mutation(
        "unit-restored", "a winner brings the rest of its group back", "sfa/sync/merge.py",
        *_never("before is not None"),
        f"{_MERGE}::test_a_winner_brings_the_rest_of_its_group_back_as_its_author_saw_it",
    ),
    Mutation(
        "same-value", "the same value is no conflict", "sfa/sync/merge.py",
        "if not all(_is_same(", "if True or not all(_is_same(",
        f"{_MERGE}::test_the_same_value_raises_nothing_and_the_later_clock_becomes_the_writer",
    ),
    Mutation(
        "conflict-carried-on", "an edit on top of the loser carries its conflict on", "sfa/sync/merge.py",
        "        found = known.id\n", "        pass\n",
        f"{_MERGE}::test_an_edit_that_builds_on_the_loser_carries_its_conflict_on",
    ),
    Mutation(
        "edit-of-tombstone", "an edit of a deleted row is raised", "sfa/sync/merge.py",
        "    outcome.raised.extend(_edited_while_deleted(row, op, changes, outcome, facts))\n", "",
        f"{_MERGE}::test_a_tombstone_takes_edits_and_raises_one_conflict_for_them",
    ),
    Mutation(
        "tombstone-over-edits", "a deletion raises the edits it did not know of", "sfa/sync/merge.py",
        "return _edits_unseen(row, op, outcome.values[TOMBSTONE], changes, facts)", "return ()",
        f"{_MERGE}::test_a_deletion_raises_the_edits_it_did_not_know_of",
    ),
    Mutation(
        "append-only", "rows of a log are only added", "sfa/sync/merge.py",
        *_never("TABLES[op.table].append_only"),
        f"{_MERGE}::test_rows_of_a_log_are_only_added_and_tombstoned",
    ),
    Mutation(
        "words-after-erasure", "a person's words that come after the erasure are not taken in",
        "sfa/sync/merge_erasure.py", "return erasure is not None and not", "return False and not",
        f"{_MERGE}::test_words_that_come_after_the_erasure_are_not_taken_in",
    ),
    Mutation(
        "erasure-known", "who knew of an erasure is told by what an op replaced", "sfa/sync/merge_erasure.py",
        "    return at == erasure\n", "    return True\n",
        f"{_MERGE}::test_a_later_word_of_somebody_who_knew_does_not_let_older_ones_in",
    ),
    Mutation(
        "erasure-heard", "and where the log ends by what its device had heard", "sfa/sync/merge_erasure.py",
        "return not facts.is_unseen(erasure, op.device)", "return False",
        f"{_MERGE}::test_where_the_log_ends_an_erasure_that_was_heard_is_known",
    ),
    Mutation(
        "lost-half", "an op on top of a loser keeps the other half as that one had it", "sfa/sync/merge.py",
        *_never("built_on is not None and column in built_on.lost"),
        f"{_MERGE}::test_half_a_group_edited_on_top_of_anothers_loser_keeps_the_other_half_as_that_one_had_it",
    ),
    Mutation(
        "erasure-without-words", "an erasure whose payload is gone erases all the same", "sfa/sync/merge.py",
        *_always("row is None or op.kind != OpKind.ERASE"),
        f"{_ERASURES}::{_BARE}",
    ),
)  # fmt: skip

MODEL_PUSH = (
    Mutation(
        "sequence-check", "a batch that begins too late is a gap", f"{CENTRE}/model.py",
        *_never("push.from_seq > len(device.log) + 1"),
        f"{_OUTCOMES}::test_a_batch_that_begins_too_late_is_a_gap",
    ),
    Mutation(
        "prefix-check", "a batch on top of another log is a fork", f"{CENTRE}/model.py",
        *_never('device.link(push.from_seq - 1) != (push.prefix_chain or "")'),
        f"{_GUARDS}::test_a_batch_on_top_of_another_log_is_a_fork",
    ),
    Mutation(
        "other-op-check", "another op under a seq that is there is a fork", f"{CENTRE}/model.py",
        *_never("op.seq <= len(device.log) and device.log[op.seq - 1] != op.op_id"),
        f"{_GUARDS}::test_another_op_under_a_number_that_is_there_is_a_fork",
    ),
    Mutation(
        "chain-recomputed", "the centre computes each link itself", f"{CENTRE}/model.py",
        'previous = bytes.fromhex(device.link(pushed.seq - 1) or "")', 'previous = b""',
    ),
    Mutation(
        "op-dedupe", "an op is merged once however it comes", f"{CENTRE}/merging.py",
        *_never("op.version"),
        f"{_GUARDS}::test_of_a_transaction_brought_back_in_part_only_the_rest_is_merged_when_its_device_comes",
    ),
    Mutation(
        "outcome-stored", "a batch that comes twice has its first answer", f"{CENTRE}/model.py",
        *_never("tx.outcome is not Outcome.STAGED"),
        f"{_GUARDS}::test_what_became_of_a_transaction_stays_when_it_comes_again_and_would_be_allowed_now",
    ),
    Mutation(
        "staging", "a transaction waits for its last op", f"{CENTRE}/model.py",
        "if header.last_seq <= len(device.log)", "if header.first_seq <= len(device.log)",
        f"{_OUTCOMES}::test_a_transaction_waits_for_its_last_op",
    ),
    Mutation(
        "clock-clamp", "a clock far ahead is clamped", f"{CENTRE}/model.py",
        "if is_ahead else pushed.hlc", "if False else pushed.hlc",
        f"{_GUARDS}::test_a_clock_a_year_ahead_is_clamped_and_the_device_flagged",
    ),
    Mutation(
        "payload-hash", "a payload that is not what was hashed is quarantined", f"{CENTRE}/model.py",
        *_never("any(self._is_forged(op) for op in ops)"),
        f"{_OUTCOMES}::test_a_payload_that_is_not_what_was_hashed_is_quarantined",
    ),
    Mutation(
        "alias", "the local author becomes the signed-in user in rows too", f"{CENTRE}/model.py",
        "[*(device.aliases.get(value, value) for value in change[:2]), *change[2:]]", "change",
        f"{_OUTCOMES}::test_the_local_author_is_the_signed_in_user_in_rows_too",
    ),
    Mutation(
        "differs-answered", "a push is told where the centre holds something else", f"{CENTRE}/model.py",
        *_never("columns"),
    ),
    Mutation(
        "losses-told-whole", "who lost sight meanwhile gets own ops back whole", f"{CENTRE}/model.py",
        ".is_told_whole = loses", ".is_told_whole = False",
        f"{_BETWEEN}::test_what_went_and_came_back_meanwhile_has_ones_own_edit_on_top",
    ),
    Mutation(
        "savepoint", "a held transaction leaves nothing behind", f"{CENTRE}/merging.py",
        "            self._back_to(marks)\n", "", f"{_OUTCOMES}::test_a_transaction_is_held_whole",
    ),
    Mutation(
        "loser-stored", "what loses is kept as a conflict", f"{CENTRE}/merging.py",
        "for raised in found.conflicts:", "for raised in ():",
    ),
    Mutation(
        "took-told", "the feed says which columns an op did not take", f"{CENTRE}/merging.py",
        "return tuple(found.took)", "return None",
    ),
    Mutation(
        "late-value", "a value added in ignorance of its person's erasure is erased too",
        f"{CENTRE}/merging.py", *_never("row is None and self._is_below_erasure(op)"),
        f"{_ERASURES}::test_a_value_that_was_added_in_ignorance_of_an_erasure_is_erased_too",
    ),
    Mutation(
        "names-after-erasure", "what a change was called in ignorance of an erasure goes",
        f"{CENTRE}/model.py", "        self._forget_names(device, push)\n", "",
        f"{_ERASURES}::test_what_a_transaction_was_called_in_ignorance_of_an_erasure_goes",
    ),
    Mutation(
        "author-check", "nobody writes in another's name", f"{CENTRE}/rules.py",
        *_never("op.author != self._user and not self._brings"),
        f"{_OUTCOMES}::test_a_foreign_author_is_quarantined",
    ),
    Mutation(
        "shared-fate", "what builds on a held op is held", f"{CENTRE}/rules.py",
        *_never("fate is not None"), f"{_OUTCOMES}::test_what_builds_on_a_quarantined_op_shares_its_fate",
    ),
    Mutation(
        "late-edit", "an edit of what was handed over is late", f"{CENTRE}/rules.py",
        "return self._user in self._state.lost.get(key, ())", "return False",
        f"{_OUTCOMES}::test_an_edit_of_what_was_handed_over_is_late_and_goes_to_the_new_owner",
    ),
    Mutation(
        "unknown-reference", "a reference to what is not there is quarantined", f"{CENTRE}/rules.py",
        'return Verdict(Outcome.QUARANTINED, "unknown_reference")', "continue",
        f"{_OUTCOMES}::test_a_reference_to_what_is_not_seen_or_not_there_is_quarantined",
    ),
    Mutation(
        "guarded-role", "what a role may not do is a proposal", f"{CENTRE}/rules.py",
        "return FINE if allowed else Verdict(Outcome.PROPOSAL)", "return FINE",
        f"{_OUTCOMES}::test_handing_over_belongs_to_those_above_both",
    ),
    Mutation(
        "guarded-base", "a guarded change must know the present value", f"{CENTRE}/rules.py",
        *_never("not self._knows_guarded(op, row, changes)"),
        f"{_OUTCOMES}::test_a_guarded_change_made_without_knowing_the_present_one_is_a_proposal",
    ),
)  # fmt: skip

MODEL_PULL = (
    Mutation(
        "page-boundary", "a page ends only between central transactions", f"{CENTRE}/model.py",
        "            entries.extend(found)\n", "            entries.extend(found[: pull.limit])\n",
    ),
    Mutation(
        "cursor-behind-data", "the cursor does not pass what was not sent", f"{CENTRE}/model.py",
        "            version = central.version\n", "            version = state.version\n",
        f"{_FEED}::test_a_page_ends_only_between_central_transactions",
    ),
    Mutation(
        "batch-of-cursor", "a cursor is known by its batch, not its number alone", f"{CENTRE}/model.py",
        " and feed[hello.version - 1].batch == hello.batch", "",
        f"{_GUARDS}::test_a_number_that_the_centre_has_given_anew_is_no_known_cursor",
    ),
    Mutation(
        "sight-of-ops", "a pull sends no op of an unseen row", f"{CENTRE}/feed.py",
        *_never("not self.sees(op.table, op.row_id)"),
    ),
    Mutation(
        "sight-of-rows", "a row gained and lost again is not sent", f"{CENTRE}/feed.py",
        "if self._user in each.users and self.sees(each.table, each.row_id):",
        "if self._user in each.users:",
        f"{_GUARDS}::test_a_row_gained_and_lost_between_two_pulls_is_not_sent",
    ),
    Mutation(
        "withheld-reference", "a reference to an unseen row is withheld", f"{CENTRE}/feed.py",
        "                values[column] = None\n", "                pass\n",
        f"{_FEED}::test_digests_count_a_withheld_reference_as_empty_and_leave_tombstones_out",
    ),
    Mutation(
        "exit-sent", "who loses sight is told", f"{CENTRE}/feed.py",
        "found.append(FedExit(*key, alone))", "pass",
    ),
    Mutation(
        "exit-to-nobody-else", "only who had a row hears that it went", f"{CENTRE}/feed.py",
        "if self._user in each.users and not (", "if not (", f"{_FEED}::test_who_was_not_there_gets_no_exit",
    ),
)  # fmt: skip

ON_THE_DEVICE = (
    Mutation(
        "cursor-with-page", "the cursor is written with its page, not before", f"{DEVICE}/facade.py",
        '        """Apply a page of the feed and move the cursor."""\n',
        "        with self._changing():\n"
        "            state.put_cursor(self.connection, state.Cursor(page.version, page.batch))\n",
        f"{_PIECES}::test_a_page_that_is_cut_anywhere_leaves_the_store_as_it_was",
    ),
    Mutation(
        "pending-held-back", "what is unsent is not overwritten by a pull", f"{DEVICE}/hearing.py",
        "unsettled = pending & given.keys()", "unsettled = pending & set()",
        f"{_PIECES}::test_an_unsent_edit_is_kept_on_top_with_its_whole_group",
    ),
    Mutation(
        "pending-unit", "nor is the rest of its group", f"{DEVICE}/pending.py",
        "return frozenset().union(*(whole[name] for name in written if name in whole))", "return written",
        f"{_PIECES}::test_an_unsent_edit_is_kept_on_top_with_its_whole_group",
    ),
    Mutation(
        "confirmed-kept", "what a pull brought below an unsent edit is kept", f"{DEVICE}/hearing.py",
        "            self._confirm(key, {name: given[name] for name in unsettled}, heard)\n", "",
        f"{_PIECES}::test_an_unsent_edit_is_kept_on_top_with_its_whole_group",
    ),
    Mutation(
        "confirmed-shown", "it is shown once the edit was answered", f"{DEVICE}/acknowledging.py",
        "for key, columns in written.items():", "for key, columns in ():",
        f"{_BETWEEN}::test_what_was_held_for_its_group_is_shown_once_the_edit_was_answered",
    ),
    Mutation(
        "settled-when-whole", "a transaction is settled when its last op was answered",
        f"{DEVICE}/outbox.py", "return row[0] - 1 if row else acked", "return acked",
        f"{_BETWEEN}::test_ops_of_a_transaction_that_is_only_staged_count_as_unsent",
    ),
    Mutation(
        "outcome-heard", "an op counts as answered when its outcome was heard",
        f"{DEVICE}/acknowledging.py",
        "min(answer.last_seq, push.ops[-1].seq if push.ops else answer.last_seq)", "answer.last_seq",
        f"{_BETWEEN}::test_an_op_counts_as_answered_when_its_own_batch_was",
    ),
    Mutation(
        "outcome-kept", "what was not applied is remembered as such", f"{DEVICE}/acknowledging.py",
        *_never("each.outcome not in _QUIET"),
        f"{_SYNCING}::test_unsent_work_on_a_lost_record_is_hidden_and_goes_once_it_is_sent",
    ),
    Mutation(
        "own-echo", "an own op comes back on top of what was merged before it", f"{DEVICE}/applying.py",
        *_never("news"), f"{_SYNCING}::test_an_edit_of_ones_own_stays_on_top_of_what_was_merged_before_it",
    ),
    Mutation(
        "echo-after-exit", "an own row that went is made again by its echo", f"{DEVICE}/applying.py",
        *_never("entry.kind == OpKind.INSERT"),
        f"{_BETWEEN}::test_what_was_refused_once_and_is_allowed_after_a_restore_comes_back",
    ),
    Mutation(
        "fork-in-pull", "an op under our name that is not ours is a fork", f"{DEVICE}/applying.py",
        "raise forked()  #", "pass  #",
        f"{_BETWEEN}::test_an_op_under_our_name_that_is_not_ours_is_a_copys",
    ),
    Mutation(
        "exit-waits", "a lost row with unsent changes stays until they are sent", f"{DEVICE}/leaving.py",
        *_always("not any(hearing.pending.written(each) for each in rows)"),
        f"{_SYNCING}::test_unsent_work_on_a_lost_record_is_hidden_and_goes_once_it_is_sent",
    ),
    Mutation(
        "exit-purge", "and goes then", f"{DEVICE}/acknowledging.py",
        "for key in ready_to_leave(connection, hearing.pending):", "for key in ():",
        f"{_BETWEEN}::test_a_lost_record_goes_when_what_hangs_on_it_was_answered",
    ),
    Mutation(
        "exit-history", "the history of a lost row goes with it", f"{DEVICE}/leaving.py",
        'for table in ("history", ', "for table in (",
        f"{_BETWEEN}::test_nothing_of_others_words_is_kept_of_a_record_that_was_lost",
    ),
    Mutation(
        "missing-ref-filled", "a reference is set when its row comes", f"{DEVICE}/links.py",
        "        for key in self._came:\n            self._fill(key)\n", "",
        f"{_PIECES}::test_a_reference_to_a_row_that_comes_later_is_filled_when_it_comes",
    ),
    Mutation(
        "parent-awaited", "a row without its parent is not taken in", f"{DEVICE}/links.py",
        "for key in tuple(self._came) if self._lacks(key)]", "for key in () if self._lacks(key)]",
        f"{_PIECES}::test_a_row_without_its_parent_is_not_taken_in_until_both_come",
    ),
    Mutation(
        "removed-parent", "what was removed here is there for what others hang on it", f"{DEVICE}/links.py",
        "return self._come_back(target)", "return False",
        "tests/sync/device/test_removed.py::test_what_others_let_refer_to_it_and_move_below_it_does",
    ),
    Mutation(
        "removed-tombstone", "what was removed here is a tombstone for what others do to it",
        f"{DEVICE}/removed.py",
        *_always("row is None or row[0] != OpKind.DELETE or row[1] is None"),
        "tests/sync/device/test_removed.py::test_a_removal_that_is_taken_back_elsewhere_brings_all_of_it",
    ),
    Mutation(
        "refused-and-heard", "what others said of a row that was refused here goes with it",
        f"{DEVICE}/acknowledging.py", *_never("connection.execute(heard, (key[1], key[0])).fetchone()"),
        f"{_BETWEEN}::test_a_record_that_was_refused_here_and_came_from_others_leaves_their_words_with_it",
    ),
    Mutation(
        "clock-heard", "own clocks go on above what was heard", f"{DEVICE}/facade.py",
        *_never("highest > known"),
        f"{_PIECES}::test_the_clock_goes_on_above_what_was_heard_and_in_the_centres_time",
    ),
)  # fmt: skip

ALL = (*PLAN_AND_ENGINE, *MERGE, *MODEL_PUSH, *MODEL_PULL, *ON_THE_DEVICE)
