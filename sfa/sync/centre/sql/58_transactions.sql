-- Merging a whole local transaction: all of it or nothing, and one outcome.
-- Source: docs/sync-protocol.md, "Push".

-- An op as it is merged: read as JSON, users through the aliases. Null when it is no op of ours.
CREATE OR REPLACE FUNCTION hub.resolved(changes jsonb, shape hub.shape, aliases jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(
        c.key,
        CASE WHEN c.key = ANY (shape.user_refs) THEN jsonb_build_array(
            coalesce(aliases -> (c.value ->> 0), c.value -> 0)
        ) || CASE WHEN jsonb_array_length(c.value) > 1 THEN jsonb_build_array(
            coalesce(aliases -> (c.value ->> 1), c.value -> 1), c.value -> 2
        ) ELSE '[]' END
        ELSE c.value END
    )
    FROM jsonb_each(changes) AS c
$$;

-- Merge the ops of a whole transaction. What hinders it is raised as SF100 after `finding` was set, so that
-- the caller's savepoint undoes it all.
CREATE OR REPLACE FUNCTION hub.merge_ops(
    t hub.tx, d hub.device, given_author text, given_role text, aliases jsonb, INOUT checked text[],
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
BEGIN
    is_differing := false;
    IF t.last_seq > t.first_seq THEN
        seen := coalesce(hub.seen_before(t.tx_id, given_author), '{}');
    END IF;
    op.author := given_author;
    op.cursor_version := d.cursor_version;
    op.tx_id := t.tx_id;
    FOR stored IN SELECT * FROM hub.op AS o WHERE o.tx_id = t.tx_id ORDER BY o.seq LOOP
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
        op.changes := stored.changes::jsonb;
        IF shape.tbl IS NULL OR op.changes - shape.columns <> '{}' THEN
            finding := hub.found(3, 'unknown_table');
            RETURN;
        ELSIF op.kind NOT IN ('insert', 'update', 'delete', 'erase') OR NOT hub.is_well_formed(op.changes, op.kind, shape.forms) THEN
            finding := hub.found(3, 'invalid');
            RETURN;
        END IF;
        IF aliases IS NOT NULL AND op.changes IS NOT NULL THEN
            op.changes := coalesce(hub.resolved(op.changes, shape, aliases), '{}');
            IF op.changes <> stored.changes::jsonb THEN
                UPDATE hub.op AS o SET changes = op.changes::text, salt = NULL WHERE o.op_id = op.op_id;
                is_differing := true;
            END IF;
            -- What a store says of its own user before the first login; the centre knows that user better.
            IF op.tbl = 'user' AND aliases ? op.row_id THEN
                UPDATE hub.op AS o SET took = '{}' WHERE o.op_id = op.op_id;
                is_differing := true;
                CONTINUE;
            END IF;
        END IF;
        SELECT * INTO state FROM hub.row AS r WHERE r.row_id = op.row_id AND r.tbl = op.tbl FOR UPDATE;
        present := NULL;
        IF FOUND THEN
            present := hub.get(op.tbl, op.row_id);
        END IF;
        SELECT * INTO one FROM hub.check_op(op, shape, given_role, present, state, seen, checked);
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
        PERFORM hub.write_merged(op, shape, merged, present, state);
        is_differing := is_differing OR merged.took IS NOT NULL OR op.changes IS NULL;
    END LOOP;
END $$;

-- Whether the changes are lists as long as the kind of op has them, of values of the columns' forms.
CREATE OR REPLACE FUNCTION hub.is_well_formed(changes jsonb, kind text, forms jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT changes IS NULL OR NOT EXISTS (
        SELECT FROM jsonb_each(changes) AS c
        WHERE jsonb_typeof(c.value) <> 'array'
            OR jsonb_array_length(c.value) <> CASE WHEN kind IN ('insert', 'erase') THEN 1 ELSE 3 END
            OR jsonb_typeof(c.value -> 0) NOT IN ('null', forms ->> c.key)
    )
$$;

-- Merge a whole transaction in a savepoint and settle its outcome.
CREATE OR REPLACE FUNCTION hub.merge_tx(
    t hub.tx, d hub.device, given_role text, aliases jsonb, damaged text[], INOUT checked text[],
    OUT is_differing boolean
) LANGUAGE plpgsql AS $$
DECLARE
    real_author text := coalesce(aliases ->> t.author, t.author, d.user_id);
    finding hub.finding;
    before text[] := checked;
    one record;
    outcome_now text := 'applied';
    proposal text;
BEGIN
    is_differing := true;
    UPDATE hub.op AS o SET outcome = 'applied', author = real_author, batch = hub.batch_id()
    WHERE o.tx_id = t.tx_id;
    IF t.kind = 'system' AND t.first_seq = 1 THEN
        outcome_now := 'ignored';
    ELSIF real_author <> d.user_id THEN
        finding := hub.found(3, 'not_author');
    ELSIF given_role = 'read-only' THEN
        finding := hub.found(3, 'read_only_role');
    ELSIF damaged <> '{}' AND EXISTS (
        SELECT FROM hub.op AS o WHERE o.tx_id = t.tx_id AND o.op_id = ANY (damaged)
    ) THEN
        finding := hub.found(3, 'invalid');
    ELSE
        BEGIN
            SELECT * INTO one FROM hub.merge_ops(t, d, real_author, given_role, aliases, checked);
            finding := one.finding;
            checked := one.checked;
            is_differing := one.is_differing;
            IF finding.gravity > 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'SF100';
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'SF100' THEN
                NULL;
            WHEN unique_violation THEN
                -- Somebody else makes the same row at this moment: the call is repeated and finds it.
                RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = SQLERRM;
            WHEN integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN
                finding := hub.found(3, 'invalid');
        END;
    END IF;
    IF finding.gravity > 0 THEN
        is_differing := true;
        checked := before;
        outcome_now := (ARRAY['proposal', 'late', 'quarantined'])[finding.gravity];
        IF finding.gravity < 3 THEN
            PERFORM hub.resolve_ops(t.tx_id, aliases);
            proposal := hub.propose(t, outcome_now, real_author, finding);
        END IF;
    END IF;
    IF outcome_now <> 'applied' THEN
        UPDATE hub.op AS o SET outcome = outcome_now, took = '{}' WHERE o.tx_id = t.tx_id;
    END IF;
    UPDATE hub.tx AS x
    SET outcome = outcome_now, reason = finding.reason, proposal_id = proposal, author = real_author
    WHERE x.tx_id = t.tx_id;
END $$;

-- Ops that were not merged keep users as the centre knows them, too.
CREATE OR REPLACE FUNCTION hub.resolve_ops(given_tx text, aliases jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF aliases IS NOT NULL THEN
        UPDATE hub.op AS o SET changes = found.changes::text, salt = NULL
        FROM (
            SELECT r.op_id, hub.resolved(r.changes::jsonb, s, aliases) AS changes
            FROM hub.op AS r JOIN hub.shape AS s USING (tbl) WHERE r.tx_id = given_tx
        ) AS found
        WHERE o.op_id = found.op_id AND found.changes <> o.changes::jsonb;
    END IF;
END $$;
