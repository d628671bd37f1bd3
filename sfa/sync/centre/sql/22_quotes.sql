-- What an approval of a quote is bound to, and whose role it needs. Source: docs/sync-protocol.md, "Quotes".

-- sfa/interchange/quote_lines.py, digest_of: number and content, in the order of the fields.
CREATE OR REPLACE FUNCTION hub.quote_digest(content jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT encode(sha256(convert_to(
            string_agg(hub.part(content ->> c.name), '' ORDER BY c.name <> 'number', c.position), 'UTF8'
        )), 'hex')
        FROM hub.col AS c WHERE c.tbl = 'quote' AND (c.name = 'number' OR c.unit = 'content')
    );
END $$;

CREATE OR REPLACE FUNCTION hub.today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date
$$;

-- ---------------------------------------------------------------- which role it needs

-- What the products of a quote cost, in its currency: product -> millionths. Left out is what nobody knows, what no
-- rate leads to, and what is no price.
CREATE OR REPLACE FUNCTION hub.quote_costs(content jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(k.product, k.micros) FILTER (WHERE k.micros BETWEEN 0 AND 1000000000000000), '{}')
        FROM (
            SELECT
                p.product,
                CASE
                    WHEN c.currency = content ->> 'currency' THEN c.unit_cost_micros
                    ELSE hub.divided(c.unit_cost_micros::numeric * r.rate_micros, 1000000, 'half-up')
                END AS micros
            FROM (
                SELECT DISTINCT l ->> 'product' AS product FROM unnest(hub.quote_lines(content)) AS l
                WHERE l ->> 'product' IS NOT NULL
            ) AS p
            CROSS JOIN LATERAL (
                SELECT t.unit_cost_micros, t.currency FROM sfa.product_cost AS t
                WHERE t.product_id = p.product AND t.unit_cost_micros IS NOT NULL AND t.deleted_at IS NULL
                ORDER BY t.updated_at DESC, t.id COLLATE "C" LIMIT 1
            ) AS c
            LEFT JOIN LATERAL (
                SELECT t.rate_micros FROM sfa.rate AS t
                WHERE t.from_currency = c.currency AND t.to_currency = content ->> 'currency'
                    AND t.effective_on <= hub.today() AND t.deleted_at IS NULL
                ORDER BY t.effective_on DESC, t.updated_at DESC, t.id COLLATE "C" DESC LIMIT 1
            ) AS r ON true
        ) AS k
    );
END $$;
CREATE INDEX IF NOT EXISTS product_cost_by_product ON sfa.product_cost (product_id);

-- The least that any price book in a quote's currency, or the product itself, asks for the quantity of a line: key of
-- the line -> millionths. A device writes what list price it likes; approval counts from no less than this.
CREATE OR REPLACE FUNCTION hub.least_prices(content jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(k.key, k.micros) FILTER (WHERE k.micros IS NOT NULL), '{}')
        FROM (
            SELECT l ->> 'key' AS key, (
                SELECT min(p.micros) FROM (
                    SELECT e.unit_price_micros AS micros
                    FROM sfa.price_entry AS e JOIN sfa.pricebook AS b ON b.id = e.pricebook_id
                    WHERE e.product_id = l ->> 'product' AND e.min_quantity_milli <= (l ->> 'quantity_milli')::numeric
                        AND b.currency = content ->> 'currency' AND e.deleted_at IS NULL AND b.deleted_at IS NULL
                    UNION ALL
                    SELECT t.unit_price_micros FROM sfa.product AS t
                    WHERE t.id = l ->> 'product' AND t.currency = content ->> 'currency' AND t.deleted_at IS NULL
                ) AS p
                WHERE p.micros BETWEEN 0 AND 1000000000000000
            ) AS micros
            FROM unnest(hub.quote_lines(content)) AS l
        ) AS k
    );
END $$;
CREATE INDEX IF NOT EXISTS price_entry_by_product ON sfa.price_entry (product_id);

-- Whether a priced quote keeps a role's limits, as sfa/pricing/thresholds.py. An unset one is none; one that
-- cannot be nobody keeps.
CREATE OR REPLACE FUNCTION hub.keeps_limits(given_role text, priced jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    whole CONSTANT numeric := 1000000;
    prefix text := 'approval_' || given_role || '_';
    limits jsonb;
    of_all numeric;
    of_line numeric;
    margin numeric;
BEGIN
    SELECT coalesce(jsonb_object_agg(s.key, coalesce(hub.read_json(s.value), '""')), '{}') INTO limits
    FROM sfa.setting AS s
    WHERE s.deleted_at IS NULL AND s.key IN (prefix || 'discount', prefix || 'line_discount', prefix || 'margin');
    IF EXISTS (SELECT FROM jsonb_each(limits) AS l WHERE l.value::text !~ '^(-?\d+|null)$') THEN
        RETURN false;
    END IF;
    of_all := limits ->> (prefix || 'discount');
    of_line := limits ->> (prefix || 'line_discount');
    margin := limits ->> (prefix || 'margin');
    IF of_all NOT BETWEEN 0 AND whole OR of_line NOT BETWEEN 0 AND whole OR margin > whole THEN
        RETURN false;
    END IF;
    RETURN coalesce(
            (priced ->> 'concession_minor')::numeric * whole <= of_all * (priced ->> 'reference_minor')::numeric, true
        )
        AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(priced -> 'parts') AS p
            WHERE (p ->> 0)::numeric * whole > of_line * (p ->> 1)::numeric
        )
        AND (margin IS NULL OR coalesce(
            ((priced ->> 'net_minor')::numeric - (priced ->> 'cost_minor')::numeric) * whole
                >= margin * (priced ->> 'net_minor')::numeric,
            false
        ));
END $$;

CREATE OR REPLACE FUNCTION hub.role_rank(given_role text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE given_role WHEN 'rep' THEN 1 WHEN 'manager' THEN 2 WHEN 'admin' THEN 3 ELSE 0 END
$$;

-- The rank of the first role whose limits a quote keeps; null when it has a word that is not known here.
CREATE OR REPLACE FUNCTION hub.level_needed(content jsonb) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    priced jsonb := hub.price_quote(content, hub.quote_costs(content), hub.least_prices(content));
BEGIN
    RETURN CASE
        WHEN priced IS NULL THEN NULL
        WHEN hub.keeps_limits('rep', priced) THEN 1
        WHEN hub.keeps_limits('manager', priced) THEN 2
        ELSE 3
    END;
END $$;

-- ---------------------------------------------------------------- an administrator's own SQL

-- Nobody writes an approval that does not name the content, or keeps one past a change of it. A trigger of its own
-- before each row, so that the op of the edit says what came of it.
CREATE OR REPLACE FUNCTION hub.void_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest text;
BEGIN
    IF hub.is_merging() THEN
        RETURN NEW;
    END IF;
    digest := hub.quote_digest(hub.json_quote(NEW));
    IF NEW.state = 'approved' AND NEW.approved_digest IS DISTINCT FROM digest
        OR TG_OP = 'UPDATE' AND NEW.state IN ('submitted', 'sent', 'accepted')
            AND digest <> hub.quote_digest(hub.json_quote(OLD)) THEN
        NEW.state := 'draft';
        NEW.state_on := hub.today();
        NEW.state_reason := NULL;
    END IF;
    IF NEW.state IN ('draft', 'submitted') OR NEW.approved_digest IS DISTINCT FROM digest THEN
        NEW.approved_digest := NULL;
        NEW.approved_by_id := NULL;
        NEW.approved_at := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER approval BEFORE INSERT OR UPDATE ON sfa.quote
    FOR EACH ROW EXECUTE FUNCTION hub.void_approval();
