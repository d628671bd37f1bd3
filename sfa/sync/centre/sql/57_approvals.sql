-- What a transaction may do to a quote, and what the centre adds to it. Source: docs/sync-protocol.md, "Quotes".
-- Looked at when the whole transaction is merged: what counts is how it leaves a quote, not the way there.

-- Approvals are the centre's to write, whoever pushes. The state `approved` alone is none: a quote that somebody puts
-- into it without an approval is a draft afterwards, and one whose sending is taken back is in it again.
CREATE OR REPLACE FUNCTION hub.writes_approval(changed text[], new_values jsonb, present jsonb)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF present IS NULL THEN
        RETURN coalesce(
            new_values ->> 'approved_digest', new_values ->> 'approved_by_id', new_values ->> 'approved_at'
        ) IS NOT NULL;
    END IF;
    RETURN changed && ARRAY['approved_digest', 'approved_by_id', 'approved_at'];
END $$;

-- The quotes a transaction touches, each with its state and digest before it: null when it makes them.
CREATE OR REPLACE FUNCTION hub.with_quote(quotes jsonb, op hub.incoming) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    quote_id text := CASE op.tbl WHEN 'quote' THEN op.row_id ELSE op.new_values ->> 'quote_id' END;
    before jsonb;
BEGIN
    IF quote_id IS NULL OR quotes ? quote_id THEN
        RETURN quotes;
    END IF;
    -- Read in a later statement, as whoever held it left it.
    PERFORM FROM hub.row AS r WHERE r.row_id = quote_id AND r.tbl = 'quote' FOR UPDATE;
    before := hub.get('quote', quote_id);
    RETURN quotes || jsonb_build_object(quote_id, CASE WHEN before IS NOT NULL THEN jsonb_build_object(
        'state', before -> 'state', 'digest', hub.quote_digest(before)
    ) END);
END $$;

-- ---------------------------------------------------------------- who decides

-- The rank with which a user may decide about a quote now; 0 when nobody asked him.
CREATE OR REPLACE FUNCTION hub.rank_to_decide(given_user text, given_owner text) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    own integer := (
        SELECT hub.role_rank(u.role) FROM sfa."user" AS u
        WHERE u.id = given_user AND u.is_active AND u.deleted_at IS NULL
    );
    stands_for integer;
BEGIN
    IF own IS NULL OR given_user IS NOT DISTINCT FROM given_owner THEN
        RETURN 0;
    END IF;
    SELECT max(hub.role_rank(u.role)) INTO stands_for
    FROM hub.above AS a JOIN sfa."user" AS u ON u.id = a.above_id
    WHERE a.user_id = given_owner AND a.above_id <> given_owner AND u.is_active AND u.deleted_at IS NULL
        AND u.delegate_id = given_user AND hub.today() BETWEEN u.absent_from_on AND u.absent_to_on;
    IF own = 3 OR coalesce(hub.is_above(given_user, given_owner), false) OR stands_for IS NULL AND NOT EXISTS (
        SELECT FROM hub.above AS a JOIN sfa."user" AS u ON u.id = a.above_id
        WHERE a.user_id = given_owner AND a.above_id <> given_owner AND u.is_active AND u.deleted_at IS NULL
    ) AND EXISTS (
        SELECT FROM sfa.setting AS s
        WHERE s.key = 'approval_fallback' AND s.deleted_at IS NULL AND hub.read_json(s.value) = to_jsonb(given_user)
    ) THEN
        RETURN greatest(own, stands_for);
    END IF;
    RETURN coalesce(stands_for, 0);
END $$;

-- Who submitted a quote last, by the clock of the op; who it was says the op, and not the row.
CREATE OR REPLACE FUNCTION hub.submitter_of(given_id text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT o.author FROM sfa.quote_decision AS q
        JOIN hub.row AS r ON r.row_id = q.id AND r.tbl = 'quote_decision'
        JOIN hub.op AS o ON o.op_id = r.maker
        WHERE q.quote_id = given_id AND q.verdict = 'submit'
        ORDER BY o.clock DESC, o.op_id COLLATE "C" DESC LIMIT 1
    );
END $$;
CREATE INDEX IF NOT EXISTS quote_decision_by_quote ON sfa.quote_decision (quote_id);

-- ---------------------------------------------------------------- after a transaction

-- Change a quote with an op of the centre, where it is not so already.
CREATE OR REPLACE FUNCTION hub.write_quote(present jsonb, given jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    state hub.row;
    changes jsonb;
BEGIN
    SELECT * INTO state FROM hub.row AS r WHERE r.row_id = present ->> 'id' AND r.tbl = 'quote';
    SELECT jsonb_object_agg(
        g.key, jsonb_build_array(g.value, present -> g.key, coalesce(state.columns ->> g.key, state.maker))
    )
    INTO changes FROM jsonb_each(given) AS g WHERE g.value <> present -> g.key;
    IF changes IS NOT NULL THEN
        PERFORM hub.write_own('update', 'quote', present ->> 'id', changes);
    END IF;
END $$;

-- A state, since today, with its reason.
CREATE OR REPLACE FUNCTION hub.in_state(given_state text, reason text DEFAULT NULL) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('state', given_state, 'state_on', hub.day_text(hub.today()), 'state_reason', reason)
$$;

CREATE OR REPLACE FUNCTION hub.approved(digest text, by_user text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'approved_digest', digest, 'approved_by_id', by_user,
        'approved_at', CASE WHEN digest IS NOT NULL THEN hub.instant_text(now()) END
    )
$$;

-- What a decision of a transaction leads to, if anything; `now` is the quote with what was found before. Whoever brings
-- back somebody else's decision must be allowed to it as well.
CREATE OR REPLACE FUNCTION hub.decide(
    INOUT now jsonb, digest text, said sfa.quote_decision, author text, judged text, given_role text,
    OUT finding hub.finding
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    is_meant boolean := now ->> 'state' = 'submitted' AND said.digest = digest;
    own_rank integer;
BEGIN
    IF said.verdict = 'submit' THEN
        own_rank := least(
            hub.role_rank(given_role), (SELECT hub.role_rank(u.role) FROM sfa."user" AS u WHERE u.id = author)
        );
        IF is_meant AND hub.level_needed(now) <= own_rank THEN
            now := now || hub.in_state('approved') || hub.approved(digest, NULL);
        END IF;
        RETURN;
    ELSIF said.verdict NOT IN ('approve', 'reject') THEN
        RETURN;
    ELSIF said.verdict = 'reject' AND coalesce(btrim(said.reason), '') = '' THEN
        finding := hub.found(3, 'invalid');
        RETURN;
    END IF;
    own_rank := least(
        hub.rank_to_decide(author, now ->> 'owner_id'), hub.rank_to_decide(judged, now ->> 'owner_id')
    );
    IF own_rank = 0 OR hub.submitter_of(now ->> 'id') IN (author, judged) THEN
        finding := hub.found(3, 'not_allowed');
    ELSIF is_meant AND said.verdict = 'reject' THEN
        now := now || hub.in_state('draft', said.reason);
    ELSIF is_meant THEN
        IF (hub.level_needed(now) <= own_rank) IS NOT TRUE THEN
            finding := hub.found(3, 'not_allowed');
            RETURN;
        END IF;
        now := now || hub.in_state('approved') || hub.approved(digest, author);
    END IF;
END $$;

-- See to each quote that a transaction touched: its totals, whether it may go to the customer, what was decided, and
-- that no approval outlives what was approved.
CREATE OR REPLACE FUNCTION hub.settle_quotes(
    quotes jsonb, given_tx text, judged text, given_role text, this_batch bigint,
    OUT finding hub.finding, OUT has_written boolean
) LANGUAGE plpgsql AS $$
DECLARE
    touched record;
    present jsonb;
    now jsonb;
    said record;
    one record;
BEGIN
    has_written := false;
    FOR touched IN SELECT q.key AS id, q.value AS before FROM jsonb_each(quotes) AS q ORDER BY q.key COLLATE "C" LOOP
        present := hub.get('quote', touched.id);
        CONTINUE WHEN present IS NULL;
        one := hub.judge_quote(present, touched.before, given_role);
        now := one.now;
        finding := hub.graver(finding, one.finding);
        FOR said IN
            SELECT d AS decision, o.author
            FROM sfa.quote_decision AS d
            JOIN hub.row AS r ON r.row_id = d.id AND r.tbl = 'quote_decision'
            JOIN hub.op AS o ON o.op_id = r.maker
            WHERE d.quote_id = touched.id AND o.tx_id = given_tx AND o.batch = this_batch ORDER BY o.seq, o.hlc, o.op_id
        LOOP
            one := hub.decide(now, hub.quote_digest(present), said.decision, said.author, judged, given_role);
            now := one.now;
            finding := hub.graver(finding, one.finding);
        END LOOP;
        IF now ->> 'state' IN ('draft', 'submitted') THEN
            now := now || hub.approved(NULL, NULL);
        END IF;
        IF now <> present THEN
            has_written := true;
            PERFORM hub.write_quote(present, now);
        END IF;
    END LOOP;
END $$;

-- A quote as a transaction leaves it, less an approval or state that its content does not carry any more.
CREATE OR REPLACE FUNCTION hub.judge_quote(
    present jsonb, before jsonb, given_role text, OUT now jsonb, OUT finding hub.finding
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    digest text := hub.quote_digest(present);
    priced jsonb;
    is_changed boolean := digest IS DISTINCT FROM before ->> 'digest';
    is_moved boolean := present ->> 'state' IS DISTINCT FROM before ->> 'state';
    is_approved boolean := coalesce(present ->> 'approved_digest' = digest, false);
BEGIN
    now := present;
    IF is_changed THEN
        priced := hub.price_quote(present);
        -- Whatever it says beside the totals is no column of a quote.
        IF EXISTS (
            SELECT FROM jsonb_each(priced - ARRAY['reference_minor', 'concession_minor', 'cost_minor', 'parts']) AS p
            WHERE p.value <> present -> p.key
        ) THEN
            finding := hub.found(3, 'invalid');
            RETURN;
        END IF;
    END IF;
    IF present ->> 'state' = 'approved' AND NOT is_approved
        OR is_changed AND NOT is_moved AND present ->> 'state' IN ('submitted', 'sent', 'accepted') THEN
        now := now || hub.in_state('draft');
    ELSIF is_moved AND present ->> 'state' IN ('sent', 'accepted') AND NOT is_approved
        AND (is_changed OR before ->> 'state' IS DISTINCT FROM 'sent')
        AND (hub.level_needed(present) <= hub.role_rank(given_role)) IS NOT TRUE THEN
        finding := hub.found(1, NULL, 'quote', present ->> 'id');
    END IF;
    IF NOT is_approved THEN
        now := now || hub.approved(NULL, NULL);
    END IF;
END $$;
