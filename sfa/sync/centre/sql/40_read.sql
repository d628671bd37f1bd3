-- The calls that only read rows, and those by which a device makes itself known.
-- Source: docs/sync-protocol.md, "Calls".

-- What an earlier revision had.
DROP FUNCTION IF EXISTS hub.check_schema(integer), hub.knows_cursor(bigint, text),
    hub.welcome(hub.device, bigint, text), hub.note_seen(hub.device, bigint, integer);

-- What a call answers that refuses in the middle of a query. Like what follows it has a setting of its own: a
-- function with one is looked up, and its language loaded, only when it is called.
CREATE OR REPLACE FUNCTION hub.refused(code text, data jsonb) RETURNS json
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM hub.refuse(code, data);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION hub.is_taken(given_schema integer, ours integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(given_schema BETWEEN ours - 2 AND ours, false)
$$;

CREATE OR REPLACE FUNCTION hub.batch_at(given_version bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT name::text FROM hub.batch WHERE version = given_version
$$;

-- Whether it is worth a note how far a device came, a minute exact: most devices come with nothing new. A standby
-- notes nothing: whoever has nothing to send notices no difference.
CREATE OR REPLACE FUNCTION hub.is_worth_a_note(d hub.device, given_version bigint, given_schema integer)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT current_setting('transaction_read_only')::boolean AND (
        d.cursor_version <> given_version OR d.schema_version <> given_schema
        OR coalesce(d.seen_at < now() - interval '1 minute', true)
    )
$$;

-- Note it. Should the server lose it in a crash, the device says it again; so the answer does not wait for the disk.
CREATE OR REPLACE FUNCTION hub.note_seen(given_id text, given_version bigint, given_schema integer)
RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT set_config('synchronous_commit', 'off', true) WHERE pg_current_xact_id_if_assigned() IS NULL;
    UPDATE hub.device SET seen_at = now(), cursor_version = given_version, schema_version = given_schema
    WHERE id = given_id RETURNING true;
$$;

-- The whole answer is one query that was parsed when the function was made: a device asks on a connection of its
-- own for each sync, where everything is looked up for the first time. Without a version nothing is noted.
CREATE OR REPLACE FUNCTION api.hello(question json) RETURNS json
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE
        WHEN u.id IS NULL THEN hub.refused('SF001', '{"reason": "unknown_role"}')
        WHEN NOT (l.is_active AND u.is_active AND u.deleted_at IS NULL)
            THEN hub.refused('SF006', '{"reason": "user_disabled"}')
        WHEN NOT hub.is_taken(asked.schema_version, s.version)
            THEN hub.refused('SF002', jsonb_build_object('centre', s.version))
        WHEN d.revoked_at IS NOT NULL THEN hub.refused('SF006', '{"reason": "device_revoked"}')
        -- Never so: it is asked for what it writes.
        WHEN d.id IS NOT NULL AND asked.version IS NOT NULL
            AND hub.is_worth_a_note(d, asked.version, asked.schema_version)
            AND NOT hub.note_seen(d.id, asked.version, asked.schema_version) THEN NULL
        ELSE json_build_object(
            'registered', d.id IS NOT NULL,
            'last_seq', coalesce(d.last_seq, 0),
            'last_chain', encode(coalesce(d.last_chain, ''), 'hex'),
            'epoch', i.epoch,
            'version', c.version,
            'knows_cursor', CASE
                WHEN coalesce(asked.version, 0) = 0 THEN asked.batch IS NULL
                ELSE EXISTS (
                    SELECT FROM hub.batch AS b WHERE b.version = asked.version AND b.name::text = asked.batch
                )
            END,
            'in_recovery', i.in_recovery,
            'user_id', u.id,
            'user_name', u.name,
            'role', u.role,
            'code', coalesce(d.code, ''),
            'organisation', coalesce((
                SELECT o.value::jsonb #>> '{}' FROM sfa.setting AS o
                WHERE o.key = 'organisation_id' AND o.deleted_at IS NULL ORDER BY o.id LIMIT 1
            ), ''),
            'now_ms', hub.now_ms(),
            'schema_version', s.version
        )
    END
    FROM (
        SELECT question ->> 'device' AS device, (question ->> 'version')::bigint AS version,
            question ->> 'batch' AS batch, (question ->> 'schema_version')::integer AS schema_version
    ) AS asked
    CROSS JOIN hub.schema_version AS s CROSS JOIN hub.counter AS c CROSS JOIN hub.identity AS i
    LEFT JOIN hub.login AS l ON l.role_name = session_user
    LEFT JOIN sfa."user" AS u ON u.id = l.user_id
    LEFT JOIN hub.device AS d ON d.id = asked.device AND d.user_id = u.id;
END;

-- The number of a device in letters and digits; a store that never logged in has a code that begins with X.
CREATE OR REPLACE FUNCTION hub.code_of(serial bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(
        substr('0123456789ABCDEFGHJKMNPQRSTVWYZ', (serial / (31 ^ place)::bigint % 31)::integer + 1, 1), ''
        ORDER BY place DESC
    )
    FROM generate_series(0, greatest(1, floor(log(31, serial))::integer)) AS place
$$;

CREATE OR REPLACE FUNCTION hub.new_device(
    given_id text, my_id text, given_name text, given_schema integer, from_device hub.device
) RETURNS hub.device LANGUAGE plpgsql AS $$
DECLARE
    made hub.device;
    next_serial bigint := nextval(pg_get_serial_sequence('hub.device', 'serial'));
BEGIN
    IF (
        SELECT count(*) >= 100 FROM hub.device AS d
        WHERE d.user_id = my_id AND d.registered_at > now() - interval '1 day'
    ) THEN
        PERFORM hub.refuse('SF001', '{"reason": "too_many_devices"}');
    END IF;
    INSERT INTO hub.device (
        id, serial, user_id, name, code, schema_version, seen_at, forked_from
    ) OVERRIDING SYSTEM VALUE VALUES (
        given_id, next_serial, my_id, given_name, hub.code_of(next_serial), given_schema, now(), from_device.id
    )
    RETURNING * INTO made;
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION api.register(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    my_id text := (SELECT user_id FROM hub.me());
    local_id text := question ->> 'local_author';
    ours integer := (SELECT version FROM hub.schema_version);
    d hub.device;
BEGIN
    IF NOT hub.is_taken((question ->> 'schema_version')::integer, ours) THEN
        PERFORM hub.refuse('SF002', jsonb_build_object('centre', ours));
    END IF;
    IF question ->> 'device' !~ '^[0-9a-f-]{36}$' THEN
        PERFORM hub.refuse('SF001', '{"reason": "unknown_device"}');
    END IF;
    IF EXISTS (SELECT FROM hub.device WHERE id = question ->> 'device') THEN
        d := hub.my_device(question ->> 'device', my_id);
    ELSE
        d := hub.new_device(
            question ->> 'device', my_id, left(question ->> 'name', 200),
            (question ->> 'schema_version')::integer, NULL
        );
    END IF;
    -- Nobody may have somebody else's id read as their own.
    IF local_id <> my_id AND EXISTS (SELECT FROM sfa."user" WHERE id = local_id) THEN
        PERFORM hub.refuse('SF001', '{"reason": "unknown_author"}');
    ELSIF (SELECT count(*) >= 100 FROM hub.alias AS a WHERE a.device = d.id) THEN
        PERFORM hub.refuse('SF001', '{"reason": "too_many_authors"}');
    ELSIF local_id <> my_id THEN
        INSERT INTO hub.alias (device, local_author, user_id) VALUES (d.id, local_id, my_id)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN api.hello(json_build_object('device', d.id, 'schema_version', ours));
END $$;

-- The link a device has at a seq; the empty one before the first.
CREATE OR REPLACE FUNCTION hub.chain_of(given_device text, given_seq bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT CASE given_seq WHEN 0 THEN ''::bytea ELSE (hub.link_at(given_device, given_seq)).chain END
$$;

CREATE OR REPLACE FUNCTION api.chain_at(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d hub.device := hub.my_device(question ->> 'device', (SELECT user_id FROM hub.me()));
BEGIN
    RETURN to_json(encode(hub.chain_of(d.id, (question ->> 'seq')::bigint), 'hex'));
END $$;

CREATE OR REPLACE FUNCTION api.fork(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    my_id text := (SELECT user_id FROM hub.me());
    seq_there bigint := (question ->> 'seq')::bigint;
    d hub.device := hub.my_device(question ->> 'device', my_id);
    made hub.device;
BEGIN
    IF encode(hub.chain_of(d.id, seq_there), 'hex') IS DISTINCT FROM question ->> 'chain' THEN
        PERFORM hub.refuse('SF004');
    END IF;
    made := hub.new_device(gen_random_uuid()::text, my_id, d.name, d.schema_version, d);
    UPDATE hub.device SET
        forked_at_seq = seq_there, last_seq = seq_there,
        last_chain = hub.chain_of(d.id, seq_there), cursor_version = d.cursor_version
    WHERE id = made.id;
    INSERT INTO hub.alias (device, local_author, user_id)
    SELECT made.id, a.local_author, a.user_id FROM hub.alias AS a WHERE a.device = d.id;
    RETURN to_json(made.id);
END $$;

-- What the centre holds of the caller's own transactions and did not take as it was made: a centre that was
-- set back may have settled again, and otherwise, what a device knows to be settled.
CREATE OR REPLACE FUNCTION api.not_taken(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d hub.device := hub.my_device(question ->> 'device', (SELECT user_id FROM hub.me()));
BEGIN
    RETURN coalesce((
        SELECT json_agg(json_build_object(
            'tx_id', t.tx_id, 'outcome', t.outcome, 'reason', t.reason, 'proposal_id', t.proposal_id
        ))
        FROM hub.device AS mine JOIN hub.tx AS t ON t.device = mine.id
        WHERE mine.user_id = d.user_id AND t.outcome IN ('proposal', 'late', 'quarantined')
    ), '[]');
END $$;

-- ---------------------------------------------------------------- whole rows

CREATE OR REPLACE FUNCTION hub.row_entry(tbl text, row_id text, shown jsonb, maker text, writers jsonb)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'entry', 'row', 'table', tbl, 'row_id', row_id, 'values', shown, 'maker', maker,
        'writers', coalesce(writers, '{}')
    )
$$;

-- One statement reads one state, also in READ COMMITTED: hence STABLE throughout.
CREATE OR REPLACE FUNCTION api.digests(question json) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    is_admin boolean := hub.is_admin(me);
    tbl text;
    one json;
    tables json[] := '{}';
BEGIN
    FOR tbl IN SELECT t.name FROM hub.tab AS t ORDER BY t.position LOOP
        EXECUTE format(
            'SELECT json_build_object(''table'', %L, ''count'', count(*), '
            '''total'', (coalesce(sum(v.digest), 0) %% 1152921504606846976)::bigint) '
            'FROM hub.%I($1, $2) AS v WHERE v.is_live',
            tbl, 'shown_' || tbl
        ) INTO one USING me, is_admin;
        tables := tables || one;
    END LOOP;
    RETURN json_build_object(
        'version', (SELECT version FROM hub.counter),
        'batch', hub.batch_at((SELECT version FROM hub.counter)),
        'tables', tables
    );
END $$;

-- Whoever asks for a table that is none learns what a table without rows says.
CREATE OR REPLACE FUNCTION api.row_digests(question json) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    tbl text := (SELECT t.name FROM hub.tab AS t WHERE t.name = question ->> 'table');
    answer json;
BEGIN
    IF tbl IS NULL THEN
        RETURN '{}';
    END IF;
    EXECUTE format(
        'SELECT coalesce(json_object_agg(v.row_id, v.digest), ''{}'') FROM hub.%I($1, $2) AS v WHERE v.is_live',
        'shown_' || tbl
    ) INTO answer USING me, hub.is_admin(me);
    RETURN answer;
END $$;

CREATE OR REPLACE FUNCTION api.rows(question json) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := (SELECT user_id FROM hub.me());
    tbl text := (SELECT t.name FROM hub.tab AS t WHERE t.name = question ->> 'table');
    wanted text[] := ARRAY(SELECT json_array_elements_text(question -> 'ids'));
    answer json;
BEGIN
    IF tbl IS NULL THEN
        RETURN '[]';
    END IF;
    EXECUTE format(
        'SELECT coalesce(json_agg(hub.row_entry(%L, v.row_id, v.shown, v.maker, v.writers)), ''[]'') '
        'FROM hub.%I($1, $2) AS v WHERE v.row_id = ANY ($3)',
        tbl, 'shown_' || tbl
    ) INTO answer USING me, hub.is_admin(me), wanted;
    RETURN answer;
END $$;
