-- What the centre remembers besides the rows: devices, ops, sight, feed, versions.
-- Run at every install and upgrade, as sfa_owner; everything here may be run again.

CREATE TABLE IF NOT EXISTS hub.schema_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version integer NOT NULL,
    revision integer NOT NULL
);

-- ---------------------------------------------------------------- versions

CREATE TABLE IF NOT EXISTS hub.counter (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL
);
INSERT INTO hub.counter (version) VALUES (0) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS hub.batch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name uuid NOT NULL DEFAULT gen_random_uuid(),
    version bigint UNIQUE,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    is_closing boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The first deferred trigger only queues the second behind all checks of foreign keys: the one
-- counter is locked from the last thing a transaction does until it is committed, no longer.
CREATE OR REPLACE FUNCTION hub.close_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM hub.write_feed(NEW.id);
    UPDATE hub.batch SET is_closing = true WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION hub.number_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_version bigint;
BEGIN
    UPDATE hub.counter SET version = version + 1 RETURNING version INTO next_version;
    UPDATE hub.batch SET version = next_version WHERE id = NEW.id;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS batch_made ON hub.batch;
CREATE CONSTRAINT TRIGGER batch_made AFTER INSERT ON hub.batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hub.close_batch();
DROP TRIGGER IF EXISTS batch_closing ON hub.batch;
CREATE CONSTRAINT TRIGGER batch_closing AFTER UPDATE OF is_closing ON hub.batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version IS NULL AND NEW.is_closing)
    EXECUTE FUNCTION hub.number_batch();

-- The batch of this central transaction, made when it is first asked for.
CREATE OR REPLACE FUNCTION hub.batch_id() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    known text := current_setting('sfa.batch', true);
    found bigint;
BEGIN
    -- The setting may be that of an earlier transaction of a pooled session: look.
    IF known <> '' THEN
        SELECT id INTO found FROM hub.batch WHERE id = known::bigint AND xid = pg_current_xact_id();
        IF FOUND THEN
            RETURN found;
        END IF;
    END IF;
    INSERT INTO hub.batch DEFAULT VALUES RETURNING id INTO found;
    PERFORM set_config('sfa.batch', found::text, true);
    RETURN found;
END $$;

-- ---------------------------------------------------------------- which centre this is

CREATE TABLE IF NOT EXISTS hub.epoch_mark (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    counter integer NOT NULL DEFAULT 0,
    recovery_until timestamptz
);
INSERT INTO hub.epoch_mark DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS hub.backup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    version bigint NOT NULL
);

-- The timeline is read from the name of the WAL file: pg_control learns of it only at a checkpoint.
CREATE OR REPLACE FUNCTION hub.epoch() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(
        '-',
        (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        (SELECT counter FROM hub.epoch_mark)
    )
$$;

CREATE OR REPLACE FUNCTION hub.in_recovery() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT recovery_until > now() FROM hub.epoch_mark), false)
$$;

-- ---------------------------------------------------------------- people and devices

CREATE TABLE IF NOT EXISTS hub.login (
    role_name text PRIMARY KEY,
    user_id text NOT NULL,
    is_active boolean NOT NULL DEFAULT true
);

CREATE TABLE IF NOT EXISTS hub.device (
    id text PRIMARY KEY,
    serial bigint GENERATED ALWAYS AS IDENTITY,
    user_id text NOT NULL,
    name text NOT NULL DEFAULT '',
    code text NOT NULL UNIQUE,
    last_seq bigint NOT NULL DEFAULT 0,
    last_chain bytea NOT NULL DEFAULT '',
    forked_from text REFERENCES hub.device,
    forked_at_seq bigint NOT NULL DEFAULT 0,
    revoked_at timestamptz,
    clock_ahead_ms bigint NOT NULL DEFAULT 0,
    cursor_version bigint NOT NULL DEFAULT 0,
    seen_at timestamptz,
    schema_version integer NOT NULL DEFAULT 0,
    registered_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS hub.alias (
    device text NOT NULL,
    local_author text NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (device, local_author)
);

-- ---------------------------------------------------------------- ops

CREATE TABLE IF NOT EXISTS hub.tx (
    tx_id text PRIMARY KEY,
    device text NOT NULL,
    first_seq bigint,
    last_seq bigint,
    kind text NOT NULL,
    name text NOT NULL,
    arguments text NOT NULL,
    author text,
    at text NOT NULL,
    undoes text,
    outcome text NOT NULL DEFAULT 'staged',
    reason text,
    proposal_id text
);

-- `clock` is `hlc`, or the centre's own reading where that was far ahead. `changes` is null after an
-- erasure, with `salt`. `batch` is null until the transaction is whole.
CREATE TABLE IF NOT EXISTS hub.op (
    op_id text PRIMARY KEY,
    tx_id text NOT NULL,
    device text NOT NULL,
    seq bigint,
    hlc bigint NOT NULL,
    clock bigint NOT NULL,
    kind text NOT NULL,
    tbl text NOT NULL,
    row_id text NOT NULL,
    changes text,
    salt bytea,
    digest bytea NOT NULL,
    chain bytea,
    inverts text,
    schema_version integer NOT NULL,
    outcome text NOT NULL DEFAULT 'staged',
    took text[],
    author text,
    batch bigint,
    UNIQUE (device, seq)
);
CREATE INDEX IF NOT EXISTS op_of_row ON hub.op (row_id);
CREATE INDEX IF NOT EXISTS op_of_tx ON hub.op (tx_id);

-- ---------------------------------------------------------------- rows, who wrote and who sees them

-- Triggers of sfa.* keep parent, anchor and other end (20_sight.sql); who merges keeps maker and writers.
-- `columns`: column -> op, for the columns that another op than the maker wrote.
CREATE TABLE IF NOT EXISTS hub.row (
    tbl text NOT NULL,
    row_id text NOT NULL,
    maker text,
    columns jsonb NOT NULL DEFAULT '{}',
    parent_tbl text,
    parent_id text,
    anchor_tbl text,
    anchor_id text,
    other_id text,
    PRIMARY KEY (row_id, tbl)
);
CREATE INDEX IF NOT EXISTS row_of_anchor ON hub.row (anchor_id) WHERE anchor_id <> row_id AND anchor_id <> '';
CREATE INDEX IF NOT EXISTS row_of_parent ON hub.row (parent_id) WHERE parent_id <> anchor_id;
CREATE INDEX IF NOT EXISTS row_of_other ON hub.row (other_id) WHERE other_id IS NOT NULL;

-- Rows whose parent is not there (yet): nobody but an admin sees them.
CREATE TABLE IF NOT EXISTS hub.orphan (
    tbl text NOT NULL,
    row_id text NOT NULL,
    waits_tbl text NOT NULL,
    waits_id text NOT NULL,
    PRIMARY KEY (row_id, tbl)
);
CREATE INDEX IF NOT EXISTS orphan_waits ON hub.orphan (waits_id);

-- One row for each anchor: roots, ('organisation', '') and ('managers', ''), and orphans.
-- `users` are all who see it but the admins; `made_in` is the batch that made the root.
CREATE TABLE IF NOT EXISTS hub.sight (
    tbl text NOT NULL,
    row_id text NOT NULL,
    users text[] NOT NULL DEFAULT '{}',
    everybody boolean NOT NULL DEFAULT false,
    made_in bigint,
    PRIMARY KEY (row_id, tbl)
);
CREATE INDEX IF NOT EXISTS sight_of_user ON hub.sight USING gin (users);
INSERT INTO hub.sight (tbl, row_id, everybody) VALUES ('organisation', '', true), ('managers', '', false)
ON CONFLICT DO NOTHING;

-- A user and all managers above, the user included.
CREATE TABLE IF NOT EXISTS hub.above (
    user_id text NOT NULL,
    above_id text NOT NULL,
    PRIMARY KEY (user_id, above_id)
);
CREATE INDEX IF NOT EXISTS above_below ON hub.above (above_id);

CREATE TABLE IF NOT EXISTS hub.lost_sight (
    user_id text NOT NULL,
    tbl text NOT NULL,
    row_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (row_id, tbl, user_id)
);

-- What a pull reads. Who merges writes the entries 'op' (`ref` is the op's id); rows and exits are written
-- when the batch is closed (30_feed.sql). `users`: who gained or lost the row, null for all who see it;
-- `content`: values, maker and writers of the row at the end of the batch.
CREATE TABLE IF NOT EXISTS hub.feed (
    batch bigint NOT NULL,
    ord bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('tx', 'op', 'row', 'exit')),
    tbl text,
    row_id text,
    ref text,
    users text[],
    content jsonb,
    PRIMARY KEY (batch, ord)
);

-- How a root was seen, and where a row hung, before this batch changed it; gone when the batch is closed.
CREATE TABLE IF NOT EXISTS hub.seen_before (
    batch bigint NOT NULL,
    tbl text NOT NULL,
    row_id text NOT NULL,
    users text[] NOT NULL,
    everybody boolean NOT NULL,
    PRIMARY KEY (batch, row_id, tbl)
);
CREATE TABLE IF NOT EXISTS hub.moved (
    batch bigint NOT NULL,
    tbl text NOT NULL,
    row_id text NOT NULL,
    users text[] NOT NULL,
    everybody boolean NOT NULL,
    PRIMARY KEY (batch, row_id, tbl)
);

-- ---------------------------------------------------------------- columns, as sfa.fields has them

-- `refers_to` is a table, or '*' for the id of a row of any kind; `is_withheld`: an optional reference
-- that is sent as null when its row is not seen.
CREATE TABLE IF NOT EXISTS hub.col (
    tbl text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    type text NOT NULL,
    is_nullable boolean NOT NULL,
    refers_to text,
    unit text NOT NULL,
    merge text NOT NULL,
    is_personal boolean NOT NULL,
    placeholder text,
    choices text[],
    is_withheld boolean NOT NULL,
    PRIMARY KEY (tbl, name)
);
CREATE TABLE IF NOT EXISTS hub.tab (
    name text PRIMARY KEY,
    position integer NOT NULL,
    is_append_only boolean NOT NULL,
    is_root boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS hub.noun (name text PRIMARY KEY, tbl text NOT NULL);

-- ---------------------------------------------------------------- values in and out

-- The casts of the ELSE branches fail for every value: what reaches them is not of the column's form.
CREATE OR REPLACE FUNCTION hub.to_flag(given text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE given WHEN '1' THEN true WHEN '0' THEN false ELSE ('no flag: ' || given)::boolean END
$$;
CREATE OR REPLACE FUNCTION hub.to_day(given text) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN given ~ '^\d{4}-\d\d-\d\d$' THEN given::date ELSE ('no day: ' || given)::date END
$$;
CREATE OR REPLACE FUNCTION hub.to_instant(given text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN given ~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$' THEN given::timestamptz
        ELSE ('no instant: ' || given)::timestamptz
    END
$$;
CREATE OR REPLACE FUNCTION hub.instant_text(given timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(given AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
CREATE OR REPLACE FUNCTION hub.day_text(given date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(given, 'YYYY-MM-DD')
$$;
-- A value in the text of a row's digest.
CREATE OR REPLACE FUNCTION hub.part(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN given IS NULL THEN '-' ELSE length(given)::text || ':' || given END
$$;
CREATE OR REPLACE FUNCTION hub.digest60(given text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || left(md5(given), 15))::bit(60)::bigint
$$;

-- ---------------------------------------------------------------- ids and clock

CREATE OR REPLACE FUNCTION hub.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

CREATE OR REPLACE FUNCTION hub.uuid7() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT substr(front, 1, 8) || '-' || substr(front, 9, 4) || '-7' || substr(tail, 16, 3) || substr(tail, 19)
    FROM (SELECT lpad(to_hex(hub.now_ms()), 12, '0') AS front, gen_random_uuid()::text AS tail) AS parts
$$;

-- The centre's own reading of the hybrid clock; the sequence counts within a millisecond, without a lock.
CREATE SEQUENCE IF NOT EXISTS hub.reading;
CREATE OR REPLACE FUNCTION hub.next_reading() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (hub.now_ms() << 16) | (nextval('hub.reading') & 65535)
$$;

-- ---------------------------------------------------------------- who calls

-- Our own functions merge with `SET sfa.merging = 'on'` in their definition, so that the triggers of sfa.*
-- do not take their writes for an administrator's.
CREATE OR REPLACE FUNCTION hub.is_merging() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('sfa.merging', true), '') = 'on'
$$;

CREATE OR REPLACE FUNCTION hub.refuse(code text, data jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = code,
        MESSAGE = CASE code
            WHEN 'SF001' THEN 'refused'
            WHEN 'SF002' THEN 'newer'
            WHEN 'SF003' THEN 'gap'
            WHEN 'SF004' THEN 'forked'
            WHEN 'SF005' THEN 'read_only'
            ELSE 'revoked'
        END,
        DETAIL = data::text;
END $$;

-- The user behind the login role of this session; raises SF001 or SF006.
CREATE OR REPLACE FUNCTION hub.me(OUT user_id text, OUT name text, OUT role text, OUT team_id text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_active boolean;
BEGIN
    SELECT u.id, u.name, u.role, u.team_id, l.is_active AND u.is_active AND u.deleted_at IS NULL
    INTO user_id, name, role, team_id, is_active
    FROM hub.login AS l JOIN sfa."user" AS u ON u.id = l.user_id
    WHERE l.role_name = session_user;
    IF NOT FOUND THEN
        PERFORM hub.refuse('SF001', '{"reason": "unknown_role"}');
    ELSIF NOT is_active THEN
        PERFORM hub.refuse('SF006', '{"reason": "user_disabled"}');
    END IF;
END $$;

-- A device of this session's user; a device of somebody else is answered like one that is not there.
CREATE OR REPLACE FUNCTION hub.my_device(device_id text, my_id text) RETURNS hub.device
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found hub.device;
BEGIN
    SELECT * INTO found FROM hub.device WHERE id = device_id AND user_id = my_id;
    IF NOT FOUND THEN
        PERFORM hub.refuse('SF001', '{"reason": "unknown_device"}');
    ELSIF found.revoked_at IS NOT NULL THEN
        PERFORM hub.refuse('SF006', '{"reason": "device_revoked"}');
    END IF;
    RETURN found;
END $$;
