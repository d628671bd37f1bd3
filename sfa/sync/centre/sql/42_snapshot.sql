-- All that a user may see, in one state: a new device begins with it, and whoever was away too long.
-- Source: docs/sync-protocol.md, "Calls".

-- Whether a user sees half of all there is, or more. No count is exact that one decides by how to look.
CREATE OR REPLACE FUNCTION hub.sees_half(me text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (
        SELECT count(*) FROM (SELECT FROM hub.sight AS s WHERE s.users @> ARRAY[me] LIMIT total.rows / 2) AS found
    ) >= total.rows / 2
    FROM (SELECT greatest(c.reltuples, 0)::bigint AS rows FROM pg_class AS c WHERE c.oid = 'hub.sight'::regclass) AS total
$$;

-- The next line of at most so many rows: of the table at ``place`` when some of its rows are left (``rows`` has them),
-- or else of the first table after it that has any. Without one there is no place either.
CREATE OR REPLACE FUNCTION hub.next_line(
    me text, is_admin boolean, sees_much boolean, most integer, INOUT place integer, INOUT rows refcursor, OUT line text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    tbl text;
    head text;
    one text;
    found_rows text[] := '{}';
BEGIN
    LOOP
        IF rows IS NULL THEN
            place := (SELECT min(t.position) FROM hub.tab AS t WHERE t.position > place);
            EXIT WHEN place IS NULL;
        END IF;
        SELECT t.name, format(
            '{"table": "%s", "columns": %s, "rows": [', t.name,
            (SELECT json_agg(c.name ORDER BY c.position) FROM hub.col AS c WHERE c.tbl = t.name)
        ) INTO tbl, head FROM hub.tab AS t WHERE t.position = place;
        IF rows IS NULL THEN
            -- Who sees most rows is given the first at once, along the index; for who sees few of many that would be
            -- a look at each there is.
            PERFORM set_config('cursor_tuple_fraction', CASE WHEN sees_much THEN '0.01' ELSE '1' END, true);
            OPEN rows FOR EXECUTE format('SELECT l FROM hub.%I($1, $2) AS l', 'listed_' || tbl) USING me, is_admin;
        END IF;
        LOOP
            FETCH rows INTO one;
            EXIT WHEN NOT FOUND;
            found_rows := found_rows || one;
            EXIT WHEN cardinality(found_rows) = most;
        END LOOP;
        IF cardinality(found_rows) < most THEN
            CLOSE rows;
            rows := NULL;
        END IF;
        IF found_rows <> '{}' THEN
            line := head || array_to_string(found_rows, ',') || ']}';
            EXIT;
        END IF;
    END LOOP;
END $$;

-- Lines of JSON for COPY: first the version they are true for, then rows in lists of many, parents before children:
-- {"table", "columns", "rows": [[id, maker, later writers if any, values …], …]}. A device reads a line of many rows
-- in a tenth of the time that as many lines take. A function in SQL hands over line by line where it stands among
-- what a query selects (SELECT api.snapshot(500)): the device writes the first rows while the next are looked for.
-- In FROM all is gathered before the first line leaves.
CREATE OR REPLACE FUNCTION api.snapshot(most integer) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE asking AS MATERIALIZED (
        SELECT m.user_id AS me, a.is_admin, a.is_admin OR hub.sees_half(m.user_id) AS sees_much
        FROM hub.me() AS m CROSS JOIN LATERAL hub.is_admin(m.user_id) AS a (is_admin)
    ), listed AS (
        SELECT -1 AS place, NULL::refcursor AS rows, NULL::text AS line
        UNION ALL
        SELECT n.place, n.rows, n.line
        FROM listed AS l CROSS JOIN asking AS a CROSS JOIN LATERAL hub.next_line(
            a.me, a.is_admin, a.sees_much, least(greatest(most, 1), 5000), l.place, l.rows
        ) AS n
        WHERE l.place IS NOT NULL
    )
    SELECT json_build_object('version', c.version, 'batch', hub.batch_at(c.version))::text
    FROM hub.counter AS c CROSS JOIN asking
    UNION ALL
    SELECT line FROM listed WHERE line IS NOT NULL
$$;

-- The same a row a line, for devices of before.
CREATE OR REPLACE FUNCTION api.snapshot() RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    is_admin boolean := hub.is_admin(me);
    tbl text;
BEGIN
    RETURN QUERY
    SELECT json_build_object('version', c.version, 'batch', hub.batch_at(c.version))::text FROM hub.counter AS c;
    FOR tbl IN SELECT t.name FROM hub.tab AS t ORDER BY t.position LOOP
        RETURN QUERY EXECUTE format(
            'SELECT hub.row_entry(%L, v.row_id, v.shown, v.maker, v.writers)::text FROM hub.%I($1, $2) AS v',
            tbl, 'shown_' || tbl
        ) USING me, is_admin;
    END LOOP;
END $$;
