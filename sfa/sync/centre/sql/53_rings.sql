-- Rows above one another (parent accounts, managers, tasks that follow tasks) do not close into a ring.
-- Source: docs/sync-protocol.md, "Merging an op".

-- Whether a row would stand above itself, directly or through others, if it stood below another one.
CREATE OR REPLACE FUNCTION hub.closes_ring(given_tbl text, given_id text, above text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    here text := above;
    steps integer := 0;
BEGIN
    WHILE here IS NOT NULL AND steps < 1000 LOOP
        IF here = given_id THEN
            RETURN true;
        END IF;
        CASE given_tbl
        WHEN 'account' THEN SELECT a.parent_id INTO here FROM sfa.account AS a WHERE a.id = here;
        WHEN 'user' THEN SELECT u.manager_id INTO here FROM sfa."user" AS u WHERE u.id = here;
        WHEN 'task' THEN SELECT t.follows_id INTO here FROM sfa.task AS t WHERE t.id = here;
        END CASE;
        steps := steps + 1;
    END LOOP;
    RETURN false;
END $$;

-- Whether an op was refused for a ring while a writer's value stayed: what builds on it knew that value.
CREATE OR REPLACE FUNCTION hub.is_refused(
    given_tbl text, given_id text, given_unit text, writer text, given_base text
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM sfa.conflict AS c
        WHERE c.id = hub.uuid8(concat_ws('|', given_tbl, given_id, given_unit, writer, given_base)) AND c.kind = 'clash'
    );
END $$;

-- What is there stays, and the op that would have closed the ring is kept beside it.
CREATE OR REPLACE FUNCTION hub.ring_conflict(
    op hub.incoming, present jsonb, state hub.row, changes jsonb, unit text
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT hub.raised(
        'clash', op.tbl, op.row_id, unit,
        hub.side(coalesce(state.columns ->> unit, state.maker), jsonb_build_object(unit, present -> unit)),
        hub.side(op, jsonb_build_object(unit, changes -> unit -> 0)),
        jsonb_build_object(unit, changes -> unit -> 1)
    )
$$;

-- ---------------------------------------------------------------- children of what is deleted

-- The latest op of another device, merged after a device's cursor, that made a row which lives below a given
-- one; null: there is none.
CREATE OR REPLACE FUNCTION hub.unseen_child(op hub.incoming) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    latest text;
BEGIN
    SELECT o.op_id INTO latest
    FROM (
        SELECT r.tbl, r.row_id, r.maker FROM hub.row AS r
        WHERE r.parent_id = op.row_id AND r.parent_tbl = op.tbl AND r.tbl <> 'conflict'
        UNION ALL
        SELECT 'deal', d.id, r.maker FROM sfa.deal AS d JOIN hub.row AS r ON r.row_id = d.id AND r.tbl = 'deal'
        WHERE d.account_id = op.row_id AND op.tbl = 'account'
    ) AS child
    JOIN hub.op AS o ON o.op_id = child.maker
    WHERE hub.is_unseen(child.maker, op.device, op.cursor_version)
        AND hub.get(child.tbl, child.row_id) ->> 'deleted_at' IS NULL
    ORDER BY o.clock DESC, o.device COLLATE "C" DESC, o.op_id COLLATE "C" DESC LIMIT 1;
    RETURN latest;
END $$;
