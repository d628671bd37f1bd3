-- How one op meets a row. Reads the log and changes nothing: 55_writing.sql writes what comes out.
-- The same rules, one by one, as sfa/sync/merge.py; tests/sync/centre/test_merge_sql.py holds them together.

-- The row that a new one hangs on: its parent as fields/sight.py has it, and of a deal the account.
CREATE OR REPLACE FUNCTION hub.hangs_on(given_tbl text, v jsonb, OUT tbl text, OUT id text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    kind text;
BEGIN
    IF given_tbl IN ('tag', 'external_id') THEN
        SELECT n.tbl, v ->> 'record_id' INTO tbl, id FROM hub.noun AS n WHERE n.name = v ->> 'noun';
    ELSIF given_tbl IN ('activity_attendee', 'comment') THEN
        tbl := 'activity';
        id := v ->> 'activity_id';
    ELSIF given_tbl IN (
        'activity', 'task', 'account_collaborator', 'contact_account', 'deal', 'deal_line', 'deal_role', 'deal_event',
        'phone', 'email', 'address', 'custom_value', 'attachment', 'quote', 'quote_decision', 'quote_revision',
        'sales_order', 'order_event', 'order_invoice', 'order_receipt'
    ) THEN
        FOREACH kind IN ARRAY ARRAY['deal', 'account', 'contact', 'lead', 'activity', 'task', 'quote', 'sales_order'] LOOP
            IF v ->> (kind || '_id') IS NOT NULL AND NOT (given_tbl = 'task' AND kind = 'activity') THEN
                tbl := kind;
                id := v ->> (kind || '_id');
                RETURN;
            END IF;
        END LOOP;
    END IF;
END $$;

-- `present` is null when there is no such row yet; `state` says who wrote it.
CREATE OR REPLACE FUNCTION hub.merge_op(op hub.incoming, shape hub.shape, present jsonb, state hub.row)
RETURNS hub.merged LANGUAGE plpgsql STABLE AS $$
DECLARE
    merged hub.merged;
    new_values jsonb;
    all_seen boolean;
    has_group boolean;
BEGIN
    IF op.changes IS NULL AND op.kind = 'erase' AND present IS NOT NULL THEN
        op.changes := hub.emptied(op, shape, present);
        merged := hub.merge_erasure(op, shape, present);
        merged.said := op.changes;
        RETURN merged;
    ELSIF op.changes IS NULL THEN
        merged."values" := '{}';
        merged.took := '{}';
        RETURN merged;
    ELSIF present IS NULL THEN
        RETURN hub.merge_new(op, shape);
    ELSIF op.kind = 'erase' THEN
        RETURN hub.merge_erasure(op, shape, present);
    ELSIF op.kind = 'update' AND NOT shape.is_append_only AND present ->> 'deleted_at' IS NULL
        AND NOT op.changes ? 'deleted_at' AND NOT op.changes ?| shape.ring_refs THEN
        -- What nearly every update is: made in knowledge of what is there.
        SELECT
            jsonb_object_agg(key, value -> 0),
            bool_and((value ->> 2) IS NOT DISTINCT FROM coalesce(state.columns ->> key, state.maker)),
            bool_or(shape.groups ? key)
        INTO new_values, all_seen, has_group
        FROM jsonb_each(op.changes);
        IF all_seen AND (NOT has_group OR state.columns = '{}') THEN
            merged."values" := new_values;
            RETURN merged;
        END IF;
    END IF;
    RETURN hub.merge_changes(op, shape, present, state);
END $$;

CREATE OR REPLACE FUNCTION hub.merge_new(op hub.incoming, shape hub.shape) RETURNS hub.merged LANGUAGE plpgsql STABLE AS $$
DECLARE
    merged hub.merged;
    above record;
    deletion text;
BEGIN
    -- The rows above a new one would have to name it before it is there: nobody but a forger sends that.
    IF op.changes ?| shape.ring_refs AND hub.closes_ring(op.tbl, op.row_id, op.new_values ->> shape.ring_refs[1]) THEN
        merged.is_invalid := true;
        merged.took := '{}';
        RETURN merged;
    END IF;
    -- What the centre alone makes is not made by an erasure either: it makes it again when its cause comes again.
    IF op.kind = 'erase' AND (op.tbl IN ('conflict', 'proposal') OR hub.erases_refused(op)) THEN
        merged."values" := '{}';
        merged.took := shape.personal || ARRAY(SELECT 'deleted_at' WHERE op.changes ? 'deleted_at');
        RETURN merged;
    END IF;
    merged."values" := op.new_values;
    merged.is_insert := true;
    above := hub.hangs_on(op.tbl, op.new_values);
    IF above.tbl IS NOT NULL THEN
        deletion := hub.deletion(above.tbl, above.id);
        IF deletion IS NOT NULL AND NOT hub.is_told(op, deletion, above.tbl, above.id) THEN
            merged.conflicts := jsonb_build_array(
                hub.raised(
                    'edited-while-deleted', above.tbl, above.id, 'deleted_at',
                    hub.side(deletion, '{}'), hub.side(op, '{}'), '{}'
                )
            );
        END IF;
    END IF;
    RETURN merged;
END $$;

CREATE OR REPLACE FUNCTION hub.merge_erasure(op hub.incoming, shape hub.shape, present jsonb)
RETURNS hub.merged LANGUAGE plpgsql STABLE AS $$
DECLARE
    merged hub.merged;
    col text;
    new_value jsonb;
BEGIN
    merged.took := shape.personal;
    merged."values" := '{}';
    -- That another row was deleted where it was erased is for the op that deleted it to say.
    IF shape.is_value AND op.changes -> 'deleted_at' ->> 0 IS NOT NULL AND present ->> 'deleted_at' IS NULL THEN
        merged.took := merged.took || 'deleted_at'::text;
    END IF;
    FOREACH col IN ARRAY merged.took LOOP
        new_value := coalesce(op.changes -> col -> 0, 'null');
        IF new_value <> present -> col THEN
            merged."values" := merged."values" || jsonb_build_object(col, new_value);
        END IF;
    END LOOP;
    RETURN merged;
END $$;

-- What an erasure comes to say whose payload is gone: the record had left its device before.
CREATE OR REPLACE FUNCTION hub.emptied(op hub.incoming, shape hub.shape, present jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(c, jsonb_build_array(shape.placeholders -> c)), '{}') || CASE
        WHEN shape.is_value THEN jsonb_build_object('deleted_at', jsonb_build_array(
            coalesce(present ->> 'deleted_at', hub.instant_text(to_timestamp((op.hlc >> 16) / 1000.0)))
        ))
        ELSE '{}'
    END
    FROM unnest(shape.personal) AS c WHERE present ->> c IS NOT NULL
$$;

-- An op's changes as [new, previous, base]: an insertion of a known row knew nothing of it.
CREATE OR REPLACE FUNCTION hub.as_update(op hub.incoming, shape hub.shape, state hub.row)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    found jsonb;
BEGIN
    IF op.kind = 'insert' THEN
        SELECT jsonb_object_agg(c, jsonb_build_array(op.changes -> c -> 0, NULL, NULL)) INTO found
        FROM unnest(shape.columns) AS c WHERE c NOT IN ('created_at', 'created_by');
        RETURN found;
    ELSIF op.kind = 'delete' THEN
        found := coalesce(
            op.changes -> 'deleted_at',
            jsonb_build_array(NULL, NULL, coalesce(state.columns ->> 'deleted_at', state.maker))
        );
        RETURN jsonb_build_object(
            'deleted_at',
            jsonb_build_array(hub.instant_text(to_timestamp((op.hlc >> 16) / 1000.0)), found -> 1, found -> 2)
        );
    END IF;
    RETURN op.changes;
END $$;

CREATE OR REPLACE FUNCTION hub.merge_changes(op hub.incoming, shape hub.shape, present jsonb, state hub.row)
RETURNS hub.merged LANGUAGE plpgsql STABLE AS $$
DECLARE
    merged hub.merged;
    changes jsonb := hub.as_update(op, shape, state);
    col text;
    writer text;
    unit text;
BEGIN
    merged."values" := '{}';
    merged.took := '{}';
    merged.restored := '{}';
    merged.conflicts := '[]';
    merged.blanked := '{}';
    IF shape.is_append_only THEN
        IF EXISTS (
            SELECT FROM jsonb_each(changes) WHERE key <> 'deleted_at' AND value -> 0 <> present -> key
        ) THEN
            merged.is_invalid := true;
            RETURN merged;
        END IF;
        SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO changes
        FROM jsonb_each(changes) WHERE key = 'deleted_at';
    END IF;
    FOREACH col IN ARRAY shape.personal LOOP
        writer := coalesce(state.columns ->> col, state.maker);
        IF changes ? col AND writer IS NOT NULL AND (changes -> col ->> 2) IS DISTINCT FROM writer
            AND NOT hub.knows_erasure(op, col, changes -> col ->> 2) THEN
            merged.blanked := merged.blanked || col;
        END IF;
    END LOOP;
    changes := changes - merged.blanked;
    FOR unit IN
        SELECT coalesce(shape.groups ->> key, key)
        FROM jsonb_object_keys(changes) AS key
        GROUP BY 1 ORDER BY min(array_position(shape.columns, key))
    LOOP
        IF unit = ANY (shape.ring_refs) AND changes -> unit -> 0 <> present -> unit
            AND hub.closes_ring(op.tbl, op.row_id, changes -> unit ->> 0) THEN
            merged.conflicts := merged.conflicts || hub.ring_conflict(op, present, state, changes, unit);
            CONTINUE;
        END IF;
        merged := hub.merge_unit(op, shape, present, state, changes, unit, merged);
    END LOOP;
    merged.conflicts := merged.conflicts || hub.edits_and_deletions(op, present, state, changes, merged);
    RETURN merged;
END $$;

CREATE OR REPLACE FUNCTION hub.merge_unit(
    op hub.incoming, shape hub.shape, present jsonb, state hub.row, changes jsonb, unit text, merged hub.merged
) RETURNS hub.merged LANGUAGE plpgsql STABLE AS $$
DECLARE
    columns text[] := ARRAY[unit];
    own text[] := '{}';
    bases text[] := '{}';
    unseen text[] := '{}';
    told text[];
    implied jsonb := '{}';
    new_values jsonb;
    col text;
    writer text;
    before jsonb;
    lost jsonb;
    loser text;
    is_past boolean;
    other hub.op;
    is_winner boolean := true;
BEGIN
    IF shape.units ? unit THEN
        columns := ARRAY(SELECT jsonb_array_elements_text(shape.units -> unit));
    END IF;
    FOREACH col IN ARRAY columns LOOP
        CONTINUE WHEN NOT changes ? col;
        own := own || col;
        bases := bases || (changes -> col ->> 2);
        writer := coalesce(state.columns ->> col, state.maker);
        IF writer IS NOT NULL AND writer IS DISTINCT FROM (changes -> col ->> 2)
            AND NOT writer = ANY (unseen) AND NOT hub.is_set_up(writer)
            AND NOT (col = ANY (shape.ring_refs) AND hub.is_refused(op.tbl, op.row_id, unit, writer, changes -> col ->> 2))
        THEN
            unseen := unseen || writer;
        END IF;
    END LOOP;
    told := unseen;
    -- The author saw the unit as the loser has it on which the op builds.
    SELECT hub.read_json(c.lost), c.lost_op INTO lost, loser FROM hub.carried_on(op, unit, bases) AS c;
    FOREACH col IN ARRAY columns LOOP
        writer := coalesce(state.columns ->> col, state.maker);
        CONTINUE WHEN col = ANY (own) OR writer IS NULL OR array_position(bases, writer) IS NOT NULL;
        is_past := writer = ANY (told) OR hub.is_unseen(writer, op.device, op.cursor_version)
            AND NOT hub.knew(col, writer, columns, bases);
        IF lost ? col AND (is_past OR hub.has_replaced(loser, col, writer)) THEN
            before := jsonb_build_array(lost -> col);
        ELSIF is_past THEN
            before := hub.value_before(col, writer, told, bases, op);
            IF before IS NOT NULL THEN
                before := coalesce(hub.value_in_own(col, columns, bases, op), before);
            END IF;
        ELSE
            CONTINUE;
        END IF;
        IF before IS NOT NULL THEN
            implied := implied || jsonb_build_object(col, before -> 0);
            IF is_past AND NOT writer = ANY (unseen) THEN
                unseen := unseen || writer;
            END IF;
        END IF;
    END LOOP;
    SELECT jsonb_object_agg(c, changes -> c -> 0) || implied INTO new_values FROM unnest(own) AS c;
    IF unseen <> '{}' THEN
        SELECT * INTO other FROM hub.op AS o WHERE o.op_id = ANY (unseen)
        ORDER BY o.clock DESC, o.device COLLATE "C" DESC, o.op_id COLLATE "C" DESC LIMIT 1;
        is_winner := (op.clock, op.device COLLATE "C", op.op_id COLLATE "C")
            > (other.clock, other.device COLLATE "C", other.op_id COLLATE "C");
        -- Two who delete the same row mean the same value.
        IF EXISTS (
            SELECT FROM jsonb_each(new_values) WHERE value <> present -> key
                AND NOT (unit = 'deleted_at' AND value <> 'null' AND present -> key <> 'null')
        ) THEN
            merged.conflicts := merged.conflicts || hub.overwrite(
                op, unit, new_values, present, other.op_id, bases, changes, is_winner
            );
        END IF;
    END IF;
    IF is_winner THEN
        merged.took := merged.took || own;
        FOR col IN SELECT key FROM jsonb_each(new_values) WHERE value <> present -> key LOOP
            IF implied ? col THEN
                merged.restored := merged.restored || jsonb_build_object(col, new_values -> col);
            ELSE
                merged."values" := merged."values" || jsonb_build_object(col, new_values -> col);
            END IF;
        END LOOP;
    END IF;
    RETURN merged;
END $$;

-- Whether an op, or one that it builds on, replaced in a column what another one had written there.
CREATE OR REPLACE FUNCTION hub.has_replaced(given_op text, col text, writer text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    at text := given_op;
BEGIN
    WHILE at IS NOT NULL LOOP
        SELECT hub.read_json(o.changes) -> col ->> 2 INTO at FROM hub.op AS o WHERE o.op_id = at;
        IF at = writer THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Whether what an op builds on goes back to a writer, and left in a column what that one had put there: who made
-- it saw that, even on a device that has heard less, such as a copy that goes on under another name.
CREATE OR REPLACE FUNCTION hub.knew(col text, writer text, columns text[], bases text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        WITH RECURSIVE below (op_id) AS (
            SELECT b FROM unnest(bases) AS b WHERE b IS NOT NULL
            UNION
            SELECT c.value ->> 2
            FROM below AS b JOIN hub.op AS o USING (op_id) CROSS JOIN jsonb_each(hub.read_json(o.changes)) AS c
            WHERE b.op_id <> writer AND c.key = ANY (columns) AND c.value ->> 2 IS NOT NULL
        )
        SELECT count(*) FILTER (WHERE op_id = writer) > 0
            AND count(*) FILTER (WHERE op_id <> writer AND hub.has_replaced(op_id, col, writer)) = 0
        FROM below
    );
END $$;

-- The open conflict on whose loser an op builds.
CREATE OR REPLACE FUNCTION hub.carried_on(op hub.incoming, given_unit text, bases text[], OUT id text, OUT base text, OUT lost text, OUT lost_op text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT c.id, c.base, c.lost, c.lost_op INTO id, base, lost, lost_op FROM sfa.conflict AS c
    WHERE c.on_id = op.row_id AND c.on_table = op.tbl AND c.unit = given_unit AND c.kind = 'overwrite'
        AND c.state = 'open' AND c.lost_op = ANY (bases)
    ORDER BY c.created_at, c.id COLLATE "C" LIMIT 1;
END $$;

-- The conflict of two ops on a unit: an open one carried on, when the op builds on its loser.
CREATE OR REPLACE FUNCTION hub.overwrite(
    op hub.incoming, given_unit text, new_values jsonb, present jsonb, writer text, bases text[], changes jsonb,
    is_winner boolean
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    ours jsonb := hub.side(op, new_values);
    theirs jsonb;
    known record;
    before jsonb;
BEGIN
    SELECT hub.side(writer, jsonb_object_agg(key, present -> key)) INTO theirs
    FROM jsonb_object_keys(new_values) AS key;
    SELECT c.id, c.base INTO known FROM hub.carried_on(op, given_unit, bases) AS c;
    IF is_winner THEN
        before := hub.before_theirs(writer, theirs -> 'values');
        RETURN hub.raised('overwrite', op.tbl, op.row_id, given_unit, ours, theirs, before, known.id);
    END IF;
    SELECT jsonb_object_agg(key, coalesce(changes -> key -> 1, value)) INTO before FROM jsonb_each(new_values);
    IF known.base LIKE '{%' THEN
        before := before || known.base::jsonb;
    END IF;
    RETURN hub.raised('overwrite', op.tbl, op.row_id, given_unit, theirs, ours, before, known.id);
END $$;

-- The conflict of an edit below a tombstone, or of a tombstone above an edit, in an array.
CREATE OR REPLACE FUNCTION hub.edits_and_deletions(
    op hub.incoming, present jsonb, state hub.row, changes jsonb, merged hub.merged
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    deletion text := coalesce(state.columns ->> 'deleted_at', state.maker);
    unseen text[];
    latest text;
    new_values jsonb;
    before jsonb;
BEGIN
    IF NOT changes ? 'deleted_at' THEN
        IF changes = '{}' OR present ->> 'deleted_at' IS NULL OR deletion IS NULL
            OR hub.is_told(op, deletion, op.tbl, op.row_id) THEN
            RETURN '[]';
        END IF;
        SELECT jsonb_object_agg(key, value -> 0), jsonb_object_agg(key, value -> 1) INTO new_values, before
        FROM jsonb_each(changes);
        RETURN jsonb_build_array(
            hub.raised(
                'edited-while-deleted', op.tbl, op.row_id, 'deleted_at',
                hub.side(deletion, jsonb_build_object('deleted_at', present -> 'deleted_at')),
                hub.side(op, new_values), before
            )
        );
    ELSIF merged."values" ->> 'deleted_at' IS NULL OR present ->> 'deleted_at' IS NOT NULL THEN
        RETURN '[]';
    END IF;
    -- Of the edits of the row itself and of new rows below it, one conflict.
    SELECT array_agg(w) INTO unseen FROM (
        SELECT DISTINCT coalesce(state.columns ->> c, state.maker) AS w
        FROM jsonb_object_keys(present - 'id') AS c WHERE NOT changes ? c
    ) AS writers WHERE hub.is_unseen(w, op.device, op.cursor_version);
    IF unseen IS NULL THEN
        latest := hub.unseen_child(op);
        RETURN CASE WHEN latest IS NULL THEN '[]' ELSE jsonb_build_array(
            hub.raised(
                'edited-while-deleted', op.tbl, op.row_id, 'deleted_at',
                hub.side(op, jsonb_build_object('deleted_at', merged."values" -> 'deleted_at')),
                hub.side(latest, '{}'), '{}'
            )
        ) END;
    END IF;
    SELECT o.op_id INTO latest FROM hub.op AS o WHERE o.op_id = ANY (unseen)
    ORDER BY o.clock DESC, o.device COLLATE "C" DESC, o.op_id COLLATE "C" DESC LIMIT 1;
    SELECT jsonb_object_agg(key, value) INTO new_values FROM jsonb_each(present - 'id')
    WHERE coalesce(state.columns ->> key, state.maker) = ANY (unseen);
    RETURN jsonb_build_array(
        hub.raised(
            'edited-while-deleted', op.tbl, op.row_id, 'deleted_at',
            hub.side(op, jsonb_build_object('deleted_at', merged."values" -> 'deleted_at')),
            hub.side(latest, new_values), hub.before_theirs(latest, new_values)
        )
    );
END $$;
