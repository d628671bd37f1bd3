-- Who sees which root. Source: docs/sync-protocol.md, "Sight".
--
-- Two transactions may change what a root's sight follows from at the same time. So whoever
-- computes it locks the rows of hub.sight first, accounts before deals before contacts, and
-- reads in a later statement, which sees what the other one committed.

-- Managers and teams change rarely and touch many roots: those changes wait for all others, and hold them up.
-- The lock is one of a table, since anybody may take an advisory lock. Whoever changes people gives up soon:
-- all who come later queue behind them.
CREATE TABLE IF NOT EXISTS hub.people ();
CREATE OR REPLACE FUNCTION hub.lock_people(is_changing boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    patience text := current_setting('lock_timeout');
BEGIN
    IF is_changing THEN
        PERFORM set_config('lock_timeout', '10s', true);
        LOCK TABLE hub.people IN EXCLUSIVE MODE;
        PERFORM set_config('lock_timeout', patience, true);
    ELSE
        LOCK TABLE hub.people IN ROW SHARE MODE;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION hub.is_admin(given_user text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM hub.sight WHERE row_id = '' AND tbl = 'admins' AND given_user = ANY (users));
END $$;

-- In PL/pgSQL, as all that is asked for each op: a session keeps the plans, and of a function in SQL it does not.
CREATE OR REPLACE FUNCTION hub.seen_by(given_user text, given_tbl text, given_id text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_seen boolean;
BEGIN
    SELECT
        (s.everybody OR given_user = ANY (s.users))
        AND (r.other_id IS NULL OR e.everybody OR given_user = ANY (e.users))
    INTO is_seen
    FROM hub.row AS r
    LEFT JOIN hub.sight AS s ON s.row_id = r.anchor_id AND s.tbl = r.anchor_tbl
    LEFT JOIN hub.sight AS e ON e.row_id = r.other_id AND e.tbl = r.other_tbl
    WHERE r.row_id = given_id AND r.tbl = given_tbl;
    RETURN FOUND AND (coalesce(is_seen, false) OR hub.is_admin(given_user));
END $$;

-- ---------------------------------------------------------------- who sees a root now

-- Owners, collaborators and owners of live deals; without owner the team.
CREATE OR REPLACE FUNCTION hub.direct_to_accounts(ids text[]) RETURNS TABLE (row_id text, user_id text)
LANGUAGE sql STABLE AS $$
    SELECT id, owner_id FROM sfa.account WHERE id = ANY (ids)
    UNION ALL
    SELECT account_id, user_id FROM sfa.account_collaborator
    WHERE account_id = ANY (ids) AND deleted_at IS NULL
    UNION ALL
    SELECT account_id, owner_id FROM sfa.deal WHERE account_id = ANY (ids) AND deleted_at IS NULL
    UNION ALL
    SELECT a.id, u.id FROM sfa.account AS a JOIN sfa."user" AS u ON u.team_id = a.team_id
    WHERE a.id = ANY (ids) AND a.owner_id IS NULL
$$;

CREATE OR REPLACE FUNCTION hub.direct_to_deals(ids text[]) RETURNS TABLE (row_id text, user_id text)
LANGUAGE sql STABLE AS $$
    SELECT id, owner_id FROM sfa.deal WHERE id = ANY (ids)
    UNION ALL
    SELECT d.id, a.owner_id FROM sfa.deal AS d JOIN sfa.account AS a ON a.id = d.account_id
    WHERE d.id = ANY (ids)
    UNION ALL
    SELECT d.id, c.user_id
    FROM sfa.deal AS d JOIN sfa.account_collaborator AS c ON c.account_id = d.account_id
    WHERE d.id = ANY (ids) AND c.deleted_at IS NULL
    UNION ALL
    SELECT d.id, u.id FROM sfa.deal AS d JOIN sfa."user" AS u ON u.team_id = d.team_id
    WHERE d.id = ANY (ids) AND d.owner_id IS NULL
$$;

-- The users of an account are closed already; closing them again changes nothing.
CREATE OR REPLACE FUNCTION hub.direct_to_contacts(ids text[]) RETURNS TABLE (row_id text, user_id text)
LANGUAGE sql STABLE AS $$
    SELECT id, owner_id FROM sfa.contact WHERE id = ANY (ids)
    UNION ALL
    SELECT l.contact_id, unnest(s.users)
    FROM sfa.contact_account AS l JOIN hub.sight AS s ON s.row_id = l.account_id AND s.tbl = 'account'
    WHERE l.contact_id = ANY (ids) AND l.deleted_at IS NULL
    UNION ALL
    SELECT l.contact_id, d.owner_id FROM sfa.deal_role AS l JOIN sfa.deal AS d ON d.id = l.deal_id
    WHERE l.contact_id = ANY (ids) AND l.deleted_at IS NULL AND d.deleted_at IS NULL
    UNION ALL
    SELECT l.contact_id, a.owner_id
    FROM sfa.deal_role AS l JOIN sfa.deal AS d ON d.id = l.deal_id JOIN sfa.account AS a ON a.id = d.account_id
    WHERE l.contact_id = ANY (ids) AND l.deleted_at IS NULL AND d.deleted_at IS NULL
    UNION ALL
    SELECT l.contact_id, c.user_id
    FROM sfa.deal_role AS l JOIN sfa.deal AS d ON d.id = l.deal_id
    JOIN sfa.account_collaborator AS c ON c.account_id = d.account_id
    WHERE l.contact_id = ANY (ids) AND l.deleted_at IS NULL AND d.deleted_at IS NULL AND c.deleted_at IS NULL
    UNION ALL
    SELECT c.id, u.id FROM sfa.contact AS c JOIN sfa."user" AS u ON u.team_id = c.team_id
    WHERE c.id = ANY (ids) AND c.owner_id IS NULL
$$;

CREATE OR REPLACE FUNCTION hub.direct_to(kind text, ids text[]) RETURNS TABLE (row_id text, user_id text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
    WHEN 'account' THEN RETURN QUERY SELECT * FROM hub.direct_to_accounts(ids);
    WHEN 'deal' THEN RETURN QUERY SELECT * FROM hub.direct_to_deals(ids);
    WHEN 'contact' THEN RETURN QUERY SELECT * FROM hub.direct_to_contacts(ids);
    WHEN 'lead' THEN
        RETURN QUERY SELECT t.id, coalesce(t.owner_id, u.id) FROM sfa.lead AS t
        LEFT JOIN sfa."user" AS u ON t.owner_id IS NULL AND u.team_id = t.team_id WHERE t.id = ANY (ids);
    WHEN 'activity' THEN
        RETURN QUERY SELECT t.id, coalesce(t.owner_id, u.id) FROM sfa.activity AS t
        LEFT JOIN sfa."user" AS u ON t.owner_id IS NULL AND u.team_id = t.team_id WHERE t.id = ANY (ids);
    WHEN 'task' THEN
        RETURN QUERY SELECT t.id, coalesce(t.owner_id, u.id) FROM sfa.task AS t
        LEFT JOIN sfa."user" AS u ON t.owner_id IS NULL AND u.team_id = t.team_id WHERE t.id = ANY (ids);
    WHEN 'proposal' THEN
        RETURN QUERY SELECT t.id, u.id FROM sfa.proposal AS t
        CROSS JOIN LATERAL unnest(ARRAY[t.author_id, t.recipient_id]) AS u (id) WHERE t.id = ANY (ids);
    WHEN 'print_snapshot' THEN
        RETURN QUERY SELECT t.id, t.created_by FROM sfa.print_snapshot AS t WHERE t.id = ANY (ids);
    WHEN 'conflict' THEN RETURN QUERY SELECT s.id, unnest(s.users) FROM hub.seers_of_both(ids) AS s;
    WHEN 'managers' THEN RETURN QUERY SELECT '', u.id FROM sfa."user" AS u WHERE u.role = 'manager';
    WHEN 'admins' THEN RETURN QUERY SELECT '', u.id FROM sfa."user" AS u WHERE u.role = 'admin';
    END CASE;
END $$;

-- The roots among the ids that everybody sees: without owner and team.
CREATE OR REPLACE FUNCTION hub.open_roots(kind text, ids text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
    WHEN 'account' THEN
        RETURN QUERY SELECT id FROM sfa.account
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL;
    WHEN 'contact' THEN
        RETURN QUERY SELECT id FROM sfa.contact
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL
        UNION
        SELECT l.contact_id
        FROM sfa.contact_account AS l JOIN hub.sight AS s ON s.row_id = l.account_id AND s.tbl = 'account'
        WHERE l.contact_id = ANY (ids) AND l.deleted_at IS NULL AND s.everybody;
    WHEN 'deal' THEN
        RETURN QUERY SELECT id FROM sfa.deal
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL;
    WHEN 'lead' THEN
        RETURN QUERY SELECT id FROM sfa.lead
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL;
    WHEN 'activity' THEN
        RETURN QUERY SELECT id FROM sfa.activity
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL;
    WHEN 'task' THEN
        RETURN QUERY SELECT id FROM sfa.task
        WHERE id = ANY (ids) AND owner_id IS NULL AND team_id IS NULL;
    WHEN 'conflict' THEN
        RETURN QUERY SELECT s.id FROM hub.seers_of_both(ids) AS s WHERE s.everybody;
    ELSE
    END CASE;
END $$;

-- With somebody who sees a root come all managers above; not above managers and admins as such.
CREATE OR REPLACE FUNCTION hub.seers(kind text, ids text[])
RETURNS TABLE (row_id text, users text[], everybody boolean) LANGUAGE sql STABLE AS $$
    SELECT
        given.id,
        coalesce(seen.users, '{}'),
        EXISTS (SELECT FROM hub.open_roots(kind, ids) AS o (id) WHERE o.id = given.id)
    FROM unnest(ids) AS given (id)
    LEFT JOIN (
        SELECT
            d.row_id,
            array_agg(DISTINCT coalesce(a.above_id, d.user_id) ORDER BY coalesce(a.above_id, d.user_id)) AS users
        FROM hub.direct_to(kind, ids) AS d
        LEFT JOIN hub.above AS a ON a.user_id = d.user_id AND kind NOT IN ('managers', 'admins')
        WHERE d.user_id IS NOT NULL
        GROUP BY d.row_id
    ) AS seen ON seen.row_id = given.id
$$;

-- ---------------------------------------------------------------- writing it down

-- New roots: their ops bring them to all who see them, so nothing else is fed.
CREATE OR REPLACE FUNCTION hub.root_made(kind text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hub.lock_people(false);
    INSERT INTO hub.sight (tbl, row_id, users, everybody, made_in)
    SELECT kind, now.row_id, now.users, now.everybody, hub.batch_id()
    FROM hub.seers(kind, ids) AS now
    ON CONFLICT (row_id, tbl) DO NOTHING;
END $$;

-- Compute the sight of roots anew; return those that others see now. What was before is kept until the
-- batch is closed, and whoever lost a root at any moment is remembered for late edits.
CREATE OR REPLACE FUNCTION hub.renew(kind text, ids text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    changed text[];
    this_batch bigint;
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN '{}';
    END IF;
    PERFORM hub.lock_people(false);
    PERFORM 1 FROM hub.sight AS s WHERE s.tbl = kind AND s.row_id = ANY (ids) ORDER BY s.row_id FOR NO KEY UPDATE;
    SELECT array_agg(now.row_id) INTO changed
    FROM hub.seers(kind, ids) AS now JOIN hub.sight AS s ON s.row_id = now.row_id AND s.tbl = kind
    WHERE (s.users, s.everybody) IS DISTINCT FROM (now.users, now.everybody);
    IF changed IS NULL THEN
        RETURN '{}';
    END IF;
    this_batch := hub.batch_id();
    INSERT INTO hub.seen_before (batch, tbl, row_id, users, everybody)
    SELECT this_batch, s.tbl, s.row_id, s.users, s.everybody FROM hub.sight AS s
    WHERE s.tbl = kind AND s.row_id = ANY (changed) AND s.made_in IS DISTINCT FROM this_batch
    ON CONFLICT DO NOTHING;
    INSERT INTO hub.lost_sight (user_id, tbl, row_id)
    SELECT before.id, kind, s.row_id
    FROM hub.sight AS s
    JOIN hub.seers(kind, changed) AS now ON now.row_id = s.row_id
    CROSS JOIN LATERAL (
        SELECT unnest(s.users) AS id UNION SELECT u.id FROM sfa."user" AS u WHERE s.everybody
    ) AS before
    WHERE s.tbl = kind AND NOT now.everybody AND before.id <> ALL (now.users)
    ON CONFLICT DO NOTHING;
    UPDATE hub.sight AS s SET users = now.users, everybody = now.everybody
    FROM hub.seers(kind, changed) AS now
    WHERE s.tbl = kind AND s.row_id = now.row_id;
    PERFORM hub.clashes_changed(kind, changed);
    RETURN changed;
END $$;

-- ---------------------------------------------------------------- what depends on what

CREATE OR REPLACE FUNCTION hub.contacts_of(accounts text[], deals text[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT array_agg(DISTINCT found.contact_id) FROM (
            SELECT contact_id FROM sfa.contact_account WHERE account_id = ANY (accounts)
            UNION ALL
            SELECT contact_id FROM sfa.deal_role WHERE deal_id = ANY (deals)
        ) AS found
    );
END $$;

CREATE OR REPLACE FUNCTION hub.accounts_changed(accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    deals text[];
BEGIN
    PERFORM hub.renew('account', accounts);
    SELECT array_agg(id) INTO deals FROM sfa.deal WHERE account_id = ANY (accounts);
    PERFORM hub.renew('deal', deals);
    PERFORM hub.renew('contact', hub.contacts_of(accounts, deals));
END $$;

-- Deals and links may have come before their account.
CREATE OR REPLACE FUNCTION hub.accounts_made(accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    deals text[];
BEGIN
    PERFORM hub.root_made('account', accounts);
    SELECT array_agg(id) INTO deals FROM sfa.deal WHERE account_id = ANY (accounts);
    PERFORM hub.renew('deal', deals);
    PERFORM hub.renew('contact', hub.contacts_of(accounts, deals));
END $$;

-- `accounts` are those the deals belonged to and belong to now.
CREATE OR REPLACE FUNCTION hub.deals_changed(deals text[], accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed text[];
BEGIN
    changed := hub.renew('account', accounts);
    PERFORM hub.renew('deal', deals);
    PERFORM hub.renew('contact', hub.contacts_of(changed, deals));
END $$;

CREATE OR REPLACE FUNCTION hub.deals_made(deals text[], accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed text[];
BEGIN
    changed := hub.renew('account', accounts);
    PERFORM hub.root_made('deal', deals);
    PERFORM hub.renew('contact', hub.contacts_of(changed, '{}'));
END $$;

-- Contacts whose links changed; the other ends are locked against a change of theirs meanwhile.
CREATE OR REPLACE FUNCTION hub.links_changed(contacts text[], accounts text[], deals text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM hub.sight AS s
    WHERE s.tbl = 'account' AND s.row_id = ANY (
        accounts || ARRAY(SELECT d.account_id FROM sfa.deal AS d WHERE d.id = ANY (deals))
    )
    ORDER BY s.row_id FOR SHARE;
    PERFORM 1 FROM hub.sight AS s WHERE s.tbl = 'deal' AND s.row_id = ANY (deals) ORDER BY s.row_id FOR SHARE;
    PERFORM hub.renew('contact', contacts);
END $$;

-- ---------------------------------------------------------------- people

CREATE OR REPLACE FUNCTION hub.renew_above() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    moved text[];
BEGIN
    WITH RECURSIVE now (user_id, above_id) AS (
        SELECT id, id FROM sfa."user"
        UNION
        SELECT n.user_id, u.manager_id FROM now AS n JOIN sfa."user" AS u ON u.id = n.above_id
        WHERE u.manager_id IS NOT NULL
    ), gone AS (
        DELETE FROM hub.above AS a
        WHERE NOT EXISTS (SELECT FROM now AS n WHERE n.user_id = a.user_id AND n.above_id = a.above_id)
        RETURNING a.user_id
    ), come AS (
        INSERT INTO hub.above (user_id, above_id) SELECT n.user_id, n.above_id FROM now AS n
        ON CONFLICT DO NOTHING RETURNING hub.above.user_id
    )
    SELECT array_agg(DISTINCT both_ways.user_id) INTO moved
    FROM (SELECT user_id FROM gone UNION ALL SELECT user_id FROM come) AS both_ways;
    RETURN moved;
END $$;

-- `users` whose manager, team or role changed, or who are new; `teams` they were and are in.
CREATE OR REPLACE FUNCTION hub.people_changed(teams text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moved text[];
    kind text;
    ids text[];
BEGIN
    PERFORM hub.lock_people(true);
    moved := hub.renew_above();
    FOREACH kind IN ARRAY ARRAY['account', 'deal', 'contact', 'lead', 'activity', 'task', 'proposal', 'print_snapshot']
    LOOP
        SELECT array_agg(s.row_id) INTO ids FROM hub.sight AS s WHERE s.tbl = kind AND s.users && moved;
        PERFORM hub.renew(kind, ids);
    END LOOP;
    IF cardinality(teams) > 0 THEN
        PERFORM hub.teams_changed(teams);
    END IF;
    PERFORM hub.renew('managers', ARRAY['']);
    PERFORM hub.renew('admins', ARRAY['']);
END $$;

CREATE OR REPLACE FUNCTION hub.teams_changed(teams text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ids text[];
BEGIN
    SELECT array_agg(id) INTO ids FROM sfa.account WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.accounts_changed(ids);
    SELECT array_agg(id) INTO ids FROM sfa.deal WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.renew('deal', ids);
    SELECT array_agg(id) INTO ids FROM sfa.contact WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.renew('contact', ids);
    SELECT array_agg(id) INTO ids FROM sfa.lead WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.renew('lead', ids);
    SELECT array_agg(id) INTO ids FROM sfa.activity WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.renew('activity', ids);
    SELECT array_agg(id) INTO ids FROM sfa.task WHERE owner_id IS NULL AND team_id = ANY (teams);
    PERFORM hub.renew('task', ids);
END $$;
