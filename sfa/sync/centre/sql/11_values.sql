-- Values in the form devices store them, ids, the clock, and who calls.

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
    SELECT coalesce(length(given)::text || ':' || given, '-')
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
    mine hub.device;
BEGIN
    SELECT * INTO mine FROM hub.device WHERE id = device_id AND user_id = my_id;
    IF NOT FOUND THEN
        PERFORM hub.refuse('SF001', '{"reason": "unknown_device"}');
    ELSIF mine.revoked_at IS NOT NULL THEN
        PERFORM hub.refuse('SF006', '{"reason": "device_revoked"}');
    END IF;
    RETURN mine;
END $$;
