-- Merging a whole local transaction: all of it or nothing, and one outcome.
-- Source: docs/sync-protocol.md, "Push".

-- Values that refer to users, read through the device's aliases.
CREATE OR REPLACE FUNCTION hub.resolved(changes jsonb, shape hub.shape, aliases jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(
        c.key,
        CASE WHEN c.key = ANY (shape.user_refs) THEN jsonb_build_array(
            coalesce(aliases -> (c.value ->> 0), c.value -> 0)
        ) || CASE WHEN jsonb_array_length(c.value) > 1 THEN jsonb_build_array(
            coalesce(aliases -> (c.value ->> 1), c.value -> 1), c.value -> 2
        ) ELSE '[]' END
        ELSE c.value END
    ), '{}')
    FROM jsonb_each(changes) AS c
$$;

-- Whether a text names one of the local authors.
CREATE OR REPLACE FUNCTION hub.names_any(given text, aliases jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT jsonb_object_keys(aliases) LOOP
        IF strpos(given, name) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Merge the ops of a whole transaction, as far as they were not merged before (brought back, or pushed
-- by a fork). Ends early with the finding when an op cannot be merged at all; the caller undoes what was done.
CREATE OR REPLACE FUNCTION hub.merge_ops(
    t hub.tx, d hub.device, judged text, given_role text, aliases jsonb, this_batch bigint, INOUT checked text[],
    OUT finding hub.finding, OUT is_differing boolean
) LANGUAGE plpgsql AS $$
DECLARE
    stored hub.op;
    op hub.incoming;
    shape hub.shape;
    present jsonb;
    state hub.row;
    merged hub.merged;
    one record;
    seen jsonb := '{}';
    quotes jsonb := '{}';
    is_good boolean;
BEGIN
    is_differing := false;
    op.judged := judged;
    op.cursor_version := d.cursor_version;
    op.tx_id := t.tx_id;
    -- What only makes new rows takes nobody's sight and closes no deal.
    IF (t.last_seq IS DISTINCT FROM t.first_seq OR t.last_seq IS NULL) AND EXISTS (
        SELECT FROM hub.op AS o
        WHERE o.tx_id = t.tx_id AND (o.kind <> 'insert' OR EXISTS (
            SELECT FROM hub.row AS r WHERE r.row_id = o.row_id AND r.tbl = o.tbl OFFSET 0
        ))
    ) THEN
        seen := coalesce(hub.seen_before(t.tx_id, judged), '{}');
    END IF;
    FOR stored IN
        SELECT * FROM hub.op AS o WHERE o.tx_id = t.tx_id AND o.batch = this_batch ORDER BY o.seq, o.hlc, o.op_id
    LOOP
        IF shape.tbl IS DISTINCT FROM stored.tbl THEN
            SELECT * INTO shape FROM hub.shape AS s WHERE s.tbl = stored.tbl;
        END IF;
        op.op_id := stored.op_id;
        op.hlc := stored.hlc;
        op.clock := stored.clock;
        op.kind := stored.kind;
        op.tbl := stored.tbl;
        op.row_id := stored.row_id;
        op.device := stored.device;
        op.author := stored.author;
        op.changes := stored.changes::jsonb;
        IF shape.tbl IS NULL OR op.changes - shape.columns <> '{}' THEN
            finding := hub.found(3, 'unknown_table');
            RETURN;
        END IF;
        IF hub.names_any(stored.changes, aliases) THEN
            op.changes := hub.resolved(op.changes, shape, aliases);
            IF op.changes <> stored.changes::jsonb THEN
                UPDATE hub.op AS o SET changes = op.changes::text, salt = NULL WHERE o.op_id = op.op_id;
                is_differing := true;
            END IF;
        END IF;
        IF op.changes ? 'created_by' AND given_role <> 'admin'
            AND (op.changes -> 'created_by' ->> 0 <> op.author OR op.kind = 'update') THEN
            op.changes := hub.with_author(op);
            is_differing := is_differing OR op.changes <> stored.changes::jsonb;
        END IF;
        -- What a store says of its own user before the first login; the centre knows that user better.
        IF op.tbl = 'user' AND aliases ? op.row_id THEN
            UPDATE hub.op AS o SET took = '{}' WHERE o.op_id = op.op_id;
            is_differing := true;
            CONTINUE;
        END IF;
        SELECT
            coalesce(jsonb_object_agg(c.key, c.value -> 0), '{}'),
            coalesce(bool_and(
                jsonb_array_length(c.value) = CASE WHEN op.kind IN ('insert', 'erase') THEN 1 ELSE 3 END
                AND jsonb_typeof(c.value -> 0) IN ('null', shape.forms ->> c.key)
            ), true)
        INTO op.new_values, is_good
        FROM jsonb_each(op.changes) AS c;
        IF NOT is_good OR op.kind NOT IN ('insert', 'update', 'delete', 'erase') OR op.op_id !~ '^[0-9a-f-]{36}$'
            OR (op.kind = 'insert' AND op.row_id !~ '^[0-9a-f-]{36}$') THEN
            finding := hub.found(3, 'invalid');
            RETURN;
        END IF;
        SELECT * INTO state FROM hub.row AS r WHERE r.row_id = op.row_id AND r.tbl = op.tbl FOR UPDATE;
        present := CASE WHEN FOUND THEN hub.get(op.tbl, op.row_id) END;
        IF op.changes ?| shape.ring_refs AND present IS NOT NULL THEN
            PERFORM hub.take_turn('ring ' || op.tbl);
        END IF;
        IF op.tbl IN ('quote', 'quote_decision') THEN
            quotes := hub.with_quote(quotes, op);
        END IF;
        one := hub.check_op(op, shape, given_role, present, state, seen, checked);
        checked := one.checked;
        finding := hub.graver(finding, one.finding);
        IF finding.gravity = 3 THEN
            RETURN;
        END IF;
        merged := hub.merge_op(op, shape, present, state);
        IF merged.is_invalid THEN
            finding := hub.found(3, 'invalid');
            RETURN;
        END IF;
        PERFORM hub.write_merged(op, shape, merged, present, state, this_batch);
        IF merged."values" ?| shape.key_columns THEN
            PERFORM hub.meet_keys(op.tbl, op.row_id, op.op_id, op.device);
        END IF;
        is_differing := is_differing OR merged.took IS NOT NULL OR op.changes IS NULL;
    END LOOP;
    IF quotes <> '{}' AND finding.gravity IS NULL THEN
        one := hub.settle_quotes(quotes, t.tx_id, judged, given_role, this_batch);
        finding := one.finding;
        is_differing := is_differing OR one.has_written;
    END IF;
END $$;

-- Merge in a savepoint: nothing stays of a transaction of which anything was found.
CREATE OR REPLACE FUNCTION hub.try_merge(
    t hub.tx, d hub.device, judged text, given_role text, aliases jsonb, this_batch bigint, INOUT checked text[],
    OUT finding hub.finding, OUT is_differing boolean
) LANGUAGE plpgsql AS $$
DECLARE
    before text[] := checked;
    one record;
BEGIN
    one := hub.merge_ops(t, d, judged, given_role, aliases, this_batch, checked);
    finding := one.finding;
    checked := one.checked;
    is_differing := one.is_differing;
    IF finding.gravity > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'SF100';
    END IF;
EXCEPTION
    WHEN SQLSTATE 'SF100' THEN
        checked := before;
        is_differing := true;
    WHEN unique_violation THEN
        -- Somebody else makes the same row at this moment: the call is repeated and finds it.
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = SQLERRM;
    WHEN integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN
        checked := before;
        is_differing := true;
        finding := hub.found(3, 'invalid');
END $$;

-- Whether others' devices can hold what a transaction says of itself.
CREATE OR REPLACE FUNCTION hub.is_presentable(t hub.tx) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        t.tx_id ~ '^[0-9a-f-]{36}$' AND length(t.name) <= 200
        AND t.kind IN ('change', 'undo', 'redo', 'system')
        AND t.at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$'
        AND (t.arguments = '{}' OR jsonb_typeof(hub.read_json(t.arguments)) = 'object')
        AND (t.undoes IS NULL OR t.undoes ~ '^[0-9a-f-]{36}$'),
        false
    )
$$;

-- Settle a transaction of a device: alone, in a savepoint of its own; else what hinders it is raised. An applied
-- one is marked by the caller, many at once.
CREATE OR REPLACE FUNCTION hub.merge_tx(
    t hub.tx, d hub.device, given_role text, aliases jsonb, damaged text[], this_batch bigint, is_alone boolean,
    INOUT checked text[], OUT outcome_now text, OUT is_differing boolean
) LANGUAGE plpgsql AS $$
DECLARE
    real_author text := coalesce(aliases ->> t.author, t.author, d.user_id);
    finding hub.finding;
    one record;
    proposal text;
BEGIN
    is_differing := true;
    IF t.first_seq <= d.last_seq THEN  -- staged before
        UPDATE hub.op AS o SET outcome = 'applied', author = real_author, batch = this_batch
        WHERE o.tx_id = t.tx_id AND o.batch IS NULL;
    END IF;
    IF t.kind = 'system' AND t.first_seq = 1 THEN
        outcome_now := 'ignored';
    ELSIF real_author <> d.user_id THEN
        finding := hub.found(3, 'not_author');
    ELSIF given_role = 'read-only' THEN
        finding := hub.found(3, 'read_only_role');
    ELSIF NOT hub.is_presentable(t) OR damaged <> '{}' AND EXISTS (
        SELECT FROM hub.op AS o WHERE o.tx_id = t.tx_id AND o.op_id = ANY (damaged)
    ) THEN
        finding := hub.found(3, 'invalid');
    ELSE
        IF is_alone THEN
            one := hub.try_merge(t, d, real_author, given_role, aliases, this_batch, checked);
        ELSE
            one := hub.merge_ops(t, d, real_author, given_role, aliases, this_batch, checked);
            IF (one.finding).gravity > 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'SF100';
            END IF;
        END IF;
        finding := one.finding;
        checked := one.checked;
        is_differing := one.is_differing;
    END IF;
    IF finding.gravity > 0 THEN
        outcome_now := (ARRAY['proposal', 'late', 'quarantined'])[finding.gravity];
        PERFORM hub.forget_held_words(t.tx_id);
        IF finding.gravity < 3 THEN
            PERFORM hub.resolve_ops(t.tx_id, aliases);
            proposal := hub.propose(t, outcome_now, real_author, finding);
        END IF;
    END IF;
    IF outcome_now IS NOT NULL THEN
        UPDATE hub.op AS o SET outcome = outcome_now, took = '{}'
        WHERE o.tx_id = t.tx_id AND o.batch = this_batch;
        UPDATE hub.tx AS x
        SET outcome = outcome_now, reason = finding.reason, proposal_id = proposal, author = real_author
        WHERE x.tx_id = t.tx_id;
    END IF;
    outcome_now := coalesce(outcome_now, 'applied');
END $$;

-- Ops that were not merged keep users as the centre knows them, too.
CREATE OR REPLACE FUNCTION hub.resolve_ops(given_tx text, aliases jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hub.op AS o SET changes = found.changes::text, salt = NULL
    FROM (
        SELECT r.op_id, hub.resolved(r.changes::jsonb, s, aliases) AS changes
        FROM hub.op AS r JOIN hub.shape AS s USING (tbl)
        WHERE r.tx_id = given_tx AND hub.names_any(r.changes, aliases)
    ) AS found
    WHERE o.op_id = found.op_id AND found.changes <> o.changes::jsonb;
END $$;
