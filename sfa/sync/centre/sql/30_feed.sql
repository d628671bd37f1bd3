-- What a central transaction gave and took from whom, written when it is closed: only what it changed in
-- the end counts. Source: docs/sync-protocol.md, "Pull".

CREATE OR REPLACE FUNCTION hub.feed_op(given_op text, given_tbl text, given_id text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO hub.feed (batch, kind, tbl, row_id, ref)
    VALUES (hub.batch_id(), 'op', given_tbl, given_id, given_op)
$$;

-- The users who see what is described, admins apart.
CREATE OR REPLACE FUNCTION hub.everybody_if(users text[], everybody boolean) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN everybody THEN ARRAY(SELECT u.id FROM sfa."user" AS u) ELSE users END
$$;

CREATE OR REPLACE FUNCTION hub.without(users text[], others text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT unnest(users) EXCEPT SELECT unnest(others))
$$;

-- Roots whose users are others than before: who gained and who lost each of them.
CREATE OR REPLACE FUNCTION hub.sight_changes(closing bigint)
RETURNS TABLE (tbl text, row_id text, gained text[], lost text[]) LANGUAGE sql STABLE AS $$
    SELECT
        b.tbl,
        b.row_id,
        CASE WHEN b.everybody THEN '{}' ELSE hub.without(
            hub.everybody_if(s.users, s.everybody), b.users || admins.before || admins.now
        ) END,
        CASE WHEN s.everybody THEN '{}' ELSE hub.without(
            hub.everybody_if(b.users, b.everybody), s.users || admins.now
        ) END
    FROM hub.seen_before AS b
    JOIN hub.sight AS s ON s.row_id = b.row_id AND s.tbl = b.tbl
    CROSS JOIN (
        SELECT s.users AS now, coalesce(b.users, s.users) AS before
        FROM hub.sight AS s
        LEFT JOIN hub.seen_before AS b ON b.row_id = s.row_id AND b.tbl = s.tbl AND b.batch = closing
        WHERE s.tbl = 'admins' AND s.row_id = ''
    ) AS admins
    WHERE b.batch = closing AND b.tbl <> 'admins'
$$;

-- Who became an admin, and who is none any more.
CREATE OR REPLACE FUNCTION hub.admin_changes(closing bigint, OUT gained text[], OUT lost text[])
LANGUAGE sql STABLE AS $$
    SELECT hub.without(s.users, b.users), hub.without(b.users, s.users)
    FROM hub.seen_before AS b JOIN hub.sight AS s ON s.row_id = b.row_id AND s.tbl = b.tbl
    WHERE b.batch = closing AND b.tbl = 'admins'
$$;

-- The rows that somebody gained: of each root all that hangs on it, and links it is the other end of.
CREATE OR REPLACE FUNCTION hub.rows_gained(closing bigint)
RETURNS TABLE (tbl text, row_id text, users text[]) LANGUAGE sql STABLE AS $$
    SELECT below.tbl, below.row_id, c.gained
    FROM hub.sight_changes(closing) AS c
    CROSS JOIN LATERAL (
        SELECT b.tbl, b.row_id FROM hub.with_all_below(c.tbl, ARRAY[c.row_id]) AS b
        UNION ALL
        SELECT r.tbl, r.row_id FROM hub.row AS r WHERE r.other_id = c.row_id AND r.other_tbl = c.tbl
        UNION ALL
        SELECT r.tbl, r.row_id FROM hub.row AS r WHERE c.tbl = 'managers' AND r.anchor_tbl = 'managers'
    ) AS below
    WHERE cardinality(c.gained) > 0
    UNION ALL
    SELECT r.tbl, r.row_id, a.gained
    FROM hub.admin_changes(closing) AS a CROSS JOIN hub.row AS r
    WHERE cardinality(a.gained) > 0 AND r.anchor_tbl <> 'organisation'
$$;

CREATE OR REPLACE FUNCTION hub.feed_rows(closing bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH gained AS MATERIALIZED (
        SELECT * FROM hub.rows_gained(closing)
    ), wanted AS (
        SELECT g.tbl, g.row_id, g.users, false AS is_for_all FROM gained AS g
        UNION ALL
        -- What refers to them by choice was sent with an empty reference.
        SELECT f.tbl, f.row_id, g.users, false
        FROM gained AS g CROSS JOIN LATERAL hub.referring(g.tbl, g.row_id) AS f
        UNION ALL
        SELECT f.tbl, f.row_id, '{}', true
        FROM hub.moved AS m CROSS JOIN LATERAL hub.referring(m.tbl, m.row_id) AS f WHERE m.batch = closing
        UNION ALL
        SELECT m.tbl, m.row_id, '{}', true FROM hub.moved AS m WHERE m.batch = closing
    ), merged AS (
        SELECT
            w.tbl,
            w.row_id,
            bool_or(w.is_for_all) AS is_for_all,
            array_agg(DISTINCT u.id) FILTER (WHERE u.id IS NOT NULL) AS users
        FROM wanted AS w LEFT JOIN LATERAL unnest(w.users) AS u (id) ON true
        GROUP BY w.tbl, w.row_id
    )
    INSERT INTO hub.feed (batch, kind, tbl, row_id, users, content)
    SELECT
        closing,
        'row',
        m.tbl,
        m.row_id,
        CASE WHEN NOT m.is_for_all THEN m.users END,
        jsonb_build_object('values', hub.get(m.tbl, m.row_id) - 'id', 'maker', r.maker, 'writers', r.columns)
    FROM merged AS m
    JOIN hub.row AS r ON r.row_id = m.row_id AND r.tbl = m.tbl
    JOIN hub.tab AS t ON t.name = m.tbl
    ORDER BY t.position, m.row_id;
END $$;

-- A row that is there again: who removed it from a store, and did not only mark it as deleted, has nothing of it
-- left, and gets it whole; all others who see it do, too.
CREATE OR REPLACE FUNCTION hub.feed_return(given_tbl text, given_id text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO hub.moved (batch, tbl, row_id, users, everybody)
    SELECT hub.batch_id(), given_tbl, given_id, '{}', false
    WHERE EXISTS (
        SELECT FROM hub.op AS o WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.kind = 'delete'
    )
    ON CONFLICT DO NOTHING
$$;

-- Exits: roots; links whose other end went; costs.
CREATE OR REPLACE FUNCTION hub.rows_lost(closing bigint)
RETURNS TABLE (tbl text, row_id text, users text[]) LANGUAGE sql STABLE AS $$
    SELECT c.tbl, c.row_id, c.lost FROM hub.sight_changes(closing) AS c WHERE c.row_id <> ''
    UNION ALL
    SELECT r.tbl, r.row_id, ARRAY(
        SELECT u.id FROM unnest(c.lost) AS u (id)
        WHERE s.everybody OR u.id = ANY (s.users) OR b.everybody OR u.id = ANY (b.users)
    )
    FROM hub.sight_changes(closing) AS c
    JOIN hub.row AS r ON r.other_id = c.row_id AND r.other_tbl = c.tbl
    JOIN hub.sight AS s ON s.row_id = r.anchor_id AND s.tbl = r.anchor_tbl
    LEFT JOIN hub.seen_before AS b ON b.row_id = s.row_id AND b.tbl = s.tbl AND b.batch = closing
    UNION ALL
    SELECT r.tbl, r.row_id, c.lost
    FROM hub.sight_changes(closing) AS c JOIN hub.row AS r ON r.anchor_tbl = 'managers'
    WHERE c.tbl = 'managers'
    UNION ALL
    SELECT s.tbl, s.row_id, ARRAY(SELECT u.id FROM unnest(a.lost) AS u (id) WHERE u.id <> ALL (s.users))
    FROM hub.admin_changes(closing) AS a CROSS JOIN hub.sight AS s
    WHERE cardinality(a.lost) > 0 AND s.row_id <> '' AND NOT s.everybody
    UNION ALL
    SELECT r.tbl, r.row_id, ARRAY(SELECT u.id FROM unnest(a.lost) AS u (id) WHERE u.id <> ALL (s.users))
    FROM hub.admin_changes(closing) AS a
    JOIN hub.sight AS s ON s.tbl = 'managers' AND s.row_id = ''
    JOIN hub.row AS r ON r.anchor_tbl = 'managers'
    WHERE cardinality(a.lost) > 0
$$;

CREATE OR REPLACE FUNCTION hub.feed_exits(closing bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.feed (batch, kind, tbl, row_id, users)
    SELECT closing, 'exit', l.tbl, l.row_id, array_agg(DISTINCT u.id)
    FROM hub.rows_lost(closing) AS l
    CROSS JOIN LATERAL unnest(l.users) AS u (id)
    JOIN hub.tab AS t ON t.name = l.tbl
    GROUP BY l.tbl, l.row_id, t.position
    ORDER BY t.position, l.row_id;
    -- Whoever saw a row before it moved holds it in its old place. They get it in its new one, or, when
    -- they do not see that by the time they ask, an exit: the exit of its new root would not reach it.
    INSERT INTO hub.feed (batch, kind, tbl, row_id, users, content)
    SELECT closing, 'exit', m.tbl, m.row_id, hub.everybody_if(m.users, m.everybody), '{"moved": true}'
    FROM hub.moved AS m JOIN hub.tab AS t ON t.name = m.tbl
    WHERE m.batch = closing AND (m.everybody OR cardinality(m.users) > 0)
    ORDER BY t.position, m.row_id;
END $$;

CREATE OR REPLACE FUNCTION hub.write_feed(closing bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hub.feed_rows(closing);
    PERFORM hub.feed_exits(closing);
    DELETE FROM hub.seen_before WHERE batch = closing;
    DELETE FROM hub.moved WHERE batch = closing;
END $$;
