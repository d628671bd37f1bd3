-- Two records with one business key: both stay, and a conflict tells those who see both.
-- Source: docs/sync-protocol.md, "Clashes".

-- Whoever looks for others with a key, or above a row for itself, does so after all who did before have
-- committed. Rows and not advisory locks, which anybody may take and keep.
CREATE TABLE IF NOT EXISTS hub.turn (name text PRIMARY KEY);
INSERT INTO hub.turn
SELECT 'key ' || n FROM generate_series(0, 63) AS n
UNION ALL
SELECT 'ring ' || tbl FROM hub.shape WHERE ring_refs <> '{}'
ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION hub.take_turn(given_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM hub.turn AS t WHERE t.name = given_name FOR NO KEY UPDATE;
END $$;

CREATE OR REPLACE FUNCTION hub.turn_of_key(given_tbl text, given_key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'key ' || (('x' || left(md5(given_tbl || given_key), 2))::bit(8)::integer & 63)
$$;

-- The turns of all keys that a batch gives, with what was staged of it before, in order: two batches that took
-- them as they come would wait for each other.
CREATE OR REPLACE FUNCTION hub.take_key_turns(asked jsonb, given_device text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text[];
BEGIN
    SELECT array_agg(DISTINCT hub.turn_of_key(k.tbl, k.key)) INTO names
    FROM (
        SELECT * FROM jsonb_to_recordset(asked -> 'ops') AS a ("table" text, changes text)
        UNION ALL
        SELECT s.tbl, s.changes FROM hub.tx AS t JOIN hub.op AS s ON s.tx_id = t.tx_id
        WHERE t.device = given_device AND t.outcome = 'staged'
            AND t.last_seq <= (asked -> 'ops' -> -1 ->> 'seq')::bigint  -- merged in this call
    ) AS o
    CROSS JOIN LATERAL (
        SELECT o."table" AS tbl, hub.plain_key(o."table", hub.read_json(o.changes) -> hub.key_unit(o."table") ->> 0)
            || CASE o."table" WHEN 'external_id' THEN concat(
                chr(31), hub.read_json(o.changes) -> 'source' ->> 0, chr(31), hub.read_json(o.changes) -> 'noun' ->> 0
            ) ELSE '' END AS key
    ) AS k
    WHERE o."table" IN ('account', 'product', 'quote', 'sales_order', 'external_id')
        AND strpos(o.changes, '"' || hub.key_unit(o."table") || '"') > 0 AND k.key <> '';
    IF names IS NOT NULL THEN
        PERFORM FROM hub.turn AS t WHERE t.name = ANY (names) ORDER BY t.name FOR NO KEY UPDATE;
    END IF;
END $$;

-- ---------------------------------------------------------------- keys

-- A key in the form in which two are the same: of a tax number without what people put between its parts.
CREATE OR REPLACE FUNCTION hub.plain_key(given_tbl text, given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE given_tbl
        WHEN 'account' THEN translate(upper(given COLLATE "C"), ' .-/', '')
        WHEN 'product' THEN upper(given COLLATE "C")
        WHEN 'quote' THEN upper(given COLLATE "C")
        WHEN 'sales_order' THEN upper(given COLLATE "C")
        ELSE given
    END
$$;

CREATE INDEX IF NOT EXISTS account_by_key ON sfa.account (translate(upper(tax_id COLLATE "C"), ' .-/', ''))
WHERE tax_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS product_by_key ON sfa.product (upper(code COLLATE "C"))
WHERE code IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS quote_by_key ON sfa.quote (upper(number COLLATE "C")) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS sales_order_by_key ON sfa.sales_order (upper(number COLLATE "C")) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS external_id_by_key ON sfa.external_id (key) WHERE deleted_at IS NULL;

-- A row's plain key; null without one, and of a deleted row.
CREATE OR REPLACE FUNCTION hub.key_of(given_tbl text, given_id text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found text;
BEGIN
    CASE given_tbl
    WHEN 'account' THEN
        SELECT hub.plain_key('account', a.tax_id) INTO found
        FROM sfa.account AS a WHERE a.id = given_id AND a.deleted_at IS NULL;
    WHEN 'product' THEN
        SELECT hub.plain_key('product', p.code) INTO found
        FROM sfa.product AS p WHERE p.id = given_id AND p.deleted_at IS NULL;
    WHEN 'quote' THEN
        SELECT hub.plain_key('quote', q.number) INTO found
        FROM sfa.quote AS q WHERE q.id = given_id AND q.deleted_at IS NULL;
    WHEN 'sales_order' THEN
        SELECT hub.plain_key('sales_order', o.number) INTO found
        FROM sfa.sales_order AS o WHERE o.id = given_id AND o.deleted_at IS NULL;
    WHEN 'external_id' THEN
        SELECT concat_ws(chr(31), e.key, e.source, e.noun) INTO found
        FROM sfa.external_id AS e WHERE e.id = given_id AND e.deleted_at IS NULL AND e.key <> '[erased]';
    END CASE;
    RETURN nullif(found, '');
END $$;

-- The other live rows with a key, a hundred at most. A second key of the same record is no clash.
CREATE OR REPLACE FUNCTION hub.rows_of_key(given_tbl text, given_id text, given_key text) RETURNS SETOF text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE given_tbl
    WHEN 'account' THEN
        RETURN QUERY SELECT a.id FROM sfa.account AS a
        WHERE translate(upper(a.tax_id COLLATE "C"), ' .-/', '') = given_key AND a.tax_id IS NOT NULL
            AND a.deleted_at IS NULL AND a.id <> given_id
        ORDER BY a.id COLLATE "C" LIMIT 100;
    WHEN 'product' THEN
        RETURN QUERY SELECT p.id FROM sfa.product AS p
        WHERE upper(p.code COLLATE "C") = given_key AND p.code IS NOT NULL
            AND p.deleted_at IS NULL AND p.id <> given_id
        ORDER BY p.id COLLATE "C" LIMIT 100;
    WHEN 'quote' THEN
        RETURN QUERY SELECT q.id FROM sfa.quote AS q
        WHERE upper(q.number COLLATE "C") = given_key AND q.deleted_at IS NULL AND q.id <> given_id
        ORDER BY q.id COLLATE "C" LIMIT 100;
    WHEN 'sales_order' THEN
        RETURN QUERY SELECT o.id FROM sfa.sales_order AS o
        WHERE upper(o.number COLLATE "C") = given_key AND o.deleted_at IS NULL AND o.id <> given_id
        ORDER BY o.id COLLATE "C" LIMIT 100;
    WHEN 'external_id' THEN
        RETURN QUERY SELECT e.id FROM sfa.external_id AS e
        JOIN sfa.external_id AS own ON own.id = given_id AND own.key = e.key AND own.source = e.source
            AND own.noun = e.noun AND own.record_id <> e.record_id
        WHERE e.deleted_at IS NULL
        ORDER BY e.id COLLATE "C" LIMIT 100;
    END CASE;
END $$;

-- Whether a column is part of a business key.
CREATE OR REPLACE FUNCTION hub.is_key(given_tbl text, col text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (given_tbl, col) IN (
        ('account', 'tax_id'), ('product', 'code'), ('quote', 'number'), ('sales_order', 'number'),
        ('external_id', 'key'), ('external_id', 'source'), ('external_id', 'noun')
    )
$$;

-- Whether a live row may have the key that a new row brings; of an external id, its first column alone.
CREATE OR REPLACE FUNCTION hub.has_key(given_tbl text, col text, given text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF given_tbl = 'external_id' THEN
        RETURN col = 'key'
            AND EXISTS (SELECT FROM sfa.external_id AS e WHERE e.key = given AND e.deleted_at IS NULL);
    END IF;
    RETURN EXISTS (SELECT FROM hub.rows_of_key(given_tbl, '', hub.plain_key(given_tbl, given)));
END $$;

CREATE OR REPLACE FUNCTION hub.key_unit(given_tbl text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE given_tbl WHEN 'account' THEN 'tax_id' WHEN 'product' THEN 'code' WHEN 'quote' THEN 'number' WHEN 'sales_order' THEN 'number'
        ELSE 'key' END
$$;

CREATE OR REPLACE FUNCTION hub.key_writer(given_tbl text, given_id text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(r.columns ->> hub.key_unit(given_tbl), r.maker)
    FROM hub.row AS r WHERE r.row_id = given_id AND r.tbl = given_tbl
$$;

-- ---------------------------------------------------------------- who sees a clash

CREATE TABLE IF NOT EXISTS hub.clash (
    id text PRIMARY KEY,
    tbl text NOT NULL,
    one_id text NOT NULL,
    other_id text NOT NULL
);
CREATE INDEX IF NOT EXISTS clash_of_one ON hub.clash (one_id);
CREATE INDEX IF NOT EXISTS clash_of_other ON hub.clash (other_id);

-- Those who see both rows; `everybody` when that is so of both.
CREATE OR REPLACE FUNCTION hub.seers_of_both(ids text[])
RETURNS TABLE (id text, users text[], everybody boolean) LANGUAGE sql STABLE AS $$
    SELECT
        c.id,
        hub.in_common(a.users, a.everybody, b.users, b.everybody),
        coalesce(a.everybody AND b.everybody, false)
    FROM hub.clash AS c
    LEFT JOIN LATERAL hub.seers_of_row(c.tbl, c.one_id) AS a ON true
    LEFT JOIN LATERAL hub.seers_of_row(c.tbl, c.other_id) AS b ON true
    WHERE c.id = ANY (ids)
$$;

CREATE OR REPLACE FUNCTION hub.clashes_made(ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    made text[];
BEGIN
    INSERT INTO hub.clash (id, tbl, one_id, other_id)
    SELECT c.id, c.on_table, c.on_id, coalesce(hub.read_json(c.lost) ->> 'id', '')
    FROM sfa.conflict AS c
    WHERE c.id = ANY (ids) AND c.kind = 'clash' AND c.unit = hub.key_unit(c.on_table)
        AND c.on_table IN ('account', 'product', 'quote', 'sales_order', 'external_id')
    ON CONFLICT DO NOTHING;
    made := ARRAY(SELECT c.id FROM hub.clash AS c WHERE c.id = ANY (ids));
    IF made <> '{}' THEN
        PERFORM hub.root_made('conflict', made);
    END IF;
END $$;

-- After other people than before see some roots.
CREATE OR REPLACE FUNCTION hub.clashes_changed(kind text, roots text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF kind <> 'conflict' AND EXISTS (SELECT FROM hub.clash) THEN
        PERFORM hub.renew('conflict', ARRAY(
            SELECT c.id FROM hub.clash AS c WHERE c.tbl = kind AND (c.one_id = ANY (roots) OR c.other_id = ANY (roots))
            UNION
            SELECT c.id FROM hub.clash AS c JOIN hub.row AS r ON r.row_id IN (c.one_id, c.other_id) AND r.tbl = c.tbl
            WHERE c.tbl IN ('quote', 'sales_order', 'external_id') AND (
                r.anchor_tbl = kind AND r.anchor_id = ANY (roots) OR r.other_tbl = kind AND r.other_id = ANY (roots)
            )
        ));
    END IF;
END $$;

-- After rows moved below another root.
CREATE OR REPLACE FUNCTION hub.clashes_moved(given_tbl text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM hub.clash AS c WHERE c.tbl IN ('quote', 'sales_order', 'external_id')) THEN
        PERFORM hub.renew('conflict', ARRAY(
            SELECT c.id FROM hub.with_all_below(given_tbl, ids) AS b
            JOIN hub.clash AS c ON b.tbl = c.tbl AND b.row_id IN (c.one_id, c.other_id)
        ));
    END IF;
END $$;

-- ---------------------------------------------------------------- raising and settling

-- Whom a clash is put before: nobody in particular when both owners see both records, else the nearest
-- manager of one of them who does, else an admin.
CREATE OR REPLACE FUNCTION hub.told_of_clash(given_tbl text, one_id text, other_id text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    one_owner text := hub.owner_of(given_tbl, one_id);
    other_owner text := hub.owner_of(given_tbl, other_id);
    starts text;
    found text;
BEGIN
    IF hub.seen_by(one_owner, given_tbl, other_id) AND hub.seen_by(other_owner, given_tbl, one_id) THEN
        RETURN NULL;
    END IF;
    FOREACH starts IN ARRAY ARRAY[one_owner, other_owner] LOOP
        WITH RECURSIVE up (id, depth) AS (
            SELECT u.manager_id, 1 FROM sfa."user" AS u WHERE u.id = starts
            UNION ALL
            SELECT u.manager_id, up.depth + 1 FROM up JOIN sfa."user" AS u ON u.id = up.id WHERE up.depth < 100
        )
        SELECT u.id INTO found FROM up JOIN sfa."user" AS u ON u.id = up.id
        WHERE u.is_active AND u.deleted_at IS NULL
            AND hub.seen_by(u.id, given_tbl, one_id) AND hub.seen_by(u.id, given_tbl, other_id)
        ORDER BY up.depth LIMIT 1;
        EXIT WHEN found IS NOT NULL;
    END LOOP;
    RETURN coalesce(found, hub.first_admin());
END $$;

-- Raise that a row has the key of another one; `by_op` gave it that. What one device wrote itself, it knew.
CREATE OR REPLACE FUNCTION hub.raise_clash(
    given_tbl text, given_id text, given_key text, by_op text, given_device text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    other text;
    told text;
    unit text := hub.key_unit(given_tbl);
BEGIN
    SELECT k.id INTO other
    FROM hub.rows_of_key(given_tbl, given_id, given_key) AS k (id)
    JOIN hub.op AS o ON o.op_id = hub.key_writer(given_tbl, k.id)
    WHERE o.device IS DISTINCT FROM given_device
        -- A pair whose keys nobody wrote since it was settled stays so.
        AND NOT EXISTS (
            SELECT FROM hub.clash AS c JOIN sfa.conflict AS f ON f.id = c.id
            WHERE given_id IN (c.one_id, c.other_id) AND k.id IN (c.one_id, c.other_id) AND c.tbl = given_tbl
                AND (f.state = 'open' AND f.deleted_at IS NULL OR given_device IS NULL)
        )
    ORDER BY k.id COLLATE "C" LIMIT 1;
    IF other IS NULL THEN
        RETURN;
    END IF;
    told := hub.told_of_clash(given_tbl, other, given_id);
    PERFORM hub.write_conflict(
        hub.raised(
            'clash', given_tbl, other, unit,
            hub.side(hub.key_writer(given_tbl, other), jsonb_build_object('id', other)),
            hub.side(by_op, jsonb_build_object('id', given_id)),
            CASE WHEN told IS NULL THEN '{}' ELSE jsonb_build_object('told', told) END
        )
    );
END $$;

-- After a row's key, or whether it lives, was written.
CREATE OR REPLACE FUNCTION hub.meet_keys(given_tbl text, given_id text, by_op text, given_device text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given_key text := hub.key_of(given_tbl, given_id);
    known record;
    partners text[] := '{}';
    partner text;
BEGIN
    IF given_key IS NOT NULL THEN
        PERFORM hub.take_turn(hub.turn_of_key(given_tbl, given_key));
    END IF;
    FOR known IN
        SELECT c.id, CASE given_id WHEN c.one_id THEN c.other_id ELSE c.one_id END AS partner
        FROM hub.clash AS c JOIN sfa.conflict AS f ON f.id = c.id
        WHERE given_id IN (c.one_id, c.other_id) AND c.tbl = given_tbl AND f.state = 'open' AND f.deleted_at IS NULL
        ORDER BY c.id COLLATE "C"
    LOOP
        IF given_key IS NULL OR given_key IS DISTINCT FROM hub.key_of(given_tbl, known.partner) THEN
            PERFORM hub.settle_clash(known.id);
            partners := partners || known.partner;
        END IF;
    END LOOP;
    IF given_key IS NOT NULL THEN
        PERFORM hub.raise_clash(given_tbl, given_id, given_key, by_op, given_device);
    END IF;
    FOREACH partner IN ARRAY partners LOOP
        PERFORM hub.raise_clash(given_tbl, partner, k.key, hub.key_writer(given_tbl, partner), NULL)
        FROM hub.key_of(given_tbl, partner) AS k (key) WHERE k.key IS NOT NULL;
    END LOOP;
END $$;

-- As somebody says who lets both stand, so that it contradicts nobody who does so at the same time.
CREATE OR REPLACE FUNCTION hub.settle_clash(given_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    writer text;
BEGIN
    SELECT coalesce(r.columns ->> 'state', r.maker) INTO writer
    FROM hub.row AS r WHERE r.row_id = given_id AND r.tbl = 'conflict';
    PERFORM hub.write_own(
        'update', 'conflict', given_id, jsonb_build_object('state', jsonb_build_array('kept', 'open', writer))
    );
END $$;

-- An older revision told some clashes to more people than see both rows.
SELECT hub.renew('conflict', ARRAY(SELECT c.id FROM hub.clash AS c));
