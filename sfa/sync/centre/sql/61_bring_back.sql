-- Taking back what a restored centre lost, from the devices that had heard of it.
-- Source: docs/sync-protocol.md, "Calls".

-- Store a foreign op that the centre does not have; false when it has it, or when it is not what was hashed.
CREATE OR REPLACE FUNCTION hub.store_brought(given jsonb, this_batch bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    reading bigint := (given ->> 'hlc')::bigint;
    centre_ms bigint := hub.now_ms();
BEGIN
    IF given ->> 'salt' IS NOT NULL AND sha256(
        decode(given ->> 'salt', 'hex') || convert_to(given ->> 'changes', 'UTF8')
    ) <> decode(given ->> 'digest', 'hex') THEN
        RETURN false;
    END IF;
    INSERT INTO hub.op (
        op_id, tx_id, device, hlc, clock, kind, tbl, row_id, changes, salt, digest, schema_version, outcome, author,
        batch
    ) VALUES (
        given ->> 'op_id', given ->> 'tx_id', given ->> 'device', reading,
        CASE WHEN (reading >> 16) > centre_ms + 60000 THEN centre_ms << 16 ELSE reading END,
        given ->> 'kind', given ->> 'table', given ->> 'row_id', given ->> 'changes',
        decode(given ->> 'salt', 'hex'), coalesce(decode(given ->> 'digest', 'hex'), ''),
        (given ->> 'schema_version')::integer, 'applied', given ->> 'author', this_batch
    )
    ON CONFLICT (op_id) DO NOTHING;
    RETURN FOUND;
END $$;

-- What the one who brings it back may not do himself is not taken: its own device will push it. So nobody
-- gains by an invented history.
CREATE OR REPLACE FUNCTION hub.bring_tx(given jsonb, ops jsonb, my_id text, my_role text, this_batch bigint)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    t hub.tx;
    d hub.device;
    op jsonb;
    one record;
    made integer := 0;
BEGIN
    INSERT INTO hub.tx (tx_id, device, kind, name, arguments, author, at, undoes, outcome)
    VALUES (
        given ->> 'tx_id', given ->> 'device', given ->> 'kind', given ->> 'name', given ->> 'arguments',
        given ->> 'author', given ->> 'at', given ->> 'undoes', 'applied'
    )
    ON CONFLICT (tx_id) DO NOTHING;
    FOR op IN SELECT jsonb_array_elements(ops) LOOP
        made := made + hub.store_brought(op, this_batch)::integer;
    END LOOP;
    -- Who brings it back may not have heard of an erasure that is here.
    PERFORM hub.forget_names(ARRAY[given ->> 'tx_id'], ARRAY(
        SELECT e.row_id FROM hub.op AS o JOIN hub.op AS e ON e.row_id = o.row_id AND e.tbl = o.tbl
        WHERE o.tx_id = given ->> 'tx_id' AND e.kind = 'erase' AND e.outcome = 'applied' AND e.tx_id <> o.tx_id
    ));
    SELECT * INTO t FROM hub.tx AS x WHERE x.tx_id = given ->> 'tx_id';
    -- Merged among others' ops long ago: nothing is new to it.
    t.first_seq := NULL;
    t.last_seq := NULL;
    d.cursor_version := 9223372036854775807;
    one := hub.try_merge(t, d, my_id, my_role, '{}', this_batch, '{}'::text[]);
    IF (one.finding).gravity > 0 THEN
        DELETE FROM hub.op AS o WHERE o.tx_id = t.tx_id AND o.batch = this_batch;
        DELETE FROM hub.tx AS x
        WHERE x.tx_id = t.tx_id AND NOT EXISTS (SELECT FROM hub.op AS o WHERE o.tx_id = x.tx_id);
        RETURN 0;
    END IF;
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION api.bring_back(question json) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked jsonb := question::jsonb;
    me record := hub.me();
    brought record;
    made integer := 0;
BEGIN
    PERFORM set_config('sfa.merging', 'on', true);
    IF NOT hub.in_recovery() THEN
        PERFORM hub.refuse('SF001', '{"reason": "not_in_recovery"}');
    ELSIF jsonb_array_length(asked -> 'ops') > 500 OR jsonb_array_length(asked -> 'transactions') > 500
        OR octet_length(question::text) > 33554432 THEN
        PERFORM hub.refuse('SF001', '{"reason": "too_large"}');
    END IF;
    FOR brought IN
        SELECT t.header, jsonb_agg(o.op ORDER BY (o.op ->> 'hlc')::bigint, o.op ->> 'op_id' COLLATE "C") AS ops
        FROM jsonb_array_elements(asked -> 'transactions') AS t (header)
        JOIN jsonb_array_elements(asked -> 'ops') AS o (op) ON o.op ->> 'tx_id' = t.header ->> 'tx_id'
        WHERE NOT EXISTS (SELECT FROM hub.op AS known WHERE known.op_id = o.op ->> 'op_id')
        GROUP BY t.header
        ORDER BY min((o.op ->> 'hlc')::bigint), t.header ->> 'tx_id' COLLATE "C"
    LOOP
        made := made + hub.bring_tx(brought.header, brought.ops, me.user_id, me.role, hub.batch_id());
    END LOOP;
    RETURN made;
END $$;
