"""The guards of the centre in PostgreSQL, each with the change that removes it and what must notice.

Plain data, as ``guards.py``. The places are short, so that a change beside them does not break them.
"""

from __future__ import annotations

from tests.simulation.guards import Mutation

_SQL = "sfa/sync/centre/sql"
_CENTRE = "tests/sync/centre"
_OUTCOMES = f"{_CENTRE}/test_push_outcomes.py::test"
_PUSH = f"{_CENTRE}/test_push.py::test"
_GUARDS = f"{_CENTRE}/test_guards.py::test"
_CALLS = f"{_CENTRE}/test_calls.py::test"
_RIGHTS = f"{_CENTRE}/test_rights.py::test"
_EDITS = f"{_CENTRE}/test_edits.py::test"
_VERSIONS = f"{_CENTRE}/test_versions.py::test"
_SIGHT = f"{_CENTRE}/test_sight_and_pull.py::test"
_FORGING = f"{_CENTRE}/attacks/test_forging.py::test"
_RUNS = f"{_CENTRE}/test_runs.py::test"
_QUOTES = f"{_CENTRE}/attacks/test_quotes.py::test"
_BY_SQL = f"{_CENTRE}/attacks/test_sql.py::test"
_THOUGHT = f"{_RUNS}_what_needs_thought_gets_it_amid_a_run"
_REPLICAS = f"{_SIGHT}_every_replica_made_of_pages_equals_what_its_user_may_see"


def _of(file: str, name: str, guard: str, old: str, new: str, test: str) -> Mutation:
    return Mutation(f"sql-{name}", guard, f"{_SQL}/{file}.sql", old, new, test)


def _in(module: str, name: str, guard: str, old: str, new: str, test: str) -> Mutation:
    return Mutation(f"sql-{name}", guard, f"sfa/sync/centre/{module}.py", old, new, test)


def _never(condition: str) -> tuple[str, str]:
    return f"IF {condition} THEN", f"IF false AND ({condition}) THEN"


WHO_CALLS = (
    _of(
        "11_values", "added", "only a login that was added may call anything",
        "IF NOT FOUND THEN\n        PERFORM hub.refuse('SF001', '{\"reason\": \"unknown_role\"}');",
        "IF false THEN\n        PERFORM 1;", f"{_BY_SQL}_a_member_whom_nobody_added_is_refused_every_call"),
    _of(
        "11_values", "disabled", "a user who was disabled may call nothing", *_never("NOT is_active"),
        f"{_RIGHTS}_a_login_without_a_user_and_a_disabled_user_are_refused"),
    _of(
        "11_values", "login-closed", "nor whose login was closed", "l.is_active AND u.is_active",
        "u.is_active", f"{_OUTCOMES}_who_may_not_sign_in_is_refused"),
    _of(
        "11_values", "own-device", "a device is its user's alone",
        "WHERE id = device_id AND user_id = my_id;", "WHERE id = device_id;",
        f"{_FORGING}_a_device_of_somebody_else_is_of_no_use"),
    _of(
        "11_values", "revoked", "a revoked device is refused", *_never("mine.revoked_at IS NOT NULL"),
        f"{_GUARDS}_a_revoked_device_is_refused_every_call"),
    _of(
        "40_read", "hello-added", "only a login that was added may say hello",
        "WHEN u.id IS NULL THEN", "WHEN false THEN",
        f"{_BY_SQL}_a_member_whom_nobody_added_is_refused_every_call"),
    _of(
        "40_read", "hello-disabled", "nor a user who was disabled or removed",
        "l.is_active AND u.is_active AND u.deleted_at IS NULL", "l.is_active",
        f"{_CALLS}_who_may_no_longer_sign_in_is_told_so_at_hello"),
    _of(
        "40_read", "hello-closed", "nor whose login was closed",
        "l.is_active AND u.is_active AND u.deleted_at IS NULL", "u.is_active AND u.deleted_at IS NULL",
        f"{_CALLS}_who_may_no_longer_sign_in_is_told_so_at_hello"),
    _of(
        "40_read", "hello-own-device", "nobody says hello as another user's device",
        "ON d.id = asked.device AND d.user_id = u.id;", "ON d.id = asked.device;",
        f"{_CALLS}_somebody_elses_device_says_hello_like_one_that_is_not_there"),
    _of(
        "40_read", "hello-revoked", "a revoked device is not welcome",
        "WHEN d.revoked_at IS NOT NULL", "WHEN false",
        f"{_GUARDS}_a_revoked_device_is_refused_every_call"),
    _of(
        "40_read", "schema", "a device too old or too new is refused",
        "coalesce(given_schema BETWEEN ours - 2 AND ours, false)", "true",
        f"{_CALLS}_a_schema_too_far_away_is_refused"),
    _of(
        "40_read", "devices-end", "a user makes a hundred devices a day",
        "SELECT count(*) >= 100 FROM hub.device", "SELECT false FROM hub.device",
        f"{_FORGING}_devices_have_an_end"),
    _of(
        "40_read", "aliases-end", "a device has a hundred local authors",
        "SELECT count(*) >= 100 FROM hub.alias", "SELECT false FROM hub.alias",
        f"{_GUARDS}_local_authors_have_an_end"),
    _of(
        "40_read", "alias-of-others", "nobody has another user's id read as their own",
        'IF local_id <> my_id AND EXISTS (SELECT FROM sfa."user" WHERE id = local_id) THEN',
        "IF false THEN", f"{_FORGING}_an_id_of_a_user_cannot_be_had_as_an_alias"),
    _of(
        "40_read", "device-id", "a device's id has the form of one",
        *_never("question ->> 'device' !~ '^[0-9a-f-]{36}$'"),
        f"{_GUARDS}_a_device_id_of_another_form_is_refused"),
    _of(
        "40_read", "fork-chain", "a fork begins where both chains agree",
        "IS DISTINCT FROM question ->> 'chain' THEN", "IS NULL AND false THEN",
        f"{_CALLS}_a_copied_device_goes_on_from_where_both_agree"),
    _of(
        "60_push", "fork-line", "a fork shares its origin's ops up to the fork alone",
        "here := CASE WHEN known.forked_at_seq >= given_seq THEN known.forked_from END;",
        "here := known.forked_from;", f"{_CALLS}_a_copied_device_goes_on_from_where_both_agree"),
)  # fmt: skip

THE_LOG = (
    _of(
        "60_push", "sequence", "a batch that begins too late is a gap",
        "IF start > d.last_seq + 1 OR start < 1 THEN", "IF start < 1 THEN",
        f"{_OUTCOMES}_a_batch_that_begins_too_late_is_a_gap"),
    _of(
        "60_push", "prefix", "a batch on top of another log is a fork",
        "ELSIF asked ->> 'prefix_chain' IS DISTINCT FROM", "ELSIF 'x' IS NULL AND 'x' <>",
        f"{_GUARDS}_a_batch_on_top_of_another_log_is_a_fork"),
    _of(
        "60_push", "other-op", "another op under a seq that is there is a fork",
        *_never("one.op_id IS DISTINCT FROM (hub.link_at(d.id, one.seq)).op_id"),
        f"{_GUARDS}_another_op_under_a_number_that_is_there_is_a_fork"),
    _of(
        "60_push", "replay", "what is there already is only looked up",
        "            END IF;\n            CONTINUE;\n", "            END IF;\n",
        f"{_GUARDS}_of_a_batch_that_is_there_in_part_the_rest_gets_its_own_links"),
    _of(
        "60_push", "op-dedupe", "an op that came from elsewhere is not stored again",
        "ON CONFLICT (op_id) DO NOTHING;", ";",
        f"{_PUSH}_what_was_lost_is_brought_back_once_and_not_merged_again_when_its_device_comes"),
    _of(
        "60_push", "header", "an op lies within a transaction of its own device",
        "PERFORM hub.refuse('SF001', '{\"reason\": \"no_header\"}');", "PERFORM 1;",
        f"{_FORGING}_an_op_joins_no_transaction_of_somebody_else"),
    _of(
        "60_push", "staging", "a transaction waits for its last op", " AND x.last_seq <= now_last ORDER BY",
        " ORDER BY", f"{_OUTCOMES}_a_transaction_waits_for_its_last_op"),
    _of(
        "60_push", "clock-clamp", "a clock far ahead is clamped",
        "CASE WHEN (o.hlc >> 16) > centre_ms + 60000 THEN centre_ms << 16 ELSE o.hlc END", "o.hlc",
        f"{_PUSH}_a_clock_years_ahead_is_clamped_and_the_device_flagged"),
    _of(
        "60_push", "payload-hash", "a payload that is not what was hashed is quarantined",
        "damaged := damaged || one.op_id;", "PERFORM 1;",
        f"{_OUTCOMES}_a_payload_that_is_not_what_was_hashed_is_quarantined"),
    _of(
        "60_push", "size", "a batch has an end",
        "PERFORM hub.refuse('SF001', '{\"reason\": \"too_large\"}');", "PERFORM 1;",
        f"{_FORGING}_a_batch_has_an_end"),
)  # fmt: skip

OUTCOMES = (
    _of(
        "58_transactions", "author", "nobody writes in another's name",
        "ELSIF real_author <> d.user_id THEN", "ELSIF false THEN",
        f"{_FORGING}_nobody_writes_in_anothers_name"),
    _of(
        "58_transactions", "reader", "a read-only user changes nothing",
        "ELSIF given_role = 'read-only' THEN", "ELSIF false THEN",
        f"{_OUTCOMES}_a_read_only_user_changes_nothing"),
    _of(
        "58_transactions", "set-up", "what a store makes for itself is ignored",
        *_never("t.kind = 'system' AND t.first_seq = 1"),
        f"{_OUTCOMES}_what_a_store_makes_for_itself_is_ignored"),
    _of(
        "58_transactions", "presentable", "a header that others could not hold is quarantined",
        "ELSIF NOT hub.is_presentable(t) OR damaged", "ELSIF damaged",
        f"{_FORGING}_a_header_that_other_devices_could_not_hold_is_quarantined"),
    _of(
        "58_transactions", "columns", "a column that the centre does not know is quarantined",
        "IF shape.tbl IS NULL OR op.changes - shape.columns <> '{}' THEN", "IF shape.tbl IS NULL THEN",
        f"{_OUTCOMES}_what_a_column_cannot_hold_is_quarantined"),
    _of(
        "58_transactions", "form", "a payload of another form is quarantined", "IF NOT is_good OR op.kind",
        "IF op.kind", f"{_FORGING}_what_other_devices_could_not_hold_is_quarantined"),
    _of(
        "58_transactions", "constraint",
        "what breaks a constraint is quarantined, not the whole call refused",
        "WHEN integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN",
        "WHEN SQLSTATE 'SF101' THEN", f"{_OUTCOMES}_what_a_column_cannot_hold_is_quarantined"),
    _of(
        "58_transactions", "same-row", "whoever makes the same row at the same moment tries again",
        "    WHEN unique_violation THEN\n", "    WHEN SQLSTATE 'SF101' THEN\n",
        f"{_GUARDS}_who_makes_the_same_row_at_the_same_moment_tries_again"),
    _of(
        "58_transactions", "savepoint", "a transaction is merged whole or not at all",
        "IF finding.gravity > 0 THEN\n        RAISE", "IF false THEN\n        RAISE",
        f"{_GUARDS}_what_was_merged_before_something_was_found_is_taken_back"),
    _of(
        "58_transactions", "alias", "the local author becomes the signed-in user in rows too",
        "op.changes := hub.resolved(op.changes, shape, aliases);", "PERFORM 1;",
        f"{_OUTCOMES}_the_local_author_is_the_signed_in_user_in_rows_too"),
    _of(
        "56_checks", "sight-of-row", "what is not seen is not changed",
        "RETURN hub.found(3, 'unknown_row');", "RETURN hub.found(0);",
        f"{_FORGING}_an_insert_does_not_reach_a_row_that_is_somebody_elses"),
    _of(
        "56_checks", "made-it", "an insert opens a row to the transaction alone that made it",
        "JOIN hub.op AS o ON o.op_id = r.maker", "JOIN hub.op AS o USING (row_id, tbl)",
        f"{_FORGING}_an_insert_opens_no_row_to_the_rest_of_its_transaction"),
    _of(
        "56_checks", "late-edit", "an edit of what was handed over is late",
        "ELSIF hub.lost(op.judged, op.tbl, op.row_id) THEN", "ELSIF false THEN",
        f"{_OUTCOMES}_an_edit_of_what_was_handed_over_is_late_and_goes_to_the_new_owner"),
    _of(
        "56_checks", "late-note", "and a note on it", "ELSIF hub.lost(op.judged, to_tbl, to_id) THEN",
        "ELSIF false THEN", f"{_OUTCOMES}_a_note_on_what_was_handed_over_is_late_too"),
    _of(
        "56_checks", "reference", "a reference to what is not seen is quarantined",
        "    END IF;\n    RETURN hub.found(3, 'unknown_reference');",
        "    END IF;\n    RETURN hub.found(0);",
        f"{_OUTCOMES}_a_reference_to_what_is_not_seen_or_not_there_is_quarantined"),
    _of(
        "56_checks", "shared-fate", "what builds on a held op is held",
        "o.outcome IN ('quarantined', 'late', 'proposal')", "false",
        f"{_OUTCOMES}_what_builds_on_a_quarantined_op_shares_its_fate"),
    _of(
        "56_checks", "fate-of-own", "the fate of another user's op is not told",
        " AND o.kind = 'insert' AND o.author = given_author", " AND o.kind = 'insert'",
        f"{_GUARDS}_what_became_of_another_users_row_is_not_told"),
    _of(
        "56_checks", "role", "what a role may not do is a proposal",
        "IF NOT hub.is_allowed(op, shape, given_role, changed, new_values, present, was_closed)",
        "IF false", f"{_FORGING}_nobody_raises_himself_by_his_own_row"),
    _of(
        "56_checks", "role-of-shared", "settings and their like belong to admins",
        "RETURN present IS NOT NULL AND (", "RETURN true OR (",
        f"{_OUTCOMES}_settings_and_their_like_belong_to_admins"),
    _of(
        "56_checks", "costs", "costs belong to managers", "RETURN given_role = 'manager';", "RETURN true;",
        f"{_OUTCOMES}_a_rep_who_makes_a_cost_proposes_it"),
    _of(
        "56_checks", "hand-over", "handing over belongs to those above both",
        "RETURN hub.may_hand_over(op, given_role, present, new_values);", "RETURN true;",
        f"{_OUTCOMES}_handing_over_belongs_to_those_above_both"),
    _of(
        "56_checks", "owner-of-new", "a new record is for oneself or somebody below",
        "RETURN op.tbl NOT IN (", "RETURN true OR op.tbl NOT IN (",
        f"{_OUTCOMES}_a_new_record_is_for_oneself_or_somebody_below"),
    _of(
        "56_checks", "closed-deal", "the stage of a closed deal belongs to those above",
        "ELSIF was_closed THEN", "ELSIF false THEN",
        f"{_OUTCOMES}_the_stage_of_a_closed_deal_belongs_to_those_above"),
    _of(
        "56_checks", "decision", "a proposal is decided by its recipient and those above",
        "RETURN NOT changed && shape.guarded OR", "RETURN true OR",
        f"{_OUTCOMES}_a_proposal_is_decided_by_its_recipient_and_those_above"),
    _of(
        "56_checks", "guarded-base", "a guarded change must know the present value",
        "OR EXISTS (SELECT FROM unnest(stale) AS c WHERE",
        "OR EXISTS (SELECT FROM unnest(stale) AS c WHERE false AND",
        f"{_OUTCOMES}_a_guarded_change_made_without_knowing_the_present_one_is_a_proposal"),
    _of(
        "56_checks", "centres-own", "conflicts and proposals are the centre's",
        "    ) THEN\n        RETURN hub.found(3, 'invalid');", "    ) THEN\n        RETURN hub.found(0);",
        f"{_PUSH}_nobody_but_the_centre_makes_proposals_and_conflicts"),
    _of(
        "56_checks", "deletion", "what has records out of sight is only proposed for deletion",
        "finding := hub.graver(finding, hub.check_deletion(op));", "PERFORM 1;",
        f"{_OUTCOMES}_an_account_with_a_deal_out_of_sight_is_only_proposed_for_deletion"),
)  # fmt: skip

QUOTES = (
    _of(
        "56_checks", "quote-approval", "an approval of a quote is not pushed",
        *_never("op.tbl = 'quote' AND hub.writes_approval(changed, new_values, present)"),
        f"{_QUOTES}_an_approval_is_not_pushed"),
    _of(
        "57_approvals", "quote-totals", "a quote comes to what it says",
        "priced := hub.price_quote(present);", "PERFORM 1;", f"{_QUOTES}_totals_do_not_lie"),
    _of(
        "57_approvals", "quote-own", "nobody decides on a quote of his own",
        "IF own IS NULL OR given_user IS NOT DISTINCT FROM given_owner THEN", "IF own IS NULL THEN",
        f"{_OUTCOMES}_nobody_approves_what_he_submitted_or_owns"),
    _of(
        "57_approvals", "quote-submitter", "nor on one that he submitted",
        "OR hub.submitter_of(now ->> 'id') IN (author, judged) THEN", "THEN",
        f"{_OUTCOMES}_nobody_approves_what_he_submitted_or_owns"),
    _of(
        "57_approvals", "quote-who", "those above decide", "IF own_rank = 0 OR", "IF",
        f"{_OUTCOMES}_nobody_else_decides"),
    _of(
        "57_approvals", "quote-level", "nobody approves beyond his role",
        *_never("(hub.level_needed(now) <= own_rank) IS NOT TRUE"),
        f"{_OUTCOMES}_what_is_beyond_a_manager_an_administrator_approves"),
    _of(
        "57_approvals", "quote-meant", "a decision counts for the content it names",
        "now ->> 'state' = 'submitted' AND said.digest = digest;", "now ->> 'state' = 'submitted';",
        f"{_QUOTES}_what_was_approved_is_not_changed_below_its_approval"),
    _of(
        "57_approvals", "quote-void", "an approval ends with its content",
        "is_approved boolean := coalesce(present ->> 'approved_digest' = digest, false);",
        "is_approved boolean := present ->> 'approved_digest' IS NOT NULL;",
        f"{_OUTCOMES}_an_edit_of_the_content_voids_an_approval"),
    _of(
        "57_approvals", "quote-sent", "what goes to the customer is approved or within the role",
        "finding := hub.found(1, NULL, 'quote', present ->> 'id');", "PERFORM 1;",
        f"{_OUTCOMES}_what_is_neither_approved_nor_within_the_role_is_proposed"),
    _of(
        "22_quotes", "quote-list-price", "a list price that a device makes up hides no lower price",
        "hub.quote_costs(content), hub.least_prices(content));", "hub.quote_costs(content));",
        f"{_OUTCOMES}_a_list_price_of_ones_own_hides_no_lower_price"),
    _of(
        "22_quotes", "quote-by-sql", "an administrator's own SQL keeps no approval of something else",
        "IF NEW.state IN ('draft', 'submitted') OR NEW.approved_digest IS DISTINCT FROM digest THEN",
        "IF false THEN",
        f"{_OUTCOMES}_an_administrators_own_sql_approves_nothing_by_itself"),
)  # fmt: skip

MERGING = (
    _of(
        "52_merge", "base-check", "a value written in ignorance of the present one is a conflict",
        "IF all_seen AND", "IF true AND",
        f"{_PUSH}_a_concurrent_overwrite_leaves_one_conflict_with_both_sides"),
    _of(
        "52_merge", "clock-comparison", "the higher clock wins", "is_winner := (op.clock,",
        "is_winner := true OR (op.clock,",
        f"{_PUSH}_a_concurrent_overwrite_leaves_one_conflict_with_both_sides"),
    _of(
        "55_writing", "loser-stored", "what loses is kept as a conflict",
        "PERFORM hub.write_conflict(raised);", "PERFORM 1;",
        f"{_PUSH}_a_concurrent_overwrite_leaves_one_conflict_with_both_sides"),
    _of(
        "55_writing", "restored", "a winner brings the rest of its group back",
        *_never("merged.restored <> '{}'"),
        f"{_PUSH}_a_losing_group_is_left_whole_and_a_winning_one_restored"),
    _of(
        "55_writing", "took-told", "the feed says which columns an op did not take",
        *_never("merged.took IS NOT NULL"), f"{_GUARDS}_the_feed_says_which_columns_an_op_did_not_take"),
    _of(
        "55_writing", "erasure", "an erasure reaches the row's other ops, conflicts and proposals",
        "        PERFORM hub.erase_words(op.tbl, op.row_id, op.op_id);\n", "        PERFORM 1;\n",
        f"{_PUSH}_no_word_of_an_erased_person_is_left_at_the_centre"),
    _of(
        "52_merge", "erasure-without-words", "an erasure whose payload is gone erases all the same",
        "IF op.changes IS NULL AND op.kind = 'erase' AND", "IF false AND",
        f"{_OUTCOMES}_an_erasure_without_its_words_erases_at_a_centre_that_was_set_back_before_it"),
    _of(
        "60_push", "names-after-erasure", "what a change was called in ignorance of an erasure goes",
        *_never("erased IS NOT NULL"),
        f"{_OUTCOMES}_what_a_transaction_was_called_in_ignorance_of_an_erasure_goes"),
    _of(
        "55_writing", "late-value", "a value added in ignorance of its person's erasure is erased too",
        "ELSIF merged.is_insert AND", "ELSIF false AND",
        f"{_OUTCOMES}_a_value_that_was_added_in_ignorance_of_an_erasure_is_erased_too"),
    _of(
        "59_runs", "run-erased", "a run ends before what hangs on an erased row",
        "\n            OR a.row_id = ANY (erased)", "",
        f"{_OUTCOMES}_a_value_that_was_added_in_ignorance_of_an_erasure_is_erased_too"),
    _of(
        "61_bring_back", "names-brought-back", "nor does it come back with somebody else",
        "    PERFORM hub.forget_names(", "    PERFORM jsonb_build_array(",
        f"{_PUSH}_what_is_brought_back_about_an_erased_person_is_not_called_by_their_name"),
    _of(
        "58_transactions", "held-words", "words of an erased person are not held either",
        "        PERFORM hub.forget_held_words(t.tx_id);\n", "",
        f"{_PUSH}_no_word_of_an_erased_person_is_left_at_the_centre"),
    _of(
        "56_erasing", "names-below", "what hangs on an erased person is not called by their name",
        "WHERE given_id IN (h.parent_id, h.other_id)", "WHERE false",
        f"{_PUSH}_what_hangs_on_an_erased_person_is_not_called_by_their_name"),
    _of(
        "51_facts", "erasure-known", "who knew of an erasure is told by what an op replaced",
        "    RETURN at_op IS NOT NULL;", "    RETURN true;",
        f"{_CENTRE}/test_merge_sql.py::test_the_centre_merges_as_the_rules_in_python_do[15-0]"),
    _of(
        "52_merge", "lost-half", "an op on top of a loser keeps the other half as that one had it",
        "IF lost ? col AND (is_past OR hub.has_replaced(loser, col, writer)) THEN",
        "IF false AND lost ? col THEN",
        f"{_PUSH}_who_builds_on_anothers_loser_keeps_what_that_one_said_beside_it"),
    _of(
        "40_read", "not-taken", "what was not taken is told to its user alone",
        "WHERE mine.user_id = d.user_id AND t.outcome", "WHERE t.outcome",
        f"{_OUTCOMES}_what_was_not_taken_is_told_to_all_devices_of_its_user_and_to_nobody_else"),
    _of(
        "55_writing", "words-after-erasure", "words that come after the erasure are not taken in",
        *_never("merged.blanked <> '{}'"), f"{_PUSH}_no_word_of_an_erased_person_is_left_at_the_centre"),
)  # fmt: skip

RUNS = (
    _of(
        "59_runs", "run-header",
        "a run ends before a transaction that others could not hold or that is not the user's",
        "hub.is_presentable(x) AND", "true OR",
        f"{_GUARDS}_a_run_ends_before_a_header_that_others_could_not_hold"),
    _of(
        "59_runs", "run-owner", "a run ends before a record that is not the author's alone",
        "WHEN o.tbl IN ('lead', 'account', 'contact', 'deal') THEN c.changes", "WHEN false THEN c.changes",
        _THOUGHT),
    _of(
        "59_runs", "run-append-only", "a run ends before a change of a log",
        "WHEN 'update' THEN NOT t.is_append_only", "WHEN 'update' THEN true", _THOUGHT),
    _of(
        "59_runs", "run-table", "a run ends before a table that is not a customer's",
        "o.tbl = ANY (hub.plain_tables()) AND", "", _THOUGHT),
    _of(
        "59_runs", "run-column", "a run ends before a column that the centre does not know",
        "k.name IS NOT NULL AND jsonb_typeof", "jsonb_typeof",
        f"{_GUARDS}_a_run_ends_before_what_a_column_cannot_hold"),
    _of(
        "59_runs", "run-form", "a run ends before a value of another form",
        "jsonb_typeof(c.value -> 0) IN ('null', CASE WHEN k.type IN ('integer', 'flag') THEN 'number' "
        "ELSE 'string' END)",
        "true", f"{_GUARDS}_a_run_ends_before_what_a_column_cannot_hold"),
    _of(
        "59_runs", "run-guarded", "a run ends before a guarded column, a group, a reference, a deletion",
        "AND k.refers_to IS NULL AND NOT h.groups ? c.key\n                        AND k.merge <> 'guarded' "
        "AND c.key <> 'deleted_at'",
        "", _THOUGHT),
    _of(
        "59_runs", "run-unseen", "a run ends before what hangs on a row that is not seen, or deleted",
        "WHERE NOT hub.seen_by(d.user_id, a.tbl, a.row_id) OR hub.deletion(a.tbl, a.row_id) IS NOT NULL",
        "WHERE false", _THOUGHT),
    _of(
        "59_runs", "run-tombstone", "a run ends before what hangs on a deleted row",
        " OR hub.deletion(a.tbl, a.row_id) IS NOT NULL", "", f"{_GUARDS}_a_run_ends_before_a_tombstone"),
    _of(
        "59_runs", "run-base", "a run ends before a value written in ignorance of the present one",
        "WHERE b.base IS DISTINCT FROM coalesce(b.before, m.op_id, r.columns ->> b.key, r.maker)",
        "WHERE false", _THOUGHT),
    _of(
        "59_runs", "run-lock", "a run ends before a row that somebody else is changing",
        "    ORDER BY r.row_id FOR UPDATE OF r;\n", "    ;\n",
        f"{_GUARDS}_a_run_waits_for_who_is_changing_its_rows"),
    _of(
        "60_push", "runs-of-readers", "a read-only user's batch has no runs",
        "OR given_role = 'read-only' OR", "OR", f"{_GUARDS}_a_read_only_user_has_no_runs"),
    _of(
        "60_push", "runs-of-forgers", "nor has one with an altered payload", " OR damaged <> '{}' THEN 0",
        " THEN 0", f"{_GUARDS}_an_altered_payload_amid_a_run_is_quarantined"),
)  # fmt: skip

THE_ANSWER = (
    _of(
        "60_push", "others-outcomes", "the answer says nothing of others' transactions",
        "WHERE t.author = my_id OR t.device IN", "WHERE true OR t.device IN",
        f"{_FORGING}_the_answer_says_nothing_of_others_transactions"),
    _of(
        "60_push", "differs-sight", "nor of a row that is not seen any more",
        "CASE WHEN hub.seen_by(my_id, r.tbl, r.row_id) THEN hub.get(r.tbl, r.row_id) END",
        "hub.get(r.tbl, r.row_id)",
        f"{_OUTCOMES}_an_edit_of_what_was_handed_over_is_late_and_goes_to_the_new_owner"),
    _of(
        "60_push", "differs-withheld", "nor of a reference to one",
        "WHEN k.is_withheld AND NOT hub.seen_by(my_id, k.refers_to, s.present ->> a.name) THEN NULL",
        "WHEN false THEN NULL", f"{_GUARDS}_the_answer_withholds_a_reference_to_an_unseen_row"),
    _of(
        "58_transactions", "differs-answered", "a push is told where the centre holds something else",
        "is_differing OR merged.took IS NOT NULL OR", "is_differing OR",
        f"{_PUSH}_a_concurrent_overwrite_leaves_one_conflict_with_both_sides"),
)  # fmt: skip

THE_PULL = (
    _of(
        "40_read", "batch-of-cursor", "a cursor is known by its batch, not its number alone",
        "b.version = asked.version AND b.name::text = asked.batch", "b.version = asked.version",
        f"{_CALLS}_a_cursor_is_known_by_its_version_and_batch"),
    _of(
        "41_pull", "sight-of-ops", "a pull sends no op of an unseen row",
        "WHERE o.op_id = ANY (ids) AND (\n            is_admin",
        "WHERE o.op_id = ANY (ids) AND (\n            true", _REPLICAS),
    _of(
        "41_pull", "sight-of-ends", "nor of a link whose other end is unseen",
        "                AND (r.other_id IS NULL OR e.everybody OR me = ANY (e.users))\n", "",
        f"{_GUARDS}_an_op_on_a_link_whose_other_end_is_unseen_is_not_sent"),
    _of(
        "41_pull", "sight-of-rows", "a row gained and lost again is not sent",
        "        AND hub.seen_by(me, f.tbl, f.row_id)\n    ), parts", "    ), parts",
        f"{_GUARDS}_a_row_gained_and_lost_between_two_pulls_is_not_sent"),
    _of(
        "41_pull", "withheld-reference", "a reference to an unseen row is withheld",
        "entry := jsonb_set(entry, '{0}', 'null');", "PERFORM 1;",
        f"{_CALLS}_a_reference_to_an_unseen_row_is_withheld_everywhere"),
    _of(
        "21_places", "clash-other-ends", "a clash is told to who sees both accounts, too",
        "hub.in_common(s.users, s.everybody, e.users, r.other_id IS NULL OR e.everybody)", "s.users",
        f"{_CENTRE}/test_clashes.py::test"
        "_a_clash_of_quotes_is_told_to_those_alone_who_see_their_accounts_too"),
    _of(
        "41_pull", "withheld-before", "and so is where a row hung before",
        "entry := jsonb_set(entry, '{1}', 'null');", "PERFORM 1;",
        f"{_CALLS}_a_reference_to_an_unseen_row_is_withheld_everywhere"),
    _of(
        "41_pull", "unseen-parent", "what hangs on an unseen row is left out",
        "                is_out := true;\n", "                is_out := false;\n",
        f"{_GUARDS}_what_hung_on_an_unseen_row_is_left_out_until_it_moves"),
    _of(
        "41_pull", "arguments", "a transaction's arguments are for those who see all of it",
        "WHEN is_admin OR x.arguments = '{}' OR NOT EXISTS", "WHEN true OR NOT EXISTS",
        f"{_CALLS}_the_arguments_of_a_transaction_are_for_those_who_see_all_of_it"),
    _of(
        "41_pull", "exit-sent", "who loses sight is told", "f.kind = 'exit' AND me = ANY (f.users)",
        "f.kind = 'exit' AND false", _REPLICAS),
    _of(
        "41_pull", "exit-to-nobody-else", "only who had a row hears that it went",
        "f.kind = 'exit' AND me = ANY (f.users)", "f.kind = 'exit'",
        f"{_GUARDS}_who_was_not_there_gets_no_exit"),
    _of(
        "41_pull", "page-boundary", "a page ends only between central transactions",
        "entries := entries || hub.entries(me, is_admin, own, upto, next_upto);",
        "entries := (entries || hub.entries(me, is_admin, own, upto, next_upto))[:most];",
        f"{_CALLS}_a_page_holds_whole_transactions_only"),
    _of(
        "41_pull", "cursor-behind-data", "the cursor does not pass what was not sent",
        "'entries', entries, 'version', upto,", "'entries', entries, 'version', newest,",
        f"{_CALLS}_a_page_holds_whole_transactions_only"),
    _of(
        "41_pull", "echo-named", "an own op comes back without its values",
        "o.device = own AND o.seq IS NOT NULL AND NOT hub.once_lost(me, o.tbl, o.row_id)", "false",
        f"{_CALLS}_an_own_op_comes_back_without_its_values"),
    _of(
        "41_pull", "losses-told-whole", "but whole where its row was lost once",
        " AND NOT hub.once_lost(me, o.tbl, o.row_id)", "",
        f"{_CENTRE}/test_device_comes_back.py::"
        "test_what_went_and_came_back_meanwhile_has_ones_own_edit_on_top"),
    _of(
        "41_pull", "brought-told-whole", "and where somebody else brought it back",
        " AND o.seq IS NOT NULL AND NOT", " AND NOT",
        f"{_CENTRE}/test_push.py::"
        "test_what_is_brought_back_of_a_device_comes_whole_to_a_copy_that_goes_on_under_its_name"),
    _of(
        "41_pull", "history-of-held", "the history of a row leaves out what was not applied",
        " AND o.outcome = 'applied'\n", "\n", f"{_GUARDS}_the_history_leaves_out_what_was_held"),
    _of(
        "20_sight", "closed-upwards", "managers see what those below them see",
        "coalesce(a.above_id, d.user_id) ORDER BY coalesce(a.above_id, d.user_id)",
        "d.user_id ORDER BY d.user_id", f"{_GUARDS}_a_new_manager_gains_what_those_below_see"),
    _of(
        "20_sight", "link-lock", "a link waits for a hand-over of its account that is under way",
        "    ORDER BY s.row_id FOR SHARE;\n", "    ;\n",
        f"{_SIGHT}_a_link_made_while_its_account_is_handed_over_brings_the_new_owner"),
    _of(
        "20_sight", "patience", "a change of people gives up where somebody holds it up",
        "        PERFORM set_config('lock_timeout', '10s', true);\n", "",
        f"{_BY_SQL}_a_change_of_people_gives_up_where_a_rep_holds_it_up"),
    _of(
        "30_feed", "moved", "a row that moved comes whole to who sees it now",
        "SELECT m.tbl, m.row_id, '{}', true FROM hub.moved AS m WHERE m.batch = closing",
        "SELECT m.tbl, m.row_id, '{}', true FROM hub.moved AS m WHERE false",
        f"{_GUARDS}_what_hung_on_an_unseen_row_is_left_out_until_it_moves"),
)  # fmt: skip

VERSIONS = (
    _of(
        "10_internals", "counter", "a member raises the counter in a commit alone",
        *_never("NOT hub.is_committing()"), f"{_BY_SQL}_the_counter_is_not_taken_before_the_commit"),
    _of(
        "10_internals", "stored-cursor", "and not while a cursor is stored",
        "        AND NOT EXISTS (SELECT FROM pg_cursors WHERE is_holdable)\n", "",
        f"{_BY_SQL}_the_counter_is_not_kept_while_a_cursor_is_stored"),
    _of(
        "10_internals", "batch-of-others", "a setting of the session leads into no other batch",
        " AND xid = pg_current_xact_id() AND NOT is_closing", "",
        f"{_BY_SQL}_a_setting_of_the_session_changes_nothing_of_a_push"),
    _of(
        "10_internals", "early-check", "what follows an early check of the constraints is fed too",
        " AND NOT is_closing;", ";",
        f"{_VERSIONS}_what_follows_an_early_check_of_the_constraints_is_fed_too"),
    _of(
        "10_internals", "epoch-mark", "a restored backup that was marked is another epoch",
        "        m.counter\n", "        0\n",
        f"{_CALLS}_another_mark_of_a_restored_backup_is_another_epoch"),
    _of(
        "10_internals", "recovery-ends", "a recovery ends", "recovery_until > now()",
        "recovery_until IS NOT NULL", f"{_GUARDS}_a_recovery_ends"),
    _of(
        "61_bring_back", "recovery", "nothing is brought back to a centre that lost nothing",
        *_never("NOT hub.in_recovery()"), f"{_PUSH}_nothing_is_brought_back_to_a_centre_that_lost_nothing"),
    _of(
        "61_bring_back", "brought-hash", "what is brought back is what was hashed", "RETURN false;",
        "PERFORM 1;",
        f"{_PUSH}_what_was_lost_is_brought_back_once_and_not_merged_again_when_its_device_comes"),
    _of(
        "61_bring_back", "brought-rights", "nobody brings back more than they may do themselves",
        *_never("(one.finding).gravity > 0"),
        f"{_PUSH}_nobody_brings_back_more_than_they_may_do_themselves"),
    _of(
        "61_bring_back", "brought-clock", "the clock of what is brought back is clamped, too",
        "CASE WHEN (reading >> 16) > centre_ms + 60000 THEN centre_ms << 16 ELSE reading END", "reading",
        f"{_GUARDS}_the_clock_of_what_is_brought_back_is_clamped_too"),
    _of(
        "61_bring_back", "brought-size", "and a call of it has an end",
        "PERFORM hub.refuse('SF001', '{\"reason\": \"too_large\"}');", "PERFORM 1;",
        f"{_GUARDS}_what_is_brought_back_in_a_call_has_an_end"),
)  # fmt: skip

BY_SQL = (
    _of(
        "70_edits", "edits-fed", "an administrator's SQL is fed",
        "        PERFORM hub.feed_op(made, given_tbl, one ->> 0);\n", "", _REPLICAS),
    _of(
        "70_edits", "nothing-changed", "an update that changes nothing is no op",
        "FROM jsonb_each(after - 'id') AS n WHERE n.value <> before -> n.key",
        "FROM jsonb_each(after - 'id') AS n", f"{_EDITS}_an_update_that_changes_nothing_is_no_op"),
    _of(
        "70_edits", "bury", "DELETE leaves a tombstone",
        "            'FOR EACH ROW EXECUTE FUNCTION hub.bury(); '\n",
        "            'FOR EACH ROW WHEN (false) EXECUTE FUNCTION hub.bury(); '\n",
        f"{_EDITS}_deleting_leaves_a_tombstone"),
    _of(
        "70_edits", "keep-rows", "TRUNCATE is refused",
        "RAISE EXCEPTION 'rows of % are never removed; DELETE marks them as deleted', TG_TABLE_NAME\n     "
        "   USING ERRCODE = 'feature_not_supported';",
        "RETURN NULL;", f"{_EDITS}_sql_cannot_remove_a_row_or_change_its_id"),
    _of(
        "70_edits", "keep-id", "the id of a row never changes",
        "RAISE EXCEPTION 'the id of a row never changes' USING ERRCODE = 'feature_not_supported';",
        "RETURN NEW;", f"{_EDITS}_sql_cannot_remove_a_row_or_change_its_id"),
    _of(
        "70_edits", "set-up-seen", "the centre's own set-up counts as seen, and nothing else of it",
        "AND o.device = 'centre' AND t.kind = 'system'", "AND o.device = 'centre'",
        f"{_EDITS}_the_set_up_counts_as_seen_and_later_changes_do_not"),
    _in(
        "triggers", "own-writes", "the centre's own writes are not taken for an administrator's",
        "IF NOT hub.is_merging() THEN", "IF true THEN",
        f"{_PUSH}_a_losing_group_is_left_whole_and_a_winning_one_restored"),
    _in(
        "tables", "constraint-at-commit", "a reference to a row that is not there fails at the commit",
        "        if column.references:\n            constraint", "        if False:\n            constraint",
        f"{_CENTRE}/test_tables.py::test_a_reference_to_a_row_that_is_not_there_fails_at_the_commit"),
)  # fmt: skip

RIGHTS = (
    _of(
        "80_rights", "row-security", "a right given by mistake shows what its user sees anyway",
        "'ALTER TABLE sfa.%1$I ENABLE ROW LEVEL SECURITY; '", "''",
        f"{_RIGHTS}_a_right_on_a_table_given_by_mistake_shows_what_the_user_sees_anyway"),
    _of(
        "80_rights", "policy", "and the policy asks who sees a row", "USING (hub.member_sees(%1$L, id))",
        "USING (true)", f"{_RIGHTS}_a_right_on_a_table_given_by_mistake_shows_what_the_user_sees_anyway"),
    _of(
        "80_rights", "policy-of-disabled", "and a login that is closed sees none",
        "WHERE l.role_name = session_user AND l.is_active", "WHERE l.role_name = session_user",
        f"{_GUARDS}_a_closed_login_sees_nothing_through_a_right_given_by_mistake"),
    _of(
        "80_rights", "backslashes", "a caller's setting does not change what our texts mean",
        "        EXECUTE format('ALTER FUNCTION %s SET standard_conforming_strings = on', one);\n", "",
        f"{_BY_SQL}_a_setting_of_the_session_changes_nothing_of_a_push"),
    _of(
        "60_push", "definer", "a call runs with the centre's rights, and the caller has none",
        "LANGUAGE plpgsql SECURITY DEFINER", "LANGUAGE plpgsql",
        f"{_RIGHTS}_every_function_others_may_call_is_fenced"),
    _of(
        "60_push", "search-path", "a call looks for functions where the centre put them",
        "SET search_path = pg_catalog, pg_temp SET plan", "SET plan",
        f"{_RIGHTS}_every_function_others_may_call_is_fenced"),
    _in(
        "triggers", "search-path-of-triggers", "and so do the triggers",
        "SET search_path = pg_catalog, pg_temp SET plan", "SET plan",
        f"{_RIGHTS}_every_function_others_may_call_is_fenced"),
    _in(
        "install", "members-alone", "only members and readers enter the database",
        '"REVOKE ALL ON DATABASE {} FROM PUBLIC"', '"GRANT CONNECT ON DATABASE {} TO PUBLIC"',
        f"{_BY_SQL}_a_role_that_is_no_member_does_not_enter"),
    _in(
        "install", "large-objects", "a member stores no large objects",
        '"pg_catalog.lo_from_bytea(oid, bytea), ', '"', f"{_BY_SQL}_a_rep_is_refused"),
    _in(
        "install", "functions-closed", "the inner functions are nobody's to call",
        'cursor.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM '
        'PUBLIC")',
        'sql.SQL("")', f"{_RIGHTS}_every_function_others_may_call_is_fenced"),
    _in(
        "admin", "statement-limit", "a login's statements have an end",
        '    "statement_timeout": "5min",\n', "",
        f"{_BY_SQL}_a_login_has_an_end_of_connections_and_limits_of_time"),
    _in(
        "admin", "lock-limit", "and its waiting for locks", '    "lock_timeout": "30s",\n', "",
        f"{_BY_SQL}_a_login_has_an_end_of_connections_and_limits_of_time"),
    _in(
        "admin", "connections", "and its connections", "_CONNECTIONS = 10", "_CONNECTIONS = 100",
        f"{_BY_SQL}_a_login_has_an_end_of_connections_and_limits_of_time"),
)  # fmt: skip

CENTRAL = (
    *WHO_CALLS, *THE_LOG, *OUTCOMES, *QUOTES, *MERGING, *RUNS, *THE_ANSWER, *THE_PULL, *VERSIONS, *BY_SQL,
    *RIGHTS,
)  # fmt: skip
