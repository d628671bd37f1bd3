-- Transactions that wait for somebody's word. Source: docs/sync-protocol.md, "Which outcome".

CREATE OR REPLACE FUNCTION hub.first_admin() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT u.id FROM sfa."user" AS u WHERE u.role = 'admin' AND u.is_active AND u.deleted_at IS NULL
    ORDER BY u.id COLLATE "C" LIMIT 1
$$;

-- The nearest active manager above a user.
CREATE OR REPLACE FUNCTION hub.nearest_manager(given_user text) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up (id, depth, is_good) AS (
        SELECT u.manager_id, 1, false FROM sfa."user" AS u WHERE u.id = given_user
        UNION ALL
        SELECT u.manager_id, up.depth + 1, false
        FROM up JOIN sfa."user" AS u ON u.id = up.id
        WHERE up.depth < 100 AND NOT (u.is_active AND u.deleted_at IS NULL)
    )
    SELECT u.id FROM up JOIN sfa."user" AS u ON u.id = up.id
    WHERE u.is_active AND u.deleted_at IS NULL AND u.id <> given_user
    ORDER BY up.depth LIMIT 1
$$;

-- The owner of a row, or of the root it hangs on.
CREATE OR REPLACE FUNCTION hub.owner_of(given_tbl text, given_id text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(hub.get(r.tbl, r.row_id) ->> 'owner_id', hub.get(r.anchor_tbl, r.anchor_id) ->> 'owner_id')
    FROM hub.row AS r WHERE r.row_id = given_id AND r.tbl = given_tbl
$$;

-- Whom a row that is not there was meant for by who tried to make it.
CREATE OR REPLACE FUNCTION hub.meant_for(given_author text, given_tbl text, given_id text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT o.changes::jsonb -> 'owner_id' ->> 0 FROM hub.op AS o
    WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.kind = 'insert' AND o.author = given_author
    ORDER BY o.seq LIMIT 1
$$;

-- Who decides: of what is there who owns it when an edit is late, else the nearest manager above them; of what is
-- made for somebody above its author they themselves; of what nobody owns the nearest manager above the author.
CREATE OR REPLACE FUNCTION hub.recipient_of(given_outcome text, given_author text, about_tbl text, about_id text)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    row_owner text := hub.owner_of(about_tbl, about_id);
    is_there boolean := EXISTS (SELECT FROM hub.row AS r WHERE r.row_id = about_id AND r.tbl = about_tbl);
    decides_alone boolean := given_outcome = 'late';
    found text;
BEGIN
    IF NOT is_there THEN
        row_owner := hub.meant_for(given_author, about_tbl, about_id);
        decides_alone := hub.is_above(row_owner, given_author);
    END IF;
    IF row_owner IS NOT NULL AND decides_alone THEN
        RETURN row_owner;
    ELSIF NOT (SELECT is_organisation FROM hub.shape WHERE tbl = about_tbl) THEN
        found := hub.nearest_manager(coalesce(row_owner, given_author));
    END IF;
    RETURN coalesce(found, hub.first_admin());
END $$;

-- A transaction's ops as a proposal keeps them; words that were erased meanwhile are not among them.
CREATE OR REPLACE FUNCTION hub.proposed_ops(given_tx text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        jsonb_agg(
            jsonb_build_object(
                'table', o.tbl, 'id', o.row_id, 'kind', o.kind,
                'changes', CASE
                    WHEN EXISTS (
                        SELECT FROM hub.op AS e WHERE e.row_id = o.row_id AND e.tbl = o.tbl AND e.kind = 'erase'
                            AND e.outcome = 'applied'
                    ) THEN hub.without_words(o.changes::jsonb, s.personal, s.placeholders)
                    ELSE o.changes::jsonb
                END
            ) ORDER BY o.seq
        ),
        '[]'
    )
    FROM hub.op AS o JOIN hub.shape AS s USING (tbl) WHERE o.tx_id = given_tx
$$;

-- Put a transaction before somebody, with the one it builds on while that is open; return the proposal's id.
CREATE OR REPLACE FUNCTION hub.propose(t hub.tx, given_outcome text, given_author text, finding hub.finding)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    known jsonb := hub.get('proposal', finding.joins);
    state hub.row;
    made text := hub.uuid8('proposal|' || t.tx_id);
    given_values jsonb;
    given_changes jsonb;
BEGIN
    IF known ->> 'state' = 'open' AND jsonb_typeof(hub.read_json(known ->> 'ops')) = 'array' THEN
        SELECT * INTO state FROM hub.row WHERE row_id = finding.joins AND tbl = 'proposal';
        PERFORM hub.write_own('update', 'proposal', finding.joins, jsonb_build_object(
            'ops', jsonb_build_array(
                (hub.read_json(known ->> 'ops') || hub.proposed_ops(t.tx_id))::text, known -> 'ops',
                coalesce(state.columns ->> 'ops', state.maker)
            )
        ));
        RETURN finding.joins;
    END IF;
    given_values := jsonb_build_object(
        'created_at', hub.instant_text(now()),
        'kind', CASE given_outcome WHEN 'late' THEN 'late' ELSE 'guarded' END,
        'on_table', finding.about_tbl, 'on_id', finding.about_id, 'tx_id', t.tx_id, 'name', t.name,
        'arguments', t.arguments, 'ops', hub.proposed_ops(t.tx_id)::text, 'author_id', given_author,
        'recipient_id', hub.recipient_of(given_outcome, given_author, finding.about_tbl, finding.about_id),
        'made_at', t.at, 'state', 'open'
    );
    SELECT jsonb_object_agg(key, jsonb_build_array(value)) INTO given_changes
    FROM jsonb_each(jsonb_strip_nulls(given_values));
    PERFORM hub.write_own('insert', 'proposal', made, given_changes);
    RETURN made;
END $$;
