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
ALTER TABLE hub.batch ADD COLUMN IF NOT EXISTS own_tx text;

-- The first deferred trigger only queues the second behind all checks of foreign keys: the one counter is
-- locked until the commit from the last thing a transaction does, to take a number and tell who gained what.
CREATE OR REPLACE FUNCTION hub.close_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE hub.batch SET is_closing = true WHERE id = NEW.id;
    RETURN NULL;
END $$;

-- A member takes the counter in the commit alone, after which nothing of theirs runs: SET CONSTRAINTS would
-- take it earlier, and a cursor WITH HOLD or a prepared transaction keep it, while everybody waits.
-- A commit shows as its own query, or as none when the protocol's message ends a lone statement.
CREATE OR REPLACE FUNCTION hub.is_committing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_has_role(session_user, 'sfa_owner', 'MEMBER') OR (
        coalesce(current_query(), 'COMMIT') ~* '^\s*(commit|end)(\s+(work|transaction))?\s*;?\s*$'
        AND NOT EXISTS (SELECT FROM pg_cursors WHERE is_holdable)
    )
$$;

CREATE OR REPLACE FUNCTION hub.number_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_version bigint;
    has_moved_sight boolean := EXISTS (SELECT FROM hub.seen_before WHERE batch = NEW.id)
        OR EXISTS (SELECT FROM hub.moved WHERE batch = NEW.id);
BEGIN
    IF NOT hub.is_committing() THEN
        RAISE EXCEPTION 'the counter is raised by a commit alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE hub.counter SET version = version + 1 RETURNING version INTO next_version;
    UPDATE hub.batch SET version = next_version WHERE id = NEW.id;
    -- Only now: what somebody else added below a row that is gained here has a lower version and is seen by
    -- this query, or a higher one, and is fed to whoever sees that row by then.
    IF has_moved_sight THEN
        PERFORM hub.write_feed(NEW.id);
    END IF;
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
    current_id bigint;
BEGIN
    -- The setting may be that of an earlier transaction of a pooled session: look.
    IF known <> '' THEN
        SELECT id INTO current_id FROM hub.batch
        WHERE id = known::bigint AND xid = pg_current_xact_id() AND NOT is_closing;
        IF FOUND THEN
            RETURN current_id;
        END IF;
    END IF;
    INSERT INTO hub.batch DEFAULT VALUES RETURNING id INTO current_id;
    PERFORM set_config('sfa.batch', current_id::text, true);
    RETURN current_id;
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

-- Which centre this is, and whether it takes back what it lost. The timeline is read from the name of the WAL
-- file: pg_control learns of it only at a checkpoint. A standby has no such name, and is on the timeline it follows.
CREATE OR REPLACE VIEW hub.identity AS
SELECT
    concat_ws(
        '-',
        (pg_control_system()).system_identifier,
        CASE
            WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
            ELSE lpad(upper(to_hex(greatest(
                (pg_control_checkpoint()).timeline_id, (pg_control_recovery()).min_recovery_end_timeline
            ))), 8, '0')
        END,
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        m.counter
    ) AS epoch,
    coalesce(m.recovery_until > now(), false) AS in_recovery
FROM hub.epoch_mark AS m;

CREATE OR REPLACE FUNCTION hub.epoch() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT epoch FROM hub.identity
$$;

CREATE OR REPLACE FUNCTION hub.in_recovery() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT in_recovery FROM hub.identity), false)
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
CREATE INDEX IF NOT EXISTS op_erasing ON hub.op (batch) WHERE kind = 'erase';

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
ALTER TABLE hub.row ADD COLUMN IF NOT EXISTS other_tbl text;
UPDATE hub.row SET other_tbl = 'contact' WHERE other_id IS NOT NULL AND other_tbl IS NULL;
CREATE INDEX IF NOT EXISTS row_of_parent ON hub.row (parent_id) WHERE parent_id IS NOT NULL;
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

-- One row for each anchor: roots, ('organisation', ''), ('managers', ''), and orphans; ('admins', '') lists
-- the admins, who are not repeated elsewhere. `users` are closed: with a user come all managers above.
-- `made_in` is the batch that made the root.
CREATE TABLE IF NOT EXISTS hub.sight (
    tbl text NOT NULL,
    row_id text NOT NULL,
    users text[] NOT NULL DEFAULT '{}',
    everybody boolean NOT NULL DEFAULT false,
    made_in bigint,
    PRIMARY KEY (row_id, tbl)
);
CREATE INDEX IF NOT EXISTS sight_of_user ON hub.sight USING gin (users);
INSERT INTO hub.sight (tbl, row_id, everybody) VALUES
    ('organisation', '', true),
    ('managers', '', false),
    ('admins', '', false)
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
    is_root boolean NOT NULL,
    refs text[] NOT NULL  -- columns that refer to a record which not everybody sees
);
CREATE TABLE IF NOT EXISTS hub.noun (name text PRIMARY KEY, tbl text NOT NULL);
