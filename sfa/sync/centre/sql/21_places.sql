-- Where a row hangs: its parent, and the root it is seen through. Source: docs/sync-protocol.md, "Sight".
-- The triggers of sfa.* (triggers.py) call these; parents are computed there, from the fields.

-- Whether rows of a table have another end of their own: fields/sight.py, OTHER_ENDS.
CREATE OR REPLACE FUNCTION hub.is_link(given_tbl text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT given_tbl IN ('contact_account', 'deal_role', 'activity_attendee', 'quote', 'sales_order')
$$;

-- Set anchors and other ends of rows whose parent is written, and of all that hangs on them.
-- A row whose parent is not there is its own anchor and waits for it.
CREATE OR REPLACE FUNCTION hub.settle(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    level text[] := ids;
    is_first boolean := true;
BEGIN
    WHILE cardinality(level) > 0 LOOP
        UPDATE hub.row AS r
        SET anchor_tbl = coalesce(p.anchor_tbl, r.tbl),
            anchor_id = coalesce(p.anchor_id, r.row_id),
            -- A child of a link (a conflict about it, what was said of a quote) is seen like the link.
            other_tbl = CASE WHEN hub.is_link(r.tbl) THEN r.other_tbl ELSE p.other_tbl END,
            other_id = CASE WHEN hub.is_link(r.tbl) THEN r.other_id ELSE p.other_id END
        FROM hub.row AS same
        LEFT JOIN hub.row AS p ON p.row_id = same.parent_id AND p.tbl = same.parent_tbl
        WHERE same.row_id = r.row_id AND same.tbl = r.tbl AND r.parent_id IS NOT NULL
        AND r.row_id = ANY (level) AND (NOT is_first OR r.tbl = given_tbl);
        DELETE FROM hub.orphan AS o
        USING hub.row AS r
        WHERE r.row_id = ANY (level) AND o.row_id = r.row_id AND o.tbl = r.tbl;
        INSERT INTO hub.orphan (tbl, row_id, waits_tbl, waits_id)
        SELECT r.tbl, r.row_id, r.parent_tbl, r.parent_id FROM hub.row AS r
        WHERE r.row_id = ANY (level) AND r.parent_id IS NOT NULL AND r.anchor_id = r.row_id
        ON CONFLICT DO NOTHING;
        INSERT INTO hub.sight (tbl, row_id, made_in)
        SELECT o.tbl, o.row_id, hub.batch_id() FROM hub.orphan AS o WHERE o.row_id = ANY (level)
        ON CONFLICT DO NOTHING;
        DELETE FROM hub.sight AS s USING hub.row AS r
        WHERE r.row_id = ANY (level) AND r.parent_id IS NOT NULL AND r.anchor_id <> r.row_id
        AND s.row_id = r.row_id AND s.tbl = r.tbl;
        SELECT array_agg(r.row_id) INTO level FROM hub.row AS r WHERE r.parent_id = ANY (level);
        is_first := false;
    END LOOP;
END $$;

-- New rows that hang on another one, with their parents written: those of activities and tasks wait for
-- a move of the parent that is under way.
CREATE OR REPLACE FUNCTION hub.place(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    placed integer;
BEGIN
    PERFORM 1 FROM hub.row AS p JOIN hub.row AS r ON p.row_id = r.parent_id AND p.tbl = r.parent_tbl
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND p.tbl NOT IN ('account', 'contact', 'deal', 'lead')
    ORDER BY p.row_id FOR KEY SHARE OF p;
    UPDATE hub.row AS r
    SET anchor_tbl = p.anchor_tbl, anchor_id = p.anchor_id,
        other_tbl = CASE WHEN hub.is_link(r.tbl) THEN r.other_tbl ELSE p.other_tbl END,
        other_id = CASE WHEN hub.is_link(r.tbl) THEN r.other_id ELSE p.other_id END
    FROM hub.row AS p
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND p.row_id = r.parent_id AND p.tbl = r.parent_tbl;
    GET DIAGNOSTICS placed = ROW_COUNT;
    IF placed < cardinality(ids) THEN
        PERFORM hub.settle(given_tbl, ids);
    END IF;
END $$;

-- New activities and tasks; those about nothing are roots.
CREATE OR REPLACE FUNCTION hub.places_made(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    alone text[];
BEGIN
    SELECT array_agg(r.row_id) INTO alone FROM hub.row AS r
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND r.parent_id IS NULL;
    IF alone IS NOT NULL THEN
        PERFORM hub.root_made(given_tbl, alone);
    END IF;
END $$;

-- A row and all that hangs on it, whatever the depth.
CREATE OR REPLACE FUNCTION hub.with_all_below(given_tbl text, given_ids text[])
RETURNS TABLE (tbl text, row_id text) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below (tbl, row_id) AS (
        SELECT r.tbl, r.row_id FROM hub.row AS r WHERE r.tbl = given_tbl AND r.row_id = ANY (given_ids)
        UNION
        SELECT r.tbl, r.row_id
        FROM below AS b JOIN hub.row AS r ON r.parent_id = b.row_id AND r.parent_tbl = b.tbl
    )
    SELECT b.tbl, b.row_id FROM below AS b
$$;

-- Who is in two groups of people of whom each may be everybody.
CREATE OR REPLACE FUNCTION hub.in_common(one text[], is_one_all boolean, other text[], is_other_all boolean)
RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN is_one_all THEN coalesce(other, '{}')
        WHEN is_other_all THEN coalesce(one, '{}')
        ELSE ARRAY(SELECT unnest(one) INTERSECT SELECT unnest(other))
    END
$$;

-- Who sees a row, admins apart: who sees the root it hangs on, and its other end if it has one.
CREATE OR REPLACE FUNCTION hub.seers_of_row(given_tbl text, given_id text)
RETURNS TABLE (users text[], everybody boolean) LANGUAGE sql STABLE AS $$
    SELECT
        hub.in_common(s.users, s.everybody, e.users, r.other_id IS NULL OR e.everybody),
        coalesce(s.everybody AND (r.other_id IS NULL OR e.everybody), false)
    FROM hub.row AS r
    LEFT JOIN hub.sight AS s ON s.row_id = r.anchor_id AND s.tbl = r.anchor_tbl
    LEFT JOIN hub.sight AS e ON e.row_id = r.other_id AND e.tbl = r.other_tbl
    WHERE r.row_id = given_id AND r.tbl = given_tbl
$$;

-- Before rows move below another parent: keep who saw them and all that hangs on them.
CREATE OR REPLACE FUNCTION hub.about_to_move(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    this_batch bigint := hub.batch_id();
BEGIN
    -- A child that is just being inserted reads this row's anchor under a key share lock.
    PERFORM 1 FROM hub.row AS r WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) ORDER BY r.row_id FOR UPDATE;
    INSERT INTO hub.moved (batch, tbl, row_id, users, everybody)
    SELECT
        this_batch,
        r.tbl,
        r.row_id,
        s.users,
        s.everybody
    FROM hub.with_all_below(given_tbl, ids) AS r
    CROSS JOIN LATERAL hub.seers_of_row(r.tbl, r.row_id) AS s
    ON CONFLICT DO NOTHING;
END $$;

-- After they moved: anchors anew; a row that stands alone now is a root of its own.
CREATE OR REPLACE FUNCTION hub.has_moved(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    alone text[];
BEGIN
    PERFORM 1 FROM hub.row AS p JOIN hub.row AS r ON p.row_id = r.parent_id AND p.tbl = r.parent_tbl
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) ORDER BY p.row_id FOR KEY SHARE OF p;
    UPDATE hub.row AS r SET anchor_tbl = r.tbl, anchor_id = r.row_id
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND r.parent_id IS NULL AND r.tbl IN ('activity', 'task');
    UPDATE hub.row AS r SET anchor_tbl = 'organisation', anchor_id = ''
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND r.parent_id IS NULL AND r.tbl NOT IN ('activity', 'task');
    SELECT array_agg(r.row_id) INTO alone FROM hub.row AS r
    WHERE r.tbl = given_tbl AND r.row_id = ANY (ids) AND r.parent_id IS NULL AND r.anchor_id = r.row_id;
    IF alone IS NOT NULL THEN
        PERFORM hub.root_made(given_tbl, alone);
    END IF;
    PERFORM hub.settle(given_tbl, ids);
    INSERT INTO hub.lost_sight (user_id, tbl, row_id)
    SELECT u.id, m.tbl, m.row_id
    FROM hub.moved AS m
    JOIN hub.with_all_below(given_tbl, ids) AS b ON b.row_id = m.row_id AND b.tbl = m.tbl
    CROSS JOIN LATERAL (
        SELECT unnest(m.users) AS id UNION SELECT p.id FROM sfa."user" AS p WHERE m.everybody
    ) AS u
    WHERE m.batch = hub.batch_id() AND NOT hub.seen_by(u.id, m.tbl, m.row_id)
    ON CONFLICT DO NOTHING;
    PERFORM hub.clashes_moved(given_tbl, ids);
END $$;

-- Rows that came before their parent find it.
CREATE OR REPLACE FUNCTION hub.adopt(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting record;
BEGIN
    FOR waiting IN
        SELECT o.tbl, array_agg(o.row_id) AS ids FROM hub.orphan AS o
        WHERE o.waits_tbl = given_tbl AND o.waits_id = ANY (ids) GROUP BY o.tbl
    LOOP
        PERFORM hub.about_to_move(waiting.tbl, waiting.ids);
        PERFORM hub.has_moved(waiting.tbl, waiting.ids);
    END LOOP;
END $$;
