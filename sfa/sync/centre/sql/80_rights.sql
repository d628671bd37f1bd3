-- Who may do what: a login role calls the functions of schema api and touches nothing else.
-- Row-level security is a second fence, should somebody be given a right on a table by mistake.

REVOKE ALL ON SCHEMA sfa, hub, api FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA sfa, hub FROM PUBLIC, sfa_member;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hub, api, sfa FROM PUBLIC, sfa_member;

GRANT USAGE ON SCHEMA api TO sfa_member;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO sfa_member;

GRANT USAGE ON SCHEMA sfa TO sfa_bi;
GRANT SELECT ON ALL TABLES IN SCHEMA sfa TO sfa_bi;
ALTER DEFAULT PRIVILEGES IN SCHEMA sfa GRANT SELECT ON TABLES TO sfa_bi;

-- A member reads a row, if at all, as its user sees it. Callable by members, since a policy is run as
-- who asks; it says the same of a row that is not there and of one that is not seen.
CREATE OR REPLACE FUNCTION hub.member_sees(given_tbl text, given_id text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT hub.seen_by(l.user_id, given_tbl, given_id) FROM hub.login AS l
        WHERE l.role_name = session_user AND l.is_active
    ), false)
$$;
GRANT EXECUTE ON FUNCTION hub.member_sees(text, text) TO sfa_member;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT t.name FROM hub.tab AS t LOOP
        EXECUTE format(
            'ALTER TABLE sfa.%1$I ENABLE ROW LEVEL SECURITY; '
            'DROP POLICY IF EXISTS seen ON sfa.%1$I; '
            'CREATE POLICY seen ON sfa.%1$I FOR SELECT TO sfa_member USING (hub.member_sees(%1$L, id)); '
            'DROP POLICY IF EXISTS bi ON sfa.%1$I; '
            'CREATE POLICY bi ON sfa.%1$I FOR SELECT TO sfa_bi USING (true);',
            name
        );
    END LOOP;
END $$;

-- Short queries with plans that look dear: compiling them took forty times as long as running them. And a
-- caller's setting must not change what a backslash in our texts means.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN
        SELECT p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = 'api' OR (n.nspname = 'hub' AND p.prorettype = 'trigger'::regtype)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET jit = off', one);
        EXECUTE format('ALTER FUNCTION %s SET standard_conforming_strings = on', one);
    END LOOP;
END $$;
