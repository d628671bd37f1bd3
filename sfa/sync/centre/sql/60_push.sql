-- Taking in a device's batch. Source: docs/sync-protocol.md, "Push".

-- ---------------------------------------------------------------- the chain

-- The op and the link a device has at a seq, also through the devices it was forked from; null: not there.
CREATE OR REPLACE FUNCTION hub.link_at(given_device text, given_seq bigint, OUT op_id text, OUT chain bytea)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    here text := given_device;
    known hub.device;
BEGIN
    WHILE here IS NOT NULL LOOP
        SELECT o.op_id, o.chain INTO op_id, chain FROM hub.op AS o WHERE o.device = here AND o.seq = given_seq;
        IF op_id IS NULL THEN
            SELECT r.op_id, r.chain INTO op_id, chain
            FROM hub.repeated AS r WHERE r.device = here AND r.seq = given_seq;
        END IF;
        EXIT WHEN op_id IS NOT NULL;
        SELECT * INTO known FROM hub.device AS d WHERE d.id = here;
        here := CASE WHEN known.forked_at_seq >= given_seq THEN known.forked_from END;
    END LOOP;
END $$;

-- ---------------------------------------------------------------- storing

-- Store a batch's ops with their links; return the device's new last link, and the ops whose payload is not
-- what its digest says. Ops that the centre has must be the same; ops it has from elsewhere are noted.
CREATE OR REPLACE FUNCTION hub.store_ops(
    d hub.device, question jsonb, aliases jsonb, this_batch bigint, OUT last_seq bigint, OUT last_chain bytea, OUT damaged text[]
) LANGUAGE plpgsql AS $$
DECLARE
    expected bigint := (question ->> 'from_seq')::bigint;
    centre_ms bigint := hub.now_ms();
    links bytea[] := '{}';
    fresh text[] := '{}';
    one record;
    digest bytea;
    ahead bigint := 0;
BEGIN
    last_seq := d.last_seq;
    last_chain := decode(question ->> 'prefix_chain', 'hex');
    damaged := '{}';
    FOR one IN
        SELECT * FROM jsonb_to_recordset(question -> 'ops') AS o (
            seq bigint, op_id text, tx_id text, hlc bigint, kind text, "table" text, row_id text, changes text,
            salt text, digest text
        ) ORDER BY o.seq
    LOOP
        IF one.seq <> expected THEN
            PERFORM hub.refuse('SF003', jsonb_build_object('last_seq', d.last_seq));
        END IF;
        expected := expected + 1;
        digest := decode(one.digest, 'hex');
        last_chain := sha256(
            last_chain
            || convert_to(concat_ws('|', one.op_id, one.tx_id, one.hlc, one.kind, one."table", one.row_id), 'UTF8')
            || digest
        );
        IF one.seq <= d.last_seq THEN
            IF one.op_id IS DISTINCT FROM (hub.link_at(d.id, one.seq)).op_id THEN
                PERFORM hub.refuse('SF004', jsonb_build_object('last_seq', d.last_seq));
            END IF;
            CONTINUE;
        END IF;
        links := links || last_chain;
        fresh := fresh || one.op_id;
        last_seq := one.seq;
        ahead := greatest(ahead, (one.hlc >> 16) - centre_ms);
        IF one.salt IS NOT NULL AND one.changes IS NOT NULL
            AND sha256(decode(one.salt, 'hex') || convert_to(one.changes, 'UTF8')) <> digest THEN
            damaged := damaged || one.op_id;
        END IF;
    END LOOP;
    IF last_seq = d.last_seq THEN
        last_chain := d.last_chain;
        RETURN;
    END IF;
    PERFORM hub.note_repeated(d, question, fresh, links);
    INSERT INTO hub.op (
        op_id, tx_id, device, seq, hlc, clock, kind, tbl, row_id, changes, salt, digest, chain, inverts,
        schema_version, outcome, author, batch
    )
    SELECT
        o.op_id, o.tx_id, d.id, o.seq, o.hlc,
        CASE WHEN (o.hlc >> 16) > centre_ms + 60000 THEN centre_ms << 16 ELSE o.hlc END,
        o.kind, o."table", o.row_id, o.changes, decode(o.salt, 'hex'), decode(o.digest, 'hex'),
        links[o.seq - d.last_seq], o.inverts, o.schema_version,
        -- Nearly every transaction is whole and will be applied: what becomes of the others is written later.
        CASE WHEN t.last_seq <= store_ops.last_seq THEN 'applied' ELSE 'staged' END,
        coalesce(aliases ->> t.author, t.author, d.user_id),
        CASE WHEN t.last_seq <= store_ops.last_seq THEN this_batch END
    FROM jsonb_to_recordset(question -> 'ops') AS o (
        seq bigint, op_id text, tx_id text, hlc bigint, kind text, "table" text, row_id text, changes text,
        salt text, digest text, inverts text, schema_version integer
    )
    JOIN hub.tx AS t ON t.tx_id = o.tx_id
    WHERE o.seq > d.last_seq
    ON CONFLICT (op_id) DO NOTHING;
    UPDATE hub.device
    SET last_seq = store_ops.last_seq, last_chain = store_ops.last_chain, seen_at = now(),
        clock_ahead_ms = greatest(ahead, 0)
    WHERE id = d.id;
END $$;

-- Ops that a fork shares, or that somebody brought back: their place in this device's log.
CREATE OR REPLACE FUNCTION hub.note_repeated(d hub.device, question jsonb, fresh text[], links bytea[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    FOR known IN
        SELECT o.op_id, o.device, o.seq, n.place
        FROM unnest(fresh) WITH ORDINALITY AS n (op_id, place) JOIN hub.op AS o USING (op_id)
    LOOP
        IF known.seq IS NULL AND known.device = d.id THEN
            UPDATE hub.op SET seq = d.last_seq + known.place, chain = links[known.place]
            WHERE op_id = known.op_id;
        ELSE
            INSERT INTO hub.repeated (device, seq, op_id, chain)
            VALUES (d.id, d.last_seq + known.place, known.op_id, links[known.place]);
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION hub.store_transactions(d hub.device, question jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.tx (tx_id, device, first_seq, last_seq, kind, name, arguments, author, at, undoes)
    SELECT t.tx_id, d.id, t.first_seq, t.last_seq, t.kind, t.name, t.arguments, t.author, t.at, t.undoes
    FROM jsonb_to_recordset(question -> 'transactions') AS t (
        tx_id text, first_seq bigint, last_seq bigint, kind text, name text, arguments text, author text, at text,
        undoes text
    )
    -- Of an own one that others brought back, the rest comes now.
    ON CONFLICT (tx_id) DO UPDATE
        SET device = excluded.device, first_seq = excluded.first_seq, last_seq = excluded.last_seq,
            outcome = 'staged'
        WHERE tx.first_seq IS NULL AND tx.device <> 'centre'
            AND (tx.device = excluded.device OR tx.author = d.user_id);
    -- An op that the centre does not have belongs to a transaction of this device, as its header says.
    IF EXISTS (
        SELECT FROM jsonb_array_elements(question -> 'ops') AS o
        WHERE NOT EXISTS (
            SELECT FROM hub.tx AS t
            WHERE t.tx_id = o ->> 'tx_id' AND t.device = d.id
                AND (o ->> 'seq')::bigint BETWEEN t.first_seq AND t.last_seq
        ) AND NOT EXISTS (SELECT FROM hub.op AS k WHERE k.op_id = o ->> 'op_id')
    ) THEN
        PERFORM hub.refuse('SF001', '{"reason": "no_header"}');
    END IF;
END $$;

-- Merge the device's transactions that are whole; return those of which the answer tells what differs. Of
-- most batches nothing is refused: all are merged in one savepoint, runs that need no thought at once
-- (59_runs.sql), and if something is raised one by one, with a savepoint for each. Hundreds of savepoints in a transaction also make every other session slower.
CREATE OR REPLACE FUNCTION hub.merge_staged(
    d hub.device, given_role text, aliases jsonb, damaged text[], this_batch bigint, now_last bigint, is_alone boolean
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    t hub.tx;
    one record;
    checked text[] := '{}';
    differing text[] := '{}';
    applied text[] := '{}';
    reached bigint := 0;
    runs integer := CASE WHEN is_alone OR given_role = 'read-only' OR damaged <> '{}' THEN 0 ELSE hub.most_runs() END;
BEGIN
    FOR t IN
        SELECT * FROM hub.tx AS x
        WHERE x.device = d.id AND x.outcome = 'staged' AND x.last_seq <= now_last ORDER BY x.first_seq
    LOOP
        IF t.first_seq > reached AND runs > 0 AND now_last - t.first_seq + 1 >= hub.fewest_plain() THEN
            reached := hub.merge_plain(d, aliases, this_batch, t.first_seq - 1, now_last);
            runs := runs - 1;
        END IF;
        IF t.last_seq <= reached THEN
            applied := applied || t.tx_id;
            CONTINUE;
        END IF;
        one := hub.merge_tx(t, d, given_role, aliases, damaged, this_batch, is_alone, checked);
        checked := one.checked;
        IF one.outcome_now = 'applied' THEN
            applied := applied || t.tx_id;
        END IF;
        IF one.is_differing THEN
            differing := differing || t.tx_id;
        END IF;
    END LOOP;
    UPDATE hub.tx AS x SET outcome = 'applied', author = coalesce(aliases ->> x.author, x.author, d.user_id)
    WHERE x.tx_id = ANY (applied);
    RETURN differing;
END $$;

-- ---------------------------------------------------------------- the call

-- A batch has few rows of each table: they are looked up by their keys, also in a new centre, where a table is
-- empty when the plan is made and grows while it is kept.
CREATE OR REPLACE FUNCTION api.push(question json) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    asked jsonb := question::jsonb;
    me record;
    d hub.device;
    stored record;
    aliases jsonb;
    differing text[];
    erased text[];
    this_batch bigint;
    start bigint := (asked ->> 'from_seq')::bigint;
BEGIN
    -- Until the transaction ends: a member has no right on a table, and cannot use it for anything.
    PERFORM set_config('sfa.merging', 'on', true);
    SELECT * INTO me FROM hub.me();
    d := hub.my_device(asked ->> 'device', me.user_id);
    IF jsonb_array_length(asked -> 'ops') > 500 OR jsonb_array_length(asked -> 'transactions') > 500
        OR octet_length(question::text) > 33554432 THEN
        PERFORM hub.refuse('SF001', '{"reason": "too_large"}');
    END IF;
    SELECT * INTO d FROM hub.device AS v WHERE v.id = d.id FOR UPDATE;
    IF start > d.last_seq + 1 OR start < 1 THEN
        PERFORM hub.refuse('SF003', jsonb_build_object('last_seq', d.last_seq));
    ELSIF asked ->> 'prefix_chain' IS DISTINCT FROM encode(
        CASE
            WHEN start = d.last_seq + 1 THEN d.last_chain
            ELSE hub.chain_of(d.id, start - 1)
        END, 'hex'
    ) THEN
        PERFORM hub.refuse('SF004', jsonb_build_object('last_seq', d.last_seq));
    END IF;
    PERFORM hub.take_key_turns(asked, d.id);
    PERFORM hub.store_transactions(d, asked);
    SELECT coalesce(jsonb_object_agg(a.local_author, a.user_id), '{}') INTO aliases
    FROM hub.alias AS a WHERE a.device = d.id AND a.local_author <> a.user_id;
    IF (asked -> 'ops' -> -1 ->> 'seq')::bigint > d.last_seq THEN
        this_batch := hub.batch_id();
    END IF;
    stored := hub.store_ops(d, asked, aliases, this_batch);
    erased := hub.erased_since(d);
    IF erased IS NOT NULL THEN
        PERFORM hub.forget_names(ARRAY(SELECT t ->> 'tx_id' FROM jsonb_array_elements(asked -> 'transactions') AS t), erased);
    END IF;
    BEGIN
        differing := hub.merge_staged(d, me.role, aliases, stored.damaged, this_batch, stored.last_seq, false);
    EXCEPTION
        WHEN SQLSTATE 'SF100' OR integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN
            differing := hub.merge_staged(d, me.role, aliases, stored.damaged, this_batch, stored.last_seq, true);
    END;
    RETURN hub.push_answer(d, me.user_id, asked, stored.last_seq, differing);
END $$;

-- ---------------------------------------------------------------- the answer

CREATE OR REPLACE FUNCTION hub.push_answer(
    d hub.device, my_id text, asked jsonb, now_last bigint, differing text[]
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    outcomes json;
    transactions text[];
BEGIN
    SELECT
        json_agg(
            json_build_object(
                'tx_id', t.tx_id, 'outcome', t.outcome, 'reason', t.reason, 'proposal_id', t.proposal_id
            ) ORDER BY a.place
        ),
        array_agg(t.tx_id) FILTER (WHERE t.outcome <> 'staged')
    INTO outcomes, transactions
    FROM jsonb_array_elements(asked -> 'transactions') WITH ORDINALITY AS a (header, place)
    JOIN hub.tx AS t ON t.tx_id = a.header ->> 'tx_id'
    -- Of others' transactions nothing is said.
    WHERE t.author = my_id OR t.device IN (SELECT v.id FROM hub.device AS v WHERE v.user_id = my_id);
    -- Of a batch that was sent again, everything is compared.
    IF (asked ->> 'from_seq')::bigint <= d.last_seq OR EXISTS (
        SELECT FROM hub.repeated AS r WHERE r.device = d.id AND r.seq > d.last_seq
    ) THEN
        differing := transactions;
    END IF;
    RETURN json_build_object(
        'last_seq', now_last,
        'outcomes', coalesce(outcomes, '[]'),
        'differs', CASE WHEN coalesce(differing, '{}') = '{}' THEN '[]' ELSE hub.differs(differing, my_id) END
    );
END $$;

-- Rows and columns of some transactions where the centre now holds another value or writer than their last op.
CREATE OR REPLACE FUNCTION hub.differs(transactions text[], my_id text) RETURNS json LANGUAGE sql STABLE AS $$
    WITH rows_changed AS (
        SELECT DISTINCT o.tbl, o.row_id
        FROM hub.op AS o JOIN hub.shape AS s USING (tbl) WHERE o.tx_id = ANY (transactions)
    ), seen AS (
        SELECT
            r.tbl, r.row_id, w.maker, w.columns,
            CASE WHEN hub.seen_by(my_id, r.tbl, r.row_id) THEN hub.get(r.tbl, r.row_id) END AS present
        FROM rows_changed AS r
        LEFT JOIN LATERAL (
            SELECT o.maker, o.columns FROM hub.row AS o WHERE o.row_id = r.row_id AND o.tbl = r.tbl OFFSET 0
        ) AS w ON true
    ), said AS (
        SELECT DISTINCT ON (o.tbl, o.row_id, c.key) o.tbl, o.row_id, c.key AS name, o.op_id, o.salt IS NULL AS is_altered
        FROM hub.op AS o
        CROSS JOIN LATERAL (
            SELECT key FROM jsonb_each(CASE WHEN jsonb_typeof(hub.read_json(o.changes)) = 'object' THEN hub.read_json(o.changes) END)
            UNION
            -- An erasure empties all that is personal, and names what it leaves a placeholder in.
            SELECT unnest(s.personal) FROM hub.shape AS s WHERE s.tbl = o.tbl AND o.kind = 'erase'
        ) AS c
        WHERE o.tx_id = ANY (transactions) AND NOT (o.kind = 'delete' AND o.outcome = 'applied' AND c.key <> 'deleted_at')
        ORDER BY o.tbl, o.row_id, c.key, o.seq DESC
    ), apart AS (
        SELECT
            s.tbl, s.row_id,
            json_object_agg(
                a.name,
                json_build_array(
                    CASE
                        WHEN k.is_withheld AND NOT hub.seen_by(my_id, k.refers_to, s.present ->> a.name) THEN NULL
                        ELSE s.present -> a.name
                    END,
                    coalesce(s.columns ->> a.name, s.maker)
                )
            ) AS columns
        FROM seen AS s
        JOIN said AS a ON a.tbl = s.tbl AND a.row_id = s.row_id
        JOIN hub.col AS k ON k.tbl = a.tbl AND k.name = a.name
        WHERE s.present IS NOT NULL AND (
            coalesce(s.columns ->> a.name, s.maker) IS DISTINCT FROM a.op_id
            -- Read through an alias: the device wrote another id of the same user.
            OR (a.is_altered AND k.refers_to = 'user' AND s.present ->> a.name = my_id)
        )
        GROUP BY s.tbl, s.row_id
    )
    SELECT coalesce(
        json_agg(json_build_object('table', s.tbl, 'row_id', s.row_id, 'columns', a.columns)), '[]'
    )
    FROM seen AS s LEFT JOIN apart AS a ON a.tbl = s.tbl AND a.row_id = s.row_id
    WHERE s.present IS NULL OR a.columns IS NOT NULL
$$;
