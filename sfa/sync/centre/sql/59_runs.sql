-- Runs of transactions that need no thought, merged with one statement a table instead of one for each op: they
-- make new rows, or change rows in knowledge of what is there. Everything else goes op by op
-- (58_transactions.sql), and both ways leave the same. What checking or merging learns anew belongs into
-- hub.plain_upto too: tests/sync/centre/test_runs.py holds both ways together.

-- Reading and planning the questions below costs as much as so many ops.
CREATE OR REPLACE FUNCTION hub.fewest_plain() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 10 $$;

-- How often within a batch a run is looked for, past transactions that need thought.
CREATE OR REPLACE FUNCTION hub.most_runs() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 8 $$;

-- The seq up to which the device's whole transactions after a seq need no thought; that seq when the first does.
-- Not: what could be refused, lose, raise a conflict, take sight from somebody, or be seen by others than its
-- author from the start. A base must be the op before it here, or the present writer.
CREATE OR REPLACE FUNCTION hub.plain_upto(d hub.device, aliases jsonb, this_batch bigint, after_seq bigint, now_last bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    erased text[] := coalesce(hub.erased_since(d), '{}');
BEGIN
    -- Read below, in a later statement, as whoever held them left them.
    PERFORM 1 FROM hub.row AS r
    JOIN (
        SELECT DISTINCT o.tbl, o.row_id FROM hub.op AS o
        WHERE o.device = d.id AND o.seq > after_seq AND o.seq <= now_last AND o.kind = 'update'
    ) AS u ON u.row_id = r.row_id AND u.tbl = r.tbl
    ORDER BY r.row_id FOR UPDATE OF r;
    WITH own AS MATERIALIZED (
        SELECT
            x.tx_id, x.first_seq, x.last_seq,
            hub.is_presentable(x) AND NOT (x.kind = 'system' AND x.first_seq = 1)
                AND coalesce(aliases ->> x.author, x.author, d.user_id) = d.user_id AS is_good
        FROM hub.tx AS x
        WHERE x.device = d.id AND x.outcome = 'staged' AND x.first_seq > after_seq AND x.last_seq <= now_last
    ), ops AS MATERIALIZED (
        SELECT
            x.first_seq, o.seq, o.op_id, o.tbl, o.row_id, o.kind, c.changes,
            o.device = d.id AND o.seq BETWEEN x.first_seq AND x.last_seq
                AND coalesce(o.batch, this_batch) = this_batch AND coalesce(o.author, d.user_id) = d.user_id
                AND o.tbl = ANY (hub.plain_tables()) AND o.op_id ~ '^[0-9a-f-]{36}$' AND c.changes <> '{}'
                AND CASE o.kind
                    WHEN 'insert' THEN o.row_id ~ '^[0-9a-f-]{36}$' AND CASE
                        WHEN o.tbl IN ('lead', 'account', 'contact', 'deal') THEN c.changes -> 'owner_id' ->> 0 = d.user_id
                        WHEN o.tbl IN ('activity', 'task') THEN c.changes -> 'owner_id' ->> 0 = d.user_id
                            OR coalesce(
                                c.changes -> 'deal_id' ->> 0, c.changes -> 'account_id' ->> 0,
                                c.changes -> 'contact_id' ->> 0, c.changes -> 'lead_id' ->> 0
                            ) IS NOT NULL
                        ELSE true
                    END
                    WHEN 'update' THEN NOT t.is_append_only
                    ELSE false
                END AS is_good
        FROM own AS x
        JOIN hub.op AS o ON o.tx_id = x.tx_id
        LEFT JOIN hub.tab AS t ON t.name = o.tbl
        CROSS JOIN LATERAL (SELECT o.changes::jsonb AS changes OFFSET 0) AS c
    ), cells AS MATERIALIZED (
        SELECT
            o.first_seq, o.seq, o.op_id, o.tbl, o.row_id, o.kind, c.key, c.value ->> 0 AS given, c.value ->> 2 AS base,
            k.refers_to, CASE k.refers_to WHEN '*' THEN o.changes -> 'noun' ->> 0 END AS noun,
            k.name IS NOT NULL AND jsonb_typeof(c.value -> 0) IN ('null', CASE WHEN k.type IN ('integer', 'flag') THEN 'number' ELSE 'string' END)
                AND CASE o.kind
                    -- A local author is no row that is seen: see there.
                    WHEN 'insert' THEN jsonb_array_length(c.value) = 1
                        AND (c.key <> 'created_by' OR coalesce(c.value ->> 0, d.user_id) = d.user_id)
                    ELSE jsonb_array_length(c.value) = 3 AND k.refers_to IS NULL AND NOT h.groups ? c.key
                        AND k.merge <> 'guarded' AND c.key <> 'deleted_at' AND NOT hub.is_key(o.tbl, c.key)
                END AS is_good
        FROM ops AS o
        CROSS JOIN LATERAL jsonb_each(o.changes) AS c
        LEFT JOIN hub.col AS k ON k.tbl = o.tbl AND k.name = c.key
        LEFT JOIN hub.shape AS h ON h.tbl = o.tbl
        WHERE o.is_good
    ), made AS MATERIALIZED (
        SELECT o.tbl, o.row_id, min(o.seq) AS seq, min(o.op_id) AS op_id, count(*) AS times, max(o.first_seq) AS first_seq
        FROM ops AS o WHERE o.kind = 'insert' GROUP BY o.tbl, o.row_id
    ), asked AS (
        -- Rows that must be there, seen by the author and live, unless an op before makes them.
        SELECT l.first_seq, l.seq, coalesce(n.tbl, l.refers_to) AS tbl, l.given AS row_id
        FROM cells AS l LEFT JOIN hub.noun AS n ON n.name = l.noun
        WHERE l.refers_to IS NOT NULL AND l.given IS NOT NULL
        UNION ALL
        SELECT o.first_seq, o.seq, o.tbl, o.row_id FROM ops AS o WHERE o.kind = 'update'
    ), there AS MATERIALIZED (
        SELECT a.tbl, a.row_id, min(a.first_seq) AS first_seq
        FROM asked AS a LEFT JOIN made AS m ON m.row_id = a.row_id AND m.tbl = a.tbl
        WHERE m.seq IS NULL OR m.seq > a.seq
        GROUP BY a.tbl, a.row_id
    ), based AS (
        SELECT
            c.first_seq, c.tbl, c.row_id, c.key, c.base,
            lag(c.op_id) OVER (PARTITION BY c.tbl, c.row_id, c.key ORDER BY c.seq) AS before
        FROM cells AS c WHERE c.kind = 'update'
    ), others AS (
        SELECT x.first_seq FROM own AS x
        LEFT JOIN (
            SELECT o.first_seq, count(*) AS number, bool_and(o.is_good) AS is_good FROM ops AS o GROUP BY o.first_seq
        ) AS o ON o.first_seq = x.first_seq
        WHERE (x.is_good AND o.is_good AND o.number = x.last_seq - x.first_seq + 1) IS NOT TRUE
        UNION ALL
        SELECT c.first_seq FROM cells AS c WHERE c.is_good IS NOT TRUE
        UNION ALL
        SELECT c.first_seq FROM cells AS c
        WHERE c.kind = 'insert' AND hub.is_key(c.tbl, c.key) AND c.given IS NOT NULL
            AND hub.has_key(c.tbl, c.key, c.given)
        UNION ALL
        SELECT m.first_seq FROM made AS m
        WHERE m.times > 1 OR EXISTS (SELECT FROM hub.row AS r WHERE r.row_id = m.row_id AND r.tbl = m.tbl OFFSET 0)
        UNION ALL
        SELECT a.first_seq FROM there AS a
        WHERE NOT hub.seen_by(d.user_id, a.tbl, a.row_id) OR hub.deletion(a.tbl, a.row_id) IS NOT NULL
            OR a.row_id = ANY (erased)
        UNION ALL
        SELECT b.first_seq FROM based AS b
        LEFT JOIN made AS m ON m.row_id = b.row_id AND m.tbl = b.tbl
        LEFT JOIN LATERAL (
            SELECT h.maker, h.columns FROM hub.row AS h WHERE h.row_id = b.row_id AND h.tbl = b.tbl OFFSET 0
        ) AS r ON true
        WHERE b.base IS DISTINCT FROM coalesce(b.before, m.op_id, r.columns ->> b.key, r.maker)
    )
    SELECT max(x.last_seq) INTO reached
    FROM own AS x
    WHERE x.first_seq < coalesce((SELECT min(f.first_seq) FROM others AS f), now_last + 1);
    RETURN coalesce(reached, after_seq);
END $$;

-- Merge the device's ops after a seq, up to what hub.plain_upto found: parents before children, then the changes
-- of each row in their order, so that every state is checked that was one.
CREATE OR REPLACE FUNCTION hub.merge_run(d hub.device, this_batch bigint, after_seq bigint, upto bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    UPDATE hub.op AS o SET outcome = 'applied', author = d.user_id, batch = this_batch  -- staged before
    WHERE o.device = d.id AND o.seq > after_seq AND o.seq <= upto AND o.batch IS NULL;
    FOR part IN
        SELECT o.tbl, array_agg((o.op_id, o.row_id, o.changes::jsonb)::hub.plain ORDER BY o.seq) AS ops
        FROM hub.op AS o JOIN hub.tab AS t ON t.name = o.tbl
        WHERE o.device = d.id AND o.seq > after_seq AND o.seq <= upto AND o.kind = 'insert'
        GROUP BY o.tbl, t.position ORDER BY t.position
    LOOP
        PERFORM hub.add_many(part.tbl, part.ops, d.user_id);
        UPDATE hub.row AS r SET maker = n.op_id, columns = '{}'
        FROM unnest(part.ops) AS n WHERE r.row_id = n.row_id AND r.tbl = part.tbl;
    END LOOP;
    FOR part IN
        SELECT u.tbl, array_agg((u.op_id, u.row_id, u.changes::jsonb)::hub.plain) AS ops
        FROM (
            SELECT o.*, row_number() OVER (PARTITION BY o.tbl, o.row_id ORDER BY o.seq) AS place
            FROM hub.op AS o
            WHERE o.device = d.id AND o.seq > after_seq AND o.seq <= upto AND o.kind = 'update'
        ) AS u
        GROUP BY u.place, u.tbl ORDER BY u.place, u.tbl
    LOOP
        PERFORM hub.put_many(part.tbl, part.ops, d.user_id);
        UPDATE hub.row AS r SET columns = r.columns || (
            SELECT jsonb_object_agg(c.key, u.op_id) FROM jsonb_object_keys(u.v) AS c (key)
        )
        FROM unnest(part.ops) AS u WHERE r.row_id = u.row_id AND r.tbl = part.tbl;
    END LOOP;
    INSERT INTO hub.feed (batch, kind, tbl, row_id, ref)
    SELECT this_batch, 'op', o.tbl, o.row_id, o.op_id FROM hub.op AS o
    WHERE o.device = d.id AND o.seq > after_seq AND o.seq <= upto ORDER BY o.seq;
END $$;

-- Merge the run after a seq, if there is one; return the seq it reaches.
CREATE OR REPLACE FUNCTION hub.merge_plain(d hub.device, aliases jsonb, this_batch bigint, after_seq bigint, now_last bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    at_once CONSTANT bigint := 1000;
    reached bigint := hub.plain_upto(d, aliases, this_batch, after_seq, now_last);
    start bigint := after_seq;
BEGIN
    WHILE start < reached LOOP
        PERFORM hub.merge_run(d, this_batch, start, least(start + at_once, reached));
        start := start + at_once;
    END LOOP;
    RETURN reached;
END $$;
