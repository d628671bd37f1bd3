-- What the centre writes when it merges: rows with their writers, ops of its own, conflicts. Source: docs/sync-protocol.md, "Merging an op".

-- Where a device sent an op again that is stored under another device or without a seq.
CREATE TABLE IF NOT EXISTS hub.repeated (
    device text NOT NULL,
    seq bigint NOT NULL,
    op_id text NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (device, seq)
);
CREATE INDEX IF NOT EXISTS tx_staged ON hub.tx (device, first_seq) WHERE outcome = 'staged';
CREATE INDEX IF NOT EXISTS tx_not_taken ON hub.tx (device) WHERE outcome IN ('proposal', 'late', 'quarantined');

CREATE OR REPLACE FUNCTION hub.reading_text(reading bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT hub.instant_text(to_timestamp((reading >> 16) / 1000.0))
$$;

-- A text as JSON; null when it is none, or none that PostgreSQL can hold.
CREATE OR REPLACE FUNCTION hub.read_json(given text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN given::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;

-- ---------------------------------------------------------------- ops of the centre

-- The transaction of what the centre writes in this central transaction, made when it is first asked for.
CREATE OR REPLACE FUNCTION hub.own_tx() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    this_batch bigint := hub.batch_id();
    made text := (SELECT b.own_tx FROM hub.batch AS b WHERE b.id = this_batch);
BEGIN
    IF made IS NOT NULL THEN
        RETURN made;
    END IF;
    made := hub.uuid7();
    INSERT INTO hub.tx (tx_id, device, kind, name, arguments, at, outcome)
    VALUES (made, 'centre', 'change', hub.merge_name(), '{}', hub.instant_text(now()), 'applied');
    UPDATE hub.batch SET own_tx = made WHERE id = this_batch;
    RETURN made;
END $$;

-- Write a row as an op of the centre: `given_changes` as an op holds them.
CREATE OR REPLACE FUNCTION hub.write_own(
    given_kind text, given_tbl text, given_id text, given_changes jsonb, given_author text DEFAULT NULL
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text := hub.uuid7();
    reading bigint := hub.next_reading();
    given_salt bytea := uuid_send(gen_random_uuid());
    given_values jsonb;
BEGIN
    INSERT INTO hub.op (
        op_id, tx_id, device, hlc, clock, kind, tbl, row_id, changes, salt, digest, schema_version, outcome, author,
        batch
    ) VALUES (
        made, hub.own_tx(), 'centre', reading, reading, given_kind, given_tbl, given_id, given_changes::text,
        given_salt, sha256(given_salt || convert_to(given_changes::text, 'UTF8')),
        (SELECT version FROM hub.schema_version), 'applied', given_author, hub.batch_id()
    );
    SELECT jsonb_object_agg(key, value -> 0) INTO given_values FROM jsonb_each(given_changes);
    IF given_kind = 'insert' THEN
        PERFORM hub.add(given_tbl, given_id, given_values);
        PERFORM hub.write_maker(given_tbl, given_id, made);
    ELSE
        PERFORM hub.put(given_tbl, given_id, given_values);
        PERFORM hub.write_writers(given_tbl, given_id, ARRAY(SELECT jsonb_object_keys(given_values)), made);
    END IF;
    PERFORM hub.feed_op(made, given_tbl, given_id);
    RETURN made;
END $$;

-- The row itself came with the trigger of its table.
CREATE OR REPLACE FUNCTION hub.write_maker(given_tbl text, given_id text, made text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hub.row SET maker = made, columns = '{}' WHERE row_id = given_id AND tbl = given_tbl;
END $$;

CREATE OR REPLACE FUNCTION hub.write_writers(given_tbl text, given_id text, given_columns text[], writer text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hub.row
    SET columns = columns
        || jsonb_object(given_columns, array_fill(writer, ARRAY[coalesce(array_length(given_columns, 1), 0)]))
    WHERE row_id = given_id AND tbl = given_tbl;
END $$;

-- ---------------------------------------------------------------- what came of an op

CREATE OR REPLACE FUNCTION hub.write_merged(
    op hub.incoming, shape hub.shape, merged hub.merged, present jsonb, state hub.row, this_batch bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    raised jsonb;
    restored_changes jsonb;
BEGIN
    IF merged.is_insert THEN
        PERFORM hub.add(op.tbl, op.row_id, merged."values" || jsonb_build_object('updated_by', op.author));
        PERFORM hub.write_maker(op.tbl, op.row_id, op.op_id);
    ELSE
        IF merged."values" <> '{}' THEN
            PERFORM hub.put(op.tbl, op.row_id, merged."values" || jsonb_build_object('updated_by', op.author));
            IF merged."values" -> 'deleted_at' = 'null' AND present ->> 'deleted_at' IS NOT NULL THEN
                PERFORM hub.feed_return(op.tbl, op.row_id);
            END IF;
        END IF;
        IF merged.took IS NULL OR merged.took <> '{}' THEN
            PERFORM hub.write_writers(
                op.tbl, op.row_id,
                coalesce(merged.took, ARRAY(SELECT jsonb_object_keys(merged."values"))), op.op_id
            );
        END IF;
    END IF;
    INSERT INTO hub.feed (batch, kind, tbl, row_id, ref) VALUES (this_batch, 'op', op.tbl, op.row_id, op.op_id);
    IF merged.took IS NOT NULL THEN
        UPDATE hub.op AS o SET took = merged.took WHERE o.op_id = op.op_id;
    END IF;
    IF merged.blanked <> '{}' THEN
        UPDATE hub.op AS o
        SET changes = hub.without_words(o.changes::jsonb, merged.blanked, shape.placeholders)::text, salt = NULL
        WHERE o.op_id = op.op_id;
    END IF;
    IF merged.said IS NOT NULL THEN
        UPDATE hub.op AS o SET changes = merged.said::text WHERE o.op_id = op.op_id;
    END IF;
    IF op.kind = 'erase' THEN
        PERFORM hub.erase_words(op.tbl, op.row_id, op.op_id);
    ELSIF merged.is_insert AND shape.is_value AND hub.is_below_erasure(op) THEN
        PERFORM hub.erase_words(op.tbl, op.row_id, hub.write_own(
            'erase', op.tbl, op.row_id, hub.emptied(op, shape, hub.get(op.tbl, op.row_id))
        ));
    END IF;
    IF merged.restored <> '{}' THEN
        SELECT jsonb_object_agg(
            key, jsonb_build_array(value, present -> key, coalesce(state.columns ->> key, state.maker))
        )
        INTO restored_changes FROM jsonb_each(merged.restored);
        PERFORM hub.write_own('update', op.tbl, op.row_id, restored_changes, op.author);
    END IF;
    FOR raised IN SELECT jsonb_array_elements(merged.conflicts) LOOP
        PERFORM hub.write_conflict(raised);
    END LOOP;
END $$;

-- ---------------------------------------------------------------- conflicts

CREATE OR REPLACE FUNCTION hub.write_conflict(raised jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sides jsonb := jsonb_build_object(
        'kept_op', raised -> 'kept' ->> 'op_id',
        'lost_op', raised -> 'lost' ->> 'op_id',
        'kept', (raised -> 'kept' -> 'values')::text,
        'lost', (raised -> 'lost' -> 'values')::text,
        'base', (raised -> 'base')::text,
        'kept_author_id', raised -> 'kept' ->> 'author',
        'lost_author_id', raised -> 'lost' ->> 'author',
        'kept_at', hub.reading_text((raised -> 'kept' ->> 'clock')::bigint),
        'lost_at', hub.reading_text((raised -> 'lost' ->> 'clock')::bigint)
    );
    known jsonb := hub.get('conflict', raised ->> 'id');
    state hub.row;
    changes jsonb;
BEGIN
    IF known IS NULL THEN
        sides := sides || jsonb_build_object(
            'created_at', hub.instant_text(now()), 'kind', raised -> 'kind', 'on_table', raised -> 'table',
            'on_id', raised -> 'row_id', 'unit', raised -> 'unit', 'state', 'open'
        );
        SELECT jsonb_object_agg(key, jsonb_build_array(value)) INTO changes
        FROM jsonb_each(jsonb_strip_nulls(sides));
        PERFORM hub.write_own('insert', 'conflict', raised ->> 'id', changes);
        RETURN;
    END IF;
    SELECT * INTO state FROM hub.row WHERE row_id = raised ->> 'id' AND tbl = 'conflict';
    SELECT jsonb_object_agg(
        key, jsonb_build_array(value, known -> key, coalesce(state.columns ->> key, state.maker))
    )
    INTO changes FROM jsonb_each(sides) WHERE value <> known -> key;
    IF changes IS NOT NULL THEN
        PERFORM hub.write_own('update', 'conflict', raised ->> 'id', changes);
    END IF;
END $$;
