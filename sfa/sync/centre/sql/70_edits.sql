-- An administrator's own SQL on sfa.* becomes ops of the device 'centre', so that it is fed, merged and
-- replayed like everything else. The triggers of triggers.py call these.

-- One transaction of the administrator is one transaction of ops. The setting ends with it.
CREATE OR REPLACE FUNCTION hub.sql_tx() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    known text := current_setting('sfa.sql_tx', true);
BEGIN
    IF known <> '' THEN
        RETURN known;
    END IF;
    known := hub.uuid7();
    INSERT INTO hub.tx (tx_id, device, kind, name, arguments, author, at, outcome)
    VALUES (
        known,
        'centre',
        CASE WHEN current_setting('sfa.setting_up', true) = 'on' THEN 'system' ELSE 'change' END,
        hub.edit_name(),
        '{}',
        (SELECT l.user_id FROM hub.login AS l WHERE l.role_name = session_user),
        hub.instant_text(clock_timestamp()),
        'applied'
    );
    PERFORM set_config('sfa.sql_tx', known, true);
    RETURN known;
END $$;

-- Who wrote a column before: the base of a change made with the present value in sight.
CREATE OR REPLACE FUNCTION hub.changes_of(kind text, before jsonb, after jsonb, maker text, writers jsonb)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE kind
        WHEN 'insert' THEN (
            SELECT jsonb_object_agg(n.key, jsonb_build_array(n.value))
            FROM jsonb_each(after - 'id') AS n WHERE n.value <> 'null'
        )
        ELSE (
            SELECT jsonb_object_agg(
                n.key, jsonb_build_array(n.value, before -> n.key, coalesce(writers ->> n.key, maker))
            )
            FROM jsonb_each(after - 'id') AS n WHERE n.value <> before -> n.key
        )
    END
$$;

-- `rows`: arrays of id, the row before (null for a new one) and after.
CREATE OR REPLACE FUNCTION hub.record_edits(given_tbl text, kind text, rows jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    this_batch bigint;
    this_tx text;
    this_author text;
    schema_now integer;
    one jsonb;
    changed jsonb;
    known hub.row;
    made text;
    fresh bytea;
BEGIN
    IF cardinality(rows) = 0 THEN
        RETURN;
    END IF;
    SELECT version INTO schema_now FROM hub.schema_version;
    FOREACH one IN ARRAY rows LOOP
        SELECT * INTO known FROM hub.row AS r WHERE r.row_id = one ->> 0 AND r.tbl = given_tbl;
        changed := hub.changes_of(kind, one -> 1, one -> 2, known.maker, known.columns);
        CONTINUE WHEN changed IS NULL;
        IF this_tx IS NULL THEN
            this_batch := hub.batch_id();
            this_tx := hub.sql_tx();
            SELECT t.author INTO this_author FROM hub.tx AS t WHERE t.tx_id = this_tx;
        END IF;
        made := hub.uuid7();
        fresh := uuid_send(gen_random_uuid());
        INSERT INTO hub.op (
            op_id, tx_id, device, hlc, clock, kind, tbl, row_id, changes, salt, digest, schema_version,
            outcome, author, batch
        )
        SELECT
            made, this_tx, 'centre', r.now, r.now, kind, given_tbl, one ->> 0, changed::text, fresh,
            sha256(fresh || convert_to(changed::text, 'UTF8')), schema_now, 'applied', this_author, this_batch
        FROM hub.next_reading() AS r (now);
        UPDATE hub.row AS r
        SET maker = CASE kind WHEN 'insert' THEN made ELSE r.maker END,
            columns = CASE kind WHEN 'insert' THEN '{}' ELSE r.columns || (
                SELECT jsonb_object_agg(k.name, made) FROM jsonb_object_keys(changed) AS k (name)
            ) END
        WHERE r.row_id = one ->> 0 AND r.tbl = given_tbl;
        PERFORM hub.feed_op(made, given_tbl, one ->> 0);
        IF kind = 'update' AND changed -> 'deleted_at' -> 0 = 'null' THEN
            PERFORM hub.feed_return(given_tbl, one ->> 0);
        END IF;
    END LOOP;
END $$;

-- The centre's own set-up: whoever writes over it is taken to have seen it.
CREATE OR REPLACE FUNCTION hub.is_set_up(given_op text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT FROM hub.op AS o JOIN hub.tx AS t ON t.tx_id = o.tx_id
            WHERE o.op_id = given_op AND o.device = 'centre' AND t.kind = 'system'
        )
    );
END $$;

-- ---------------------------------------------------------------- what SQL may not do

-- A row that is gone could neither be fed nor replayed: DELETE leaves a tombstone.
CREATE OR REPLACE FUNCTION hub.bury() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('UPDATE sfa.%I SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL', TG_TABLE_NAME)
    USING OLD.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION hub.keep_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed; DELETE marks them as deleted', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported';
END $$;

CREATE OR REPLACE FUNCTION hub.keep_id() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the id of a row never changes' USING ERRCODE = 'feature_not_supported';
END $$;

CREATE OR REPLACE FUNCTION hub.stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT hub.is_merging() THEN
        NEW.updated_at := now();
        NEW.updated_by := (SELECT l.user_id FROM hub.login AS l WHERE l.role_name = session_user);
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT t.name FROM hub.tab AS t LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER bury BEFORE DELETE ON sfa.%1$I '
            'FOR EACH ROW EXECUTE FUNCTION hub.bury(); '
            'CREATE OR REPLACE TRIGGER keep_rows BEFORE TRUNCATE ON sfa.%1$I '
            'FOR EACH STATEMENT EXECUTE FUNCTION hub.keep_rows(); '
            'CREATE OR REPLACE TRIGGER keep_id BEFORE UPDATE OF id ON sfa.%1$I '
            'FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION hub.keep_id(); '
            'CREATE OR REPLACE TRIGGER stamp BEFORE UPDATE ON sfa.%1$I '
            'FOR EACH ROW EXECUTE FUNCTION hub.stamp();',
            name
        );
    END LOOP;
END $$;
