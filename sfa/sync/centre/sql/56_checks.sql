-- Whether an op may be merged, and what becomes of its transaction if not.
-- Source: docs/sync-protocol.md, "Which outcome".

-- What a check found: 0 nothing, 1 proposal, 2 late, 3 quarantined; the gravest of a transaction counts.
-- `joins`: the proposal of the op that this one builds on. `about_tbl`, `about_id`: the row it is about.
DROP TYPE IF EXISTS hub.finding CASCADE;
CREATE TYPE hub.finding AS (gravity integer, reason text, joins text, about_tbl text, about_id text);

CREATE OR REPLACE FUNCTION hub.found(
    gravity integer, reason text DEFAULT NULL, about_tbl text DEFAULT NULL, about_id text DEFAULT NULL,
    joins text DEFAULT NULL
) RETURNS hub.finding LANGUAGE sql IMMUTABLE AS $$
    SELECT (gravity, reason, joins, about_tbl, about_id)::hub.finding
$$;

-- The graver of two findings; of two equal ones what builds on another, to be decided with it, else the first.
CREATE OR REPLACE FUNCTION hub.graver(a hub.finding, b hub.finding) RETURNS hub.finding
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF b.gravity > coalesce(a.gravity, 0)
        OR b.gravity = a.gravity AND a.joins IS NULL AND b.joins IS NOT NULL THEN
        RETURN b;
    END IF;
    RETURN a;
END $$;

-- ---------------------------------------------------------------- fate

-- What became of the first of some own ops that was not applied.
CREATE OR REPLACE FUNCTION hub.fate_of(given_ops text[]) RETURNS hub.finding LANGUAGE plpgsql STABLE AS $$
DECLARE
    known record;
BEGIN
    SELECT o.outcome, t.reason, t.proposal_id, o.tbl, o.row_id INTO known
    FROM hub.op AS o JOIN hub.tx AS t USING (tx_id)
    WHERE o.op_id = ANY (given_ops) AND o.outcome IN ('quarantined', 'late', 'proposal')
    ORDER BY o.outcome = 'quarantined' DESC, o.outcome = 'late' DESC, o.seq LIMIT 1;
    IF NOT FOUND THEN
        RETURN hub.found(0);
    ELSIF known.outcome = 'quarantined' THEN
        RETURN hub.found(3, known.reason);
    END IF;
    RETURN hub.found(
        CASE known.outcome WHEN 'late' THEN 2 ELSE 1 END, NULL, known.tbl, known.row_id, known.proposal_id
    );
END $$;

-- The fate of whoever tried to make a row that is not there.
CREATE OR REPLACE FUNCTION hub.fate_of_maker(given_author text, given_tbl text, given_id text)
RETURNS hub.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT hub.fate_of(ARRAY(
            SELECT o.op_id FROM hub.op AS o
            WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.kind = 'insert' AND o.author = given_author
        ))
    );
END $$;

-- Whether an erasure of a row that is not there is of what its author had made and was refused: it reaches what
-- is kept of that, waits for nobody's word, and makes no row.
CREATE OR REPLACE FUNCTION hub.erases_refused(op hub.incoming) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (hub.fate_of_maker(op.judged, op.tbl, op.row_id)).gravity > 0;
END $$;

-- ---------------------------------------------------------------- sight

CREATE OR REPLACE FUNCTION hub.lost(given_user text, given_tbl text, given_id text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT FROM hub.row AS r JOIN hub.lost_sight AS l
            ON (l.row_id, l.tbl) IN ((r.row_id, r.tbl), (r.anchor_id, r.anchor_tbl), (r.other_id, r.other_tbl))
            WHERE r.row_id = given_id AND r.tbl = given_tbl AND l.user_id = given_user
        )
    );
END $$;

-- Whether a transaction says that it makes a row: one that is not there yet.
CREATE OR REPLACE FUNCTION hub.made_by(given_tx text, given_tbl text, given_id text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT FROM hub.op AS o
            WHERE o.row_id = given_id AND o.tbl = given_tbl AND o.tx_id = given_tx AND o.kind = 'insert'
        )
    );
END $$;

-- Whether a transaction made a row that is there; it need not see that. To say so is not enough: whoever sends
-- an insert of somebody else's row did not make it.
CREATE OR REPLACE FUNCTION hub.has_made(given_tx text, given_tbl text, given_id text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM hub.row AS r JOIN hub.op AS o ON o.op_id = r.maker
        WHERE r.row_id = given_id AND r.tbl = given_tbl AND o.tx_id = given_tx
    )
$$;

-- What a transaction of several ops touches and its author sees, as it is before the transaction: table and
-- id, joined, as keys; and `open` with the id of each of its deals that was not closed.
CREATE OR REPLACE FUNCTION hub.seen_before(given_tx text, given_author text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        WITH touched AS (
            SELECT o.tbl, o.row_id FROM hub.op AS o WHERE o.tx_id = given_tx
            UNION
            SELECT r.tbl, o.changes::jsonb -> r.name ->> 0
            FROM hub.op AS o
            JOIN hub.shape AS s USING (tbl)
            CROSS JOIN LATERAL unnest(s.refs, s.ref_tbls) AS r (name, tbl)
            WHERE o.tx_id = given_tx AND o.changes IS NOT NULL
            UNION
            SELECT n.tbl, o.changes::jsonb -> 'record_id' ->> 0
            FROM hub.op AS o JOIN hub.noun AS n ON n.name = o.changes::jsonb -> 'noun' ->> 0
            WHERE o.tx_id = given_tx AND o.tbl IN ('tag', 'external_id')
        )
        SELECT jsonb_object_agg(f.key, 1) FROM (
            SELECT t.tbl || t.row_id AS key
            FROM touched AS t
            -- OFFSET 0, here and elsewhere: row by row, by its key. After a large import the planner thinks that
            -- every transaction is one, and would rather read all rows there are.
            WHERE EXISTS (SELECT FROM hub.row AS r WHERE r.row_id = t.row_id AND r.tbl = t.tbl OFFSET 0)
            AND hub.seen_by(given_author, t.tbl, t.row_id)
            UNION ALL
            SELECT 'open' || t.row_id
            FROM touched AS t LEFT JOIN sfa.deal AS d ON d.id = t.row_id LEFT JOIN sfa.stage AS g ON g.id = d.stage_id
            WHERE t.tbl = 'deal' AND t.row_id IS NOT NULL AND coalesce(g.kind, 'open') = 'open'
        ) AS f
    );
END $$;

CREATE OR REPLACE FUNCTION hub.check_sight(op hub.incoming, shape hub.shape, seen jsonb) RETURNS hub.finding
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF shape.is_organisation OR seen ? (op.tbl || op.row_id) OR hub.seen_by(op.judged, op.tbl, op.row_id)
        OR hub.has_made(op.tx_id, op.tbl, op.row_id) THEN
        RETURN hub.found(0);
    ELSIF hub.lost(op.judged, op.tbl, op.row_id) THEN
        RETURN hub.found(2, NULL, op.tbl, op.row_id);
    END IF;
    RETURN hub.found(3, 'unknown_row');
END $$;

-- ---------------------------------------------------------------- references

CREATE OR REPLACE FUNCTION hub.check_reference(op hub.incoming, to_tbl text, to_id text) RETURNS hub.finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    fate hub.finding;
BEGIN
    IF hub.seen_by(op.judged, to_tbl, to_id) THEN
        RETURN hub.found(0);
    ELSIF NOT EXISTS (SELECT FROM hub.row AS r WHERE r.row_id = to_id AND r.tbl = to_tbl) THEN
        fate := hub.fate_of_maker(op.judged, to_tbl, to_id);
        IF fate.gravity > 0 OR hub.made_by(op.tx_id, to_tbl, to_id) THEN
            RETURN fate;
        END IF;
        RETURN hub.found(3, 'unknown_reference');
    ELSIF hub.has_made(op.tx_id, to_tbl, to_id) THEN
        RETURN hub.found(0);
    ELSIF hub.lost(op.judged, to_tbl, to_id) THEN
        RETURN hub.found(2, NULL, to_tbl, to_id);
    END IF;
    RETURN hub.found(3, 'unknown_reference');
END $$;

-- `checked` is what everybody sees and was found to be there in this batch: table and id, joined.
CREATE OR REPLACE FUNCTION hub.check_references(
    op hub.incoming, shape hub.shape, new_values jsonb, present jsonb, seen jsonb,
    INOUT checked text[], OUT finding hub.finding
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    place integer;
    to_id text;
    to_tbl text;
    one hub.finding;
BEGIN
    FOR place IN 1 .. cardinality(shape.refs) LOOP
        to_id := new_values ->> shape.refs[place];
        to_tbl := shape.ref_tbls[place];
        CONTINUE WHEN to_id IS NULL OR to_tbl || to_id = ANY (checked) OR seen ? (to_tbl || to_id)
            OR (present IS NOT NULL AND to_id = present ->> shape.refs[place]);
        one := hub.check_reference(op, to_tbl, to_id);
        finding := hub.graver(finding, one);
        IF one.gravity = 0 AND cardinality(checked) < 100
            AND to_tbl IN ('user', 'team', 'pipeline', 'stage', 'product', 'custom_field', 'pricebook', 'tax') THEN
            checked := checked || (to_tbl || to_id);
        END IF;
    END LOOP;
    IF op.tbl IN ('tag', 'external_id') AND new_values ? 'record_id' THEN
        SELECT n.tbl INTO to_tbl FROM hub.noun AS n
        WHERE n.name = coalesce(new_values ->> 'noun', present ->> 'noun');
        IF NOT coalesce(seen ? (to_tbl || (new_values ->> 'record_id')), false) THEN
            finding := hub.graver(finding, hub.check_reference(op, to_tbl, new_values ->> 'record_id'));
        END IF;
    END IF;
END $$;

-- ---------------------------------------------------------------- rights

CREATE OR REPLACE FUNCTION hub.is_above(given_manager text, given_user text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT given_manager <> given_user AND EXISTS (
            SELECT FROM hub.above AS a WHERE a.user_id = given_user AND a.above_id = given_manager
        )
    );
END $$;

CREATE OR REPLACE FUNCTION hub.may_hand_over(op hub.incoming, given_role text, present jsonb, new_values jsonb)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN present ->> 'owner_id' IS NOT NULL THEN hub.is_above(op.judged, present ->> 'owner_id')
        ELSE given_role = 'manager' AND EXISTS (
            SELECT FROM sfa."user" AS u WHERE u.id = op.judged AND u.team_id = present ->> 'team_id'
        )
    END AND (
        NOT new_values ? 'owner_id' OR new_values ->> 'owner_id' IS NULL OR new_values ->> 'owner_id' = op.judged
        OR hub.is_above(op.judged, new_values ->> 'owner_id')
    )
$$;

-- Whether a role allows a change; `changed` are the columns that get another value. An administrator may all.
CREATE OR REPLACE FUNCTION hub.is_allowed(
    op hub.incoming, shape hub.shape, given_role text, changed text[], new_values jsonb, present jsonb, was_closed boolean
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF given_role = 'admin' THEN
        RETURN true;
    ELSIF shape.is_organisation THEN
        RETURN present IS NOT NULL AND (
            changed = '{}'
            -- Some things about a person are for themselves and those above to say.
            OR op.tbl = 'user' AND NOT changed && (shape.guarded || 'deleted_at'::text)
                AND (op.row_id = op.judged OR hub.is_above(op.judged, op.row_id))
        );
    ELSIF op.tbl = 'product' THEN
        RETURN given_role = 'manager' OR present IS NULL OR changed = '{}'
            OR present ->> 'created_by' IS NOT DISTINCT FROM op.judged;
    ELSIF op.tbl IN ('product_cost', 'pricebook', 'price_entry') THEN
        RETURN given_role = 'manager';
    ELSIF op.tbl = 'proposal' THEN
        RETURN NOT changed && shape.guarded OR op.judged = present ->> 'recipient_id'
            OR hub.is_above(op.judged, present ->> 'recipient_id')
            -- An author takes back what was not decided yet.
            OR op.judged = present ->> 'author_id' AND present ->> 'state' = 'open'
                AND coalesce(new_values ->> 'state', 'rejected') = 'rejected';
    ELSIF present IS NULL THEN
        RETURN op.tbl NOT IN ('lead', 'account', 'contact', 'deal', 'quote', 'sales_order')
            OR new_values ->> 'owner_id' IS NULL
            OR new_values ->> 'owner_id' = op.judged OR hub.is_above(op.judged, new_values ->> 'owner_id');
    ELSIF shape.is_owned AND changed && ARRAY['owner_id', 'team_id'] THEN
        RETURN hub.may_hand_over(op, given_role, present, new_values);
    ELSIF was_closed THEN
        RETURN hub.is_above(op.judged, present ->> 'owner_id');
    END IF;
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION hub.is_closed_stage(shape hub.shape, changed text[], present jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (SELECT FROM unnest(changed) AS c WHERE shape.groups ->> c = 'stage')
            AND EXISTS (SELECT FROM sfa.stage AS s WHERE s.id = present ->> 'stage_id' AND s.kind <> 'open')
    );
END $$;

-- Guarded columns and what needs a role. `stale` are the columns whose base is not the present writer.
CREATE OR REPLACE FUNCTION hub.check_rights(
    op hub.incoming, shape hub.shape, given_role text, changed text[], stale text[], new_values jsonb, present jsonb,
    seen jsonb
) RETURNS hub.finding LANGUAGE plpgsql STABLE AS $$
DECLARE
    needs_base text[] := shape.guarded;
    was_closed boolean := false;
BEGIN
    -- What the centre wrote is the centre's, but for the word of whoever settles it.
    IF op.tbl IN ('conflict', 'proposal') AND op.kind <> 'erase' AND (
        present IS NULL OR NOT changed <@ (CASE op.tbl WHEN 'conflict' THEN ARRAY['state'] ELSE shape.guarded END)
    ) THEN
        RETURN hub.found(3, 'invalid');
    END IF;
    IF op.tbl = 'quote' AND hub.writes_approval(changed, new_values, present) THEN
        RETURN hub.found(3, 'invalid');
    END IF;
    IF op.tbl = 'deal' AND present IS NOT NULL AND NOT coalesce(seen ? ('open' || op.row_id), false) THEN
        was_closed := hub.is_closed_stage(shape, changed, present);
    END IF;
    IF was_closed THEN
        needs_base := needs_base || ARRAY(SELECT jsonb_array_elements_text(shape.units -> 'stage'));
    END IF;
    IF NOT hub.is_allowed(op, shape, given_role, changed, new_values, present, was_closed)
        OR EXISTS (SELECT FROM unnest(stale) AS c WHERE c = ANY (needs_base) AND c = ANY (changed)) THEN
        RETURN hub.found(1, NULL, op.tbl, op.row_id);
    END IF;
    RETURN hub.found(0);
END $$;

-- Deleting what has deals or accounts that the author does not see.
CREATE OR REPLACE FUNCTION hub.check_deletion(op hub.incoming) RETURNS hub.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF op.tbl = 'account' AND EXISTS (
        SELECT FROM sfa.deal AS d WHERE d.account_id = op.row_id AND d.deleted_at IS NULL
            AND NOT hub.seen_by(op.judged, 'deal', d.id)
    ) OR op.tbl = 'contact' AND EXISTS (
        SELECT FROM sfa.contact_account AS l WHERE l.contact_id = op.row_id AND l.deleted_at IS NULL
            AND NOT hub.seen_by(op.judged, 'account', l.account_id)
    ) THEN
        RETURN hub.found(1, NULL, op.tbl, op.row_id);
    END IF;
    RETURN hub.found(0);
END $$;

-- ---------------------------------------------------------------- all of them, for one op

CREATE OR REPLACE FUNCTION hub.check_op(
    op hub.incoming, shape hub.shape, given_role text, present jsonb, state hub.row, seen jsonb, INOUT checked text[],
    OUT finding hub.finding
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    changes jsonb := op.changes;
    new_values jsonb;
    changed text[];
    stale text[];
    stale_bases text[];
    one record;
BEGIN
    IF present IS NULL AND op.kind = 'erase' AND hub.erases_refused(op) THEN
        finding := hub.found(0);
        RETURN;
    ELSIF present IS NULL AND (op.kind NOT IN ('insert', 'erase') OR op.kind = 'erase' AND op.changes IS NULL) THEN
        finding := hub.fate_of_maker(op.judged, op.tbl, op.row_id);
        finding := hub.graver(finding, hub.found(CASE finding.gravity WHEN 0 THEN 3 ELSE 0 END, 'unknown_row'));
        RETURN;
    ELSIF present IS NOT NULL THEN
        finding := hub.check_sight(op, shape, seen);
        -- Nothing more is said of a row that the author may not see.
        IF finding.gravity = 3 THEN
            RETURN;
        END IF;
        IF op.kind IN ('insert', 'delete') THEN
            changes := hub.as_update(op, shape, state);
        ELSIF op.kind = 'erase' THEN
            changes := '{}';
        END IF;
    END IF;
    IF present IS NULL THEN
        new_values := op.new_values;
    ELSE
        SELECT
            jsonb_object_agg(c.key, c.value -> 0),
            array_agg(c.key) FILTER (WHERE c.value -> 0 <> present -> c.key),
            array_agg(c.key) FILTER (WHERE c.value ->> 2 IS DISTINCT FROM w.writer),
            array_agg(DISTINCT c.value ->> 2) FILTER (WHERE c.value ->> 2 <> w.writer)
        INTO new_values, changed, stale, stale_bases
        FROM jsonb_each(changes) AS c
        CROSS JOIN LATERAL (SELECT coalesce(state.columns ->> c.key, state.maker) AS writer) AS w;
    END IF;
    IF stale_bases IS NOT NULL THEN
        finding := hub.graver(finding, hub.fate_of(stale_bases));
    END IF;
    IF new_values IS NULL THEN
        RETURN;
    END IF;
    IF present IS NOT NULL AND stale && shape.guarded THEN
        stale := ARRAY(
            SELECT c FROM unnest(stale) AS c WHERE NOT hub.is_set_up(coalesce(state.columns ->> c, state.maker))
        );
    END IF;
    one := hub.check_references(op, shape, new_values, present, seen, checked);
    checked := one.checked;
    finding := hub.graver(finding, one.finding);
    finding := hub.graver(
        finding,
        hub.check_rights(
            op, shape, given_role, coalesce(changed, '{}'), coalesce(stale, '{}'), new_values, present, seen
        )
    );
    IF present IS NOT NULL AND given_role <> 'admin' AND op.tbl IN ('account', 'contact')
        AND new_values ->> 'deleted_at' IS NOT NULL AND present ->> 'deleted_at' IS NULL THEN
        finding := hub.graver(finding, hub.check_deletion(op));
    END IF;
END $$;
