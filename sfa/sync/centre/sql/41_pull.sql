-- What happened after a version, as one user may see it now. Source: docs/sync-protocol.md, "Pull".

-- A JSON object of changes ([new] or [new, previous, base]), or of values, as a user may see it.
-- `is_out`: it belongs below a row, or needs one, that is not seen. References by choice become null,
-- and so does where a row hung before.
CREATE OR REPLACE FUNCTION hub.shown(
    me text, given_tbl text, given jsonb, OUT is_out boolean, OUT shown jsonb
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    c record;
    entry jsonb;
BEGIN
    is_out := false;
    shown := given;
    FOR c IN
        SELECT k.name, k.is_withheld, k.refers_to FROM hub.col AS k
        WHERE k.tbl = given_tbl AND given ? k.name AND k.name IN (
            SELECT unnest(t.refs) FROM hub.tab AS t WHERE t.name = given_tbl
        )
    LOOP
        entry := given -> c.name;
        IF jsonb_typeof(entry) <> 'array' THEN
            entry := jsonb_build_array(entry);
        END IF;
        IF entry ->> 0 IS NOT NULL AND NOT hub.reference_is_seen(me, c.refers_to, entry ->> 0) THEN
            IF NOT c.is_withheld THEN
                is_out := true;
                RETURN;
            END IF;
            entry := jsonb_set(entry, '{0}', 'null');
        END IF;
        IF entry ->> 1 IS NOT NULL AND NOT hub.reference_is_seen(me, c.refers_to, entry ->> 1) THEN
            entry := jsonb_set(entry, '{1}', 'null');
        END IF;
        IF jsonb_typeof(given -> c.name) <> 'array' THEN
            entry := entry -> 0;
        END IF;
        shown := jsonb_set(shown, ARRAY[c.name], entry);
    END LOOP;
END $$;

-- A reference to a row of any kind (`*`) is seen when one of that id is.
CREATE OR REPLACE FUNCTION hub.reference_is_seen(me text, refers_to text, given_id text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT FROM hub.row AS r
            WHERE r.row_id = given_id AND (r.tbl = refers_to OR refers_to = '*')
            AND hub.seen_by(me, r.tbl, r.row_id)
        )
    );
END $$;

-- Whether a user lost a row, or with the role of an admin all of them, and may have it again.
CREATE OR REPLACE FUNCTION hub.once_lost(me text, given_tbl text, given_id text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN hub.lost(me, given_tbl, given_id)
        OR EXISTS (SELECT FROM hub.lost_sight WHERE row_id = '' AND tbl = 'admins' AND user_id = me);
END $$;

-- The ops among the given, as one user may see them; `own` is the device whose ops are named only: it has
-- what they say, unless an exit made it blank them, and sight came back before it pushed.
CREATE OR REPLACE FUNCTION hub.shown_ops(me text, is_admin boolean, own text, ids text[])
RETURNS TABLE (op_id text, tx_id text, entry json) LANGUAGE sql STABLE AS $$
    SELECT
        o.op_id,
        o.tx_id,
        json_build_object(
            'entry', 'op', 'op_id', o.op_id, 'tx_id', o.tx_id,
            -- As the centre took it: one reading far ahead would carry every clock that hears of it away.
            'hlc', o.clock, 'kind', o.kind,
            'table', o.tbl, 'row_id', o.row_id,
            'changes', CASE
                WHEN c.is_named_only THEN NULL
                WHEN w.shown IS DISTINCT FROM w.given THEN w.shown::text
                ELSE o.changes
            END,
            'took', o.took, 'author', o.author, 'device', o.device,
            'salt', CASE WHEN NOT c.is_named_only AND w.shown IS NOT DISTINCT FROM w.given
                THEN encode(o.salt, 'hex') END,
            'digest', CASE WHEN NOT c.is_named_only AND w.shown IS NOT DISTINCT FROM w.given AND o.salt IS NOT NULL
                THEN encode(o.digest, 'hex') END,
            'schema_version', o.schema_version
        )
    FROM (
        -- Who may see the row comes first: what follows is looked at for few of the ops only.
        SELECT o.*, o.changes::jsonb AS parsed, t.refs, r.parent_id, r.other_id
        FROM hub.op AS o
        JOIN hub.row AS r ON r.row_id = o.row_id AND r.tbl = o.tbl
        JOIN hub.tab AS t ON t.name = o.tbl
        LEFT JOIN hub.sight AS s ON s.row_id = r.anchor_id AND s.tbl = r.anchor_tbl
        LEFT JOIN hub.sight AS e ON e.row_id = r.other_id AND e.tbl = r.other_tbl
        WHERE o.op_id = ANY (ids) AND (
            is_admin OR (
                (s.everybody OR me = ANY (s.users))
                AND (r.other_id IS NULL OR e.everybody OR me = ANY (e.users))
            )
        )
        OFFSET 0
    ) AS o
    CROSS JOIN LATERAL (
        -- Where a visible row hangs is visible; of other references each is looked up.
        SELECT NOT is_admin AND EXISTS (
            SELECT FROM unnest(o.refs) AS k (name)
            WHERE o.parsed ? k.name AND o.parsed -> k.name <> jsonb_build_array(o.parent_id)
            AND o.parsed -> k.name <> jsonb_build_array(o.other_id)
        ) AS is_needed,
        -- Without a seq it was brought back: a copy may go on under the name of the device that made it.
        o.device = own AND o.seq IS NOT NULL AND NOT hub.once_lost(me, o.tbl, o.row_id) AS is_named_only
    ) AS c
    CROSS JOIN LATERAL (
        SELECT false AS is_out, NULL::jsonb AS shown, NULL::jsonb AS given WHERE NOT c.is_needed
        UNION ALL
        SELECT f.is_out, f.shown, o.parsed FROM hub.shown(me, o.tbl, o.parsed) AS f
        WHERE c.is_needed AND o.kind <> 'erase'
        UNION ALL
        -- An erasure reaches whoever sees the row, wherever it hung when it was erased.
        SELECT false, CASE WHEN f.is_out OR f.shown <> o.parsed THEN o.parsed - o.refs ELSE f.shown END, o.parsed
        FROM hub.shown(me, o.tbl, o.parsed) AS f WHERE c.is_needed AND o.kind = 'erase'
    ) AS w
    WHERE NOT w.is_out
$$;

-- A transaction's arguments may name records: only who sees all it did reads them.
CREATE OR REPLACE FUNCTION hub.tx_entry(me text, is_admin boolean, given_tx text) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'entry', 'tx', 'tx_id', x.tx_id, 'kind', x.kind, 'name', x.name,
        'arguments', CASE
            WHEN is_admin OR x.arguments = '{}' OR NOT EXISTS (
                SELECT FROM hub.op AS o WHERE o.tx_id = x.tx_id AND NOT hub.seen_by(me, o.tbl, o.row_id)
            ) THEN x.arguments
            ELSE '{}'
        END,
        'author', x.author, 'device', x.device, 'at', x.at, 'undoes', x.undoes
    )
    FROM hub.tx AS x WHERE x.tx_id = given_tx
$$;

-- The entries of some versions: headers before the first op of their transaction.
CREATE OR REPLACE FUNCTION hub.entries(me text, is_admin boolean, own text, after bigint, upto bigint)
RETURNS json[] LANGUAGE sql STABLE AS $$
    WITH fed AS MATERIALIZED (
        SELECT b.version, f.* FROM hub.batch AS b
        CROSS JOIN LATERAL (SELECT * FROM hub.feed AS g WHERE g.batch = b.id OFFSET 0) AS f
        WHERE b.version > after AND b.version <= upto
    ), ops AS MATERIALIZED (
        SELECT f.version, f.ord, o.tx_id, o.entry
        FROM fed AS f
        JOIN hub.shown_ops(
            me, is_admin, own, ARRAY(SELECT g.ref FROM fed AS g WHERE g.kind = 'op')
        ) AS o ON o.op_id = f.ref
        WHERE f.kind = 'op'
    ), rows AS (
        SELECT f.version, f.ord, hub.row_entry(
            f.tbl, f.row_id, w.shown, f.content ->> 'maker', f.content -> 'writers'
        ) AS entry
        FROM fed AS f
        CROSS JOIN LATERAL (
            SELECT false AS is_out, f.content -> 'values' AS shown WHERE is_admin
            UNION ALL
            SELECT g.is_out, g.shown FROM hub.shown(me, f.tbl, f.content -> 'values') AS g WHERE NOT is_admin
        ) AS w
        WHERE f.kind = 'row' AND (f.users IS NULL OR me = ANY (f.users)) AND NOT w.is_out
        AND hub.seen_by(me, f.tbl, f.row_id)
    ), parts AS (
        SELECT o.version, 0 AS part, o.ord, 1 AS within, o.entry FROM ops AS o
        UNION ALL
        SELECT h.version, 0, h.ord, 0, hub.tx_entry(me, is_admin, h.tx_id)
        FROM (SELECT version, tx_id, min(ord) AS ord FROM ops GROUP BY version, tx_id) AS h
        UNION ALL
        SELECT r.version, 1, r.ord, 0, r.entry FROM rows AS r
        UNION ALL
        SELECT f.version, 2, f.ord, 0, json_build_object('entry', 'exit', 'table', f.tbl, 'row_id', f.row_id)
        FROM fed AS f WHERE f.kind = 'exit' AND me = ANY (f.users)
        AND (f.content IS NULL OR NOT hub.seen_by(me, f.tbl, f.row_id))
    )
    SELECT coalesce(array_agg(p.entry ORDER BY p.version, p.part, p.ord, p.within), '{}') FROM parts AS p
$$;

-- One statement, hence STABLE: all of a page is read in one snapshot. Versions are taken whole, and on
-- until about `most` entries are found or nothing is left; what others alone see costs no round trip.
CREATE OR REPLACE FUNCTION hub.page(me text, own text, asked bigint, most integer) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_admin boolean := hub.is_admin(me);
    newest bigint := (SELECT version FROM hub.counter);
    upto bigint := asked;
    next_upto bigint;
    entries json[] := '{}';
BEGIN
    WHILE upto < newest AND cardinality(entries) < most LOOP
        SELECT b.version INTO next_upto
        FROM hub.batch AS b
        CROSS JOIN LATERAL (SELECT g.ord FROM hub.feed AS g WHERE g.batch = b.id ORDER BY g.ord OFFSET 0) AS f
        WHERE b.version > upto
        ORDER BY b.version, f.ord
        OFFSET greatest(most - cardinality(entries), 1) - 1 LIMIT 1;
        next_upto := coalesce(next_upto, newest);
        entries := entries || hub.entries(me, is_admin, own, upto, next_upto);
        upto := next_upto;
    END LOOP;
    RETURN json_build_object(
        'entries', entries, 'version', upto, 'batch', hub.batch_at(upto), 'newest', newest,
        'more', upto < newest
    );
END $$;

-- Everything is looked up by its key, batch by batch: after a large import the planner thinks that every batch is
-- one, and that reading all there ever was is cheaper.
CREATE OR REPLACE FUNCTION api.pull(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    d hub.device := hub.my_device(question ->> 'device', me);
    asked bigint := (question ->> 'version')::bigint;
    most integer := least(greatest(coalesce((question ->> 'limit')::integer, 5000), 1), 20000);
BEGIN
    IF hub.is_worth_a_note(d, asked, d.schema_version) THEN
        PERFORM hub.note_seen(d.id, asked, d.schema_version);
    END IF;
    RETURN hub.page(me, d.id, asked, most);
END $$;

CREATE OR REPLACE FUNCTION api.history(question json) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    is_admin boolean := hub.is_admin(me);
    answer json;
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT o.op_id, o.batch, o.clock FROM hub.op AS o
        WHERE o.row_id = question ->> 'row_id' AND o.tbl = question ->> 'table' AND o.outcome = 'applied'
    ), ops AS MATERIALIZED (
        SELECT w.batch, w.clock, o.tx_id, o.entry
        FROM hub.shown_ops(me, is_admin, '', ARRAY(SELECT op_id FROM wanted)) AS o JOIN wanted AS w USING (op_id)
    ), parts AS (
        SELECT o.batch, o.clock, 1 AS within, o.entry FROM ops AS o
        UNION ALL
        SELECT min(o.batch), min(o.clock), 0, hub.tx_entry(me, is_admin, o.tx_id) FROM ops AS o GROUP BY o.tx_id
    )
    SELECT coalesce(json_agg(p.entry ORDER BY p.batch, p.clock, p.within), '[]') INTO answer FROM parts AS p;
    RETURN answer;
END $$;
