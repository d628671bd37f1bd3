-- What an erasure leaves of a person's words, in what the centre has and in what comes later.
-- Source: docs/sync-protocol.md, "Merging an op".

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
    -- What was done to the row is called after it; what hangs on it may have been called by its name alone.
    UPDATE hub.tx AS t
    SET arguments = (
        SELECT jsonb_object_agg(
            a.key,
            CASE
                WHEN EXISTS (
                    SELECT FROM unnest(words) AS w
                    WHERE CASE WHEN n.is_about THEN strpos(a.value #>> '{}', w) > 0 ELSE a.value #>> '{}' = w END
                ) THEN '"[erased]"'
                ELSE a.value
            END
        )
        FROM jsonb_each(hub.read_json(t.arguments)) AS a
    )::text
    FROM (
        SELECT o.tx_id, bool_or(r.is_about) AS is_about
        FROM (
            SELECT given_tbl AS tbl, given_id AS row_id, true AS is_about
            UNION ALL
            SELECT h.tbl, h.row_id, false FROM hub.row AS h WHERE given_id IN (h.parent_id, h.other_id)
        ) AS r
        JOIN hub.op AS o ON o.row_id = r.row_id AND o.tbl = r.tbl
        GROUP BY o.tx_id
    ) AS n
    WHERE t.tx_id = n.tx_id AND t.arguments <> '{}' AND jsonb_typeof(hub.read_json(t.arguments)) = 'object';
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

-- ---------------------------------------------------------------- what comes later

-- A transaction's arguments without all that may name a record: numbers and nouns stay.
CREATE OR REPLACE FUNCTION hub.without_names(arguments jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        jsonb_object_agg(
            a.key,
            CASE
                WHEN jsonb_typeof(a.value) IN ('number', 'boolean', 'null') THEN a.value
                WHEN a.value = '"setting"' OR EXISTS (SELECT FROM hub.noun AS n WHERE to_jsonb(n.name) = a.value)
                    THEN a.value
                ELSE '"[erased]"'
            END
        ),
        '{}'
    )
    FROM jsonb_each(arguments) AS a
$$;

-- Whoever made a transaction without knowing that a row in it was erased may have called it by the person's name:
-- the centre does not know the words any more, so all that may be one goes.
CREATE OR REPLACE FUNCTION hub.forget_names(transactions text[], erased text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hub.tx AS t SET arguments = hub.without_names(hub.read_json(t.arguments))::text
    WHERE t.tx_id = ANY (transactions) AND t.arguments <> '{}' AND jsonb_typeof(hub.read_json(t.arguments)) = 'object'
        AND EXISTS (
            SELECT FROM hub.op AS o CROSS JOIN unnest(erased) AS e (row_id)
            WHERE o.tx_id = t.tx_id AND (o.row_id = e.row_id OR strpos(o.changes, e.row_id) > 0)
        );
END $$;

-- The rows that others erased after the version a device's cursor has.
CREATE OR REPLACE FUNCTION hub.erased_since(d hub.device) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(DISTINCT e.row_id)
    FROM hub.batch AS b JOIN hub.op AS e ON e.batch = b.id
    WHERE b.version > d.cursor_version AND e.kind = 'erase' AND e.outcome = 'applied' AND e.device <> d.id
$$;

-- Whether a new row hangs on one that was erased without its device's knowledge: a value of that person.
CREATE OR REPLACE FUNCTION hub.is_below_erasure(op hub.incoming) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    above record := hub.hangs_on(op.tbl, op.new_values);
BEGIN
    RETURN EXISTS (
        SELECT FROM hub.op AS e
        WHERE e.row_id = above.id AND e.tbl = above.tbl AND e.kind = 'erase' AND e.outcome = 'applied'
            AND hub.is_unseen(e.op_id, op.device, op.cursor_version)
    );
END $$;

-- Of a transaction that is held nobody merges the words away.
CREATE OR REPLACE FUNCTION hub.forget_held_words(given_tx text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hub.op AS o SET changes = hub.without_words(o.changes::jsonb, s.personal, s.placeholders)::text, salt = NULL
    FROM hub.shape AS s
    WHERE o.tx_id = given_tx AND s.tbl = o.tbl AND jsonb_typeof(hub.read_json(o.changes)) = 'object' AND EXISTS (
        SELECT FROM hub.op AS e
        WHERE e.row_id = o.row_id AND e.tbl = o.tbl AND e.kind = 'erase' AND e.outcome = 'applied' AND e.tx_id <> given_tx
    );
END $$;
