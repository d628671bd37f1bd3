-- What the centre writes when it merges: rows with their writers, ops of its own, conflicts, and what an
-- erasure leaves of a person's words. Source: docs/sync-protocol.md, "Merging an op".

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

-- ---------------------------------------------------------------- erasing

-- An op's changes with a person's words replaced: by the placeholder, or by nothing where that is allowed.
CREATE OR REPLACE FUNCTION hub.without_words(changes jsonb, personal text[], placeholders jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(
        jsonb_object_agg(
            c.key,
            CASE WHEN NOT c.key = ANY (personal) OR jsonb_typeof(c.value) <> 'array' THEN c.value ELSE (
                SELECT jsonb_agg(
                    CASE WHEN e.place < 3 AND e.value <> 'null' THEN placeholders -> c.key ELSE e.value END
                    ORDER BY e.place
                )
                FROM jsonb_array_elements(c.value) WITH ORDINALITY AS e (value, place)
            ) END
        ),
        '{}'
    )
    FROM jsonb_each(changes) AS c
$$;

-- The words of a person that a row's ops ever held.
CREATE OR REPLACE FUNCTION hub.words_of(given_tbl text, given_id text, personal text[]) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT w.word), '{}')
    FROM hub.op AS o
    CROSS JOIN LATERAL jsonb_each(hub.read_json(o.changes)) AS c
    CROSS JOIN LATERAL jsonb_array_elements_text(c.value) WITH ORDINALITY AS w (word, place)
    WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.kind <> 'erase' AND jsonb_typeof(hub.read_json(o.changes)) = 'object'
        AND c.key = ANY (personal) AND jsonb_typeof(c.value) = 'array'
        AND w.place < 3 AND trim(w.word) NOT IN ('', '[erased]', '[]', '{}')
$$;

-- Take a person's words out of everything else that holds them: other ops of the row and the names of their
-- transactions, rows fed earlier, conflicts and proposals about it.
CREATE OR REPLACE FUNCTION hub.erase_words(given_tbl text, given_id text, erasure text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    of_row hub.shape;
    words text[];
    about record;
    left_over jsonb;
BEGIN
    SELECT * INTO of_row FROM hub.shape WHERE tbl = given_tbl;
    words := hub.words_of(given_tbl, given_id, of_row.personal);
    UPDATE hub.tx AS t
    SET arguments = (
        SELECT jsonb_object_agg(
            a.key,
            CASE
                WHEN EXISTS (SELECT FROM unnest(words) AS w WHERE strpos(a.value #>> '{}', w) > 0) THEN '"[erased]"'
                ELSE a.value
            END
        )
        FROM jsonb_each(hub.read_json(t.arguments)) AS a
    )::text
    WHERE t.arguments <> '{}' AND jsonb_typeof(hub.read_json(t.arguments)) = 'object'
        AND t.tx_id IN (SELECT o.tx_id FROM hub.op AS o WHERE o.row_id = given_id AND o.tbl = given_tbl);
    UPDATE hub.op AS o
    SET changes = CASE
            WHEN jsonb_typeof(hub.read_json(o.changes)) = 'object'
                THEN hub.without_words(o.changes::jsonb, of_row.personal, of_row.placeholders)::text
        END,
        salt = NULL
    -- Not those of the same device that come after it: they know of the erasure.
    FROM hub.op AS e
    WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.op_id <> erasure AND e.op_id = erasure
        AND NOT (o.device = e.device AND coalesce(o.seq > e.seq, false));
    UPDATE hub.feed AS f
    SET content = jsonb_set(f.content, '{values}', (f.content -> 'values') || (
        SELECT coalesce(jsonb_object_agg(v.key, of_row.placeholders -> v.key), '{}')
        FROM jsonb_each(f.content -> 'values') AS v
        WHERE v.key = ANY (of_row.personal) AND v.value <> 'null'
    ))
    -- An exit has no words; of a move it says that who sees the row yet keeps it.
    WHERE f.row_id = given_id AND f.tbl = given_tbl AND f.kind = 'row';
    FOR about IN
        SELECT 'conflict' AS tbl, c.id FROM sfa.conflict AS c WHERE c.on_id = given_id AND c.on_table = given_tbl
            AND NOT EXISTS (SELECT FROM hub.clash AS k WHERE k.id = c.id)  -- holds ids alone
        UNION ALL
        SELECT 'proposal', p.id FROM sfa.proposal AS p WHERE strpos(p.ops, given_id) > 0
    LOOP
        SELECT jsonb_object_agg(
            v.key, jsonb_build_array(coalesce(CASE WHEN v.key = ANY (s.personal) THEN s.placeholders -> v.key END, v.value))
        )
        INTO left_over
        FROM hub.shape AS s, jsonb_each(jsonb_strip_nulls(hub.get(about.tbl, about.id) - 'id')) AS v
        WHERE s.tbl = about.tbl;
        PERFORM hub.erase_words(about.tbl, about.id, hub.write_own('erase', about.tbl, about.id, left_over));
    END LOOP;
END $$;
