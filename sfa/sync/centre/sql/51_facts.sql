-- What merging asks of the log and of other rows, and how it describes a conflict.
-- Source: docs/sync-protocol.md, "Merging an op".

-- ---------------------------------------------------------------- what the log knows

-- Whether another device's op was merged after the version that a device's cursor has.
CREATE OR REPLACE FUNCTION hub.is_unseen(given_op text, given_device text, cursor_version bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    writer record;
BEGIN
    SELECT o.device, b.version INTO writer
    FROM hub.op AS o LEFT JOIN hub.batch AS b ON b.id = o.batch WHERE o.op_id = given_op;
    RETURN FOUND AND writer.device <> given_device
        AND (writer.version IS NULL OR writer.version > cursor_version) AND NOT hub.is_set_up(given_op);
END $$;

CREATE OR REPLACE FUNCTION hub.deletion(given_tbl text, given_id text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    state hub.row;
    is_deleted boolean;
BEGIN
    CASE given_tbl
    WHEN 'account' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.account WHERE id = given_id;
    WHEN 'deal' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.deal WHERE id = given_id;
    WHEN 'contact' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.contact WHERE id = given_id;
    WHEN 'lead' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.lead WHERE id = given_id;
    WHEN 'activity' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.activity WHERE id = given_id;
    WHEN 'task' THEN SELECT deleted_at IS NOT NULL INTO is_deleted FROM sfa.task WHERE id = given_id;
    ELSE is_deleted := hub.get(given_tbl, given_id) ->> 'deleted_at' IS NOT NULL;
    END CASE;
    IF is_deleted IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    SELECT * INTO state FROM hub.row WHERE row_id = given_id AND tbl = given_tbl;
    RETURN coalesce(state.columns ->> 'deleted_at', state.maker);
END $$;

-- A column's value before the ops that a device had not seen, in an array; null: it saw the present one.
-- The op's own bases it saw for certain.
CREATE OR REPLACE FUNCTION hub.value_before(
    col text, writer text, told text[], bases text[], op hub.incoming
)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    at_op text := writer;
    change jsonb;
    found jsonb;
BEGIN
    WHILE at_op IS NOT NULL AND array_position(bases, at_op) IS NULL
        AND (at_op = ANY (told) OR hub.is_unseen(at_op, op.device, op.cursor_version)) LOOP
        SELECT o.changes::jsonb -> col INTO change FROM hub.op AS o WHERE o.op_id = at_op;
        IF change IS NULL OR jsonb_array_length(change) < 3 THEN
            RETURN NULL;
        END IF;
        found := change -> 1;
        at_op := change ->> 2;
    END LOOP;
    RETURN jsonb_build_array(found);
END $$;

-- Whether what an op replaced goes back to the row's last erasure, or there was none; where the log ends,
-- whether the device had heard of it.
CREATE OR REPLACE FUNCTION hub.knows_erasure(op hub.incoming, col text, base text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    erasure text;
    at_op text := base;
    met text[] := '{}';  -- a forged op may lead back to itself
    changes jsonb;
BEGIN
    SELECT o.op_id INTO erasure FROM hub.op AS o
    WHERE o.row_id = op.row_id AND o.tbl = op.tbl AND o.kind = 'erase' AND o.outcome = 'applied'
        AND coalesce(o.device <> op.device OR o.seq < op.seq, true) AND o.op_id <> op.op_id
    ORDER BY o.batch DESC, o.op_id COLLATE "C" DESC LIMIT 1;
    IF erasure IS NULL THEN
        RETURN true;
    END IF;
    WHILE at_op IS NOT NULL AND at_op <> erasure LOOP
        IF at_op = ANY (met) THEN
            RETURN false;
        END IF;
        met := met || at_op;
        SELECT hub.read_json(o.changes) INTO changes FROM hub.op AS o WHERE o.op_id = at_op;
        IF NOT FOUND THEN
            RETURN NOT hub.is_unseen(erasure, op.device, op.cursor_version);
        END IF;
        at_op := changes -> col ->> 2;
    END LOOP;
    RETURN at_op IS NOT NULL;
END $$;

-- What the ops of this device that an op builds on had put into a column, losers too, in an array.
CREATE OR REPLACE FUNCTION hub.value_in_own(col text, unit text[], bases text[], op hub.incoming)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    WITH RECURSIVE own AS (
        SELECT o.op_id, o.clock, o.changes::jsonb AS changes
        FROM hub.op AS o WHERE o.op_id = ANY (bases) AND o.device = op.device
        UNION
        SELECT o.op_id, o.clock, o.changes::jsonb
        FROM own CROSS JOIN unnest(unit) AS name
        JOIN hub.op AS o ON o.op_id = own.changes -> name ->> 2 AND o.device = op.device
        WHERE NOT own.changes ? col
    )
    SELECT jsonb_build_array(changes -> col -> 0) FROM own WHERE changes ? col
    ORDER BY clock DESC, op_id COLLATE "C" DESC LIMIT 1
$$;

-- ---------------------------------------------------------------- conflicts

CREATE OR REPLACE FUNCTION hub.uuid8(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(
        set_byte(
            set_byte(hash, 6, (get_byte(hash, 6) & 15) | 128), 8, (get_byte(hash, 8) & 63) | 128
        ), 'hex'
    )::uuid::text
    FROM (SELECT substr(sha256(convert_to(given, 'UTF8')), 1, 16) AS hash) AS hashed
$$;

CREATE OR REPLACE FUNCTION hub.side(given_op text, given_values jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('op_id', op_id, 'author', author, 'clock', clock, 'values', given_values)
    FROM hub.op WHERE op_id = given_op
$$;

CREATE OR REPLACE FUNCTION hub.side(op hub.incoming, given_values jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'op_id', op.op_id, 'author', op.author, 'clock', op.clock, 'values', given_values
    )
$$;

CREATE OR REPLACE FUNCTION hub.raised(
    kind text, on_tbl text, on_id text, unit text, kept jsonb, lost jsonb, base jsonb, known_id text DEFAULT NULL
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', coalesce(
            known_id, hub.uuid8(concat_ws('|', on_tbl, on_id, unit, kept ->> 'op_id', lost ->> 'op_id'))
        ),
        'kind', kind, 'table', on_tbl, 'row_id', on_id, 'unit', unit, 'kept', kept, 'lost', lost,
        'base', base, 'is_new', known_id IS NULL
    )
$$;

-- What a present writer saw before: where it did not write, the value that is there.
CREATE OR REPLACE FUNCTION hub.before_theirs(writer text, theirs jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        jsonb_object_agg(
            t.key, CASE WHEN w.changes ? t.key THEN coalesce(w.changes -> t.key -> 1, 'null') ELSE t.value END
        ),
        '{}'
    )
    FROM jsonb_each(theirs) AS t,
        (SELECT coalesce(changes::jsonb, '{}') AS changes FROM hub.op WHERE op_id = writer) AS w
$$;

-- Whether a deletion was the device's own, or its conflict is open already.
CREATE OR REPLACE FUNCTION hub.is_told(op hub.incoming, deletion text, on_tbl text, given_id text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (SELECT FROM hub.op AS o WHERE o.op_id = deletion AND o.device = op.device)
            OR EXISTS (
                SELECT FROM sfa.conflict AS c
                WHERE c.on_id = given_id AND c.on_table = on_tbl AND c.state = 'open'
                    AND c.kind = 'edited-while-deleted' AND c.kept_op = deletion
            )
    );
END $$;
