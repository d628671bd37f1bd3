-- What a quote comes to, as sfa/pricing computes it. Source: docs/metrics.md, "Quotes".
-- Exact numbers of any size; hub.exponent (functions.py) knows the currencies.

-- A quotient by a named rounding; neither number is less than zero.
CREATE OR REPLACE FUNCTION hub.divided(given numeric, divisor numeric, rounding text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    whole numeric := div(given, divisor);
    twice numeric := 2 * mod(given, divisor);
BEGIN
    IF rounding = 'down' OR twice < divisor THEN
        RETURN whole;
    ELSIF twice = divisor AND rounding = 'half-even' THEN
        RETURN whole + mod(whole, 2);
    END IF;
    RETURN whole + 1;
END $$;

-- An amount split by weights: the units left over go to the largest remainders, ties to the earlier part.
CREATE OR REPLACE FUNCTION hub.split(minor numeric, weights numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(s.whole + CASE WHEN s.rank <= minor - s.given THEN 1 ELSE 0 END ORDER BY s.place)
    FROM (
        SELECT
            r.place, r.whole, sum(r.whole) OVER () AS given,
            row_number() OVER (ORDER BY r.rest DESC, r.place) AS rank
        FROM (
            SELECT
                w.place,
                CASE WHEN minor = 0 THEN 0 ELSE div(minor * w.weight, t.total) END AS whole,
                CASE WHEN minor = 0 THEN 0 ELSE mod(minor * w.weight, t.total) END AS rest
            FROM unnest(weights) WITH ORDINALITY AS w (weight, place)
            CROSS JOIN (SELECT sum(u) AS total FROM unnest(weights) AS u) AS t
        ) AS r
    ) AS s
$$;

CREATE OR REPLACE FUNCTION hub.refuse_content(said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = said;
END $$;

-- A line of a quote with what is usual filled in; null when a value is of another type than
-- sfa/interchange/quote_lines.py has it. Numbers are looked at as they are written: 1e3 is no whole one.
CREATE OR REPLACE FUNCTION hub.quote_line(given json) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF json_typeof(given) <> 'object' OR given -> 'key' IS NULL OR EXISTS (
        SELECT FROM json_each(given) AS f
        WHERE CASE
            WHEN f.key IN ('key', 'kind', 'name') THEN json_typeof(f.value) <> 'string'
            WHEN f.key IN ('product', 'code', 'note', 'unit', 'book', 'alternative_of', 'group')
                THEN json_typeof(f.value) NOT IN ('string', 'null')
            WHEN f.key IN ('quantity_milli', 'unit_price_micros', 'discount_ppm', 'discount_minor', 'tax_rate_ppm')
                THEN f.value::text !~ '^-?\d+$'
            WHEN f.key IN ('list_price_micros', 'service_days') THEN f.value::text !~ '^(-?\d+|null)$'
            WHEN f.key IN ('is_optional', 'is_taken') THEN json_typeof(f.value) <> 'boolean'
            ELSE false
        END
    ) THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object(
        'kind', 'product', 'quantity_milli', 1000, 'unit_price_micros', 0, 'discount_ppm', 0, 'discount_minor', 0,
        'tax_rate_ppm', 0, 'is_optional', false, 'is_taken', false
    ) || given::jsonb;
END $$;

-- The lines of a quote's content, checked one by one and together; raises what no quote may say.
CREATE OR REPLACE FUNCTION hub.quote_lines(content jsonb) RETURNS jsonb[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    given text := content ->> 'lines';
    found jsonb[];
BEGIN
    -- Characters and lines: sfa/models/quote.py, sfa/interchange/quote_lines.py.
    IF given IS NULL OR length(given) > 400000 OR jsonb_typeof(hub.read_json(given)) IS DISTINCT FROM 'array'
        OR json_array_length(given::json) > 500 THEN
        PERFORM hub.refuse_content('no list of lines');
    END IF;
    found := ARRAY(
        SELECT hub.quote_line(e.line) FROM json_array_elements(given::json) WITH ORDINALITY AS e (line, place)
        ORDER BY e.place
    );
    IF array_position(found, NULL) IS NOT NULL THEN
        PERFORM hub.refuse_content('a line of another form');
    END IF;
    RETURN found;
END $$;

CREATE OR REPLACE FUNCTION hub.knows_words(content jsonb, lines jsonb[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT hub.exponent(content ->> 'currency') IS NOT NULL
        AND content ->> 'tax_mode' IN ('added', 'included')
        AND content ->> 'tax_rounding' IN ('per-line', 'per-total')
        AND content ->> 'rounding' IN ('half-up', 'half-even', 'down')
        AND content ->> 'cash_rounding' IN ('half-up', 'half-even', 'down')
        AND coalesce((SELECT bool_and(l ->> 'kind' IN ('product', 'gift', 'text')) FROM unnest(lines) AS l), true)
$$;

-- The ranges of sfa/pricing/checking.py.
CREATE OR REPLACE FUNCTION hub.check_content(content jsonb, lines jsonb[]) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (
        (content ->> 'discount_ppm')::numeric BETWEEN 0 AND 1000000
        AND (content ->> 'discount_minor')::numeric >= 0
        AND 0 IN ((content ->> 'discount_ppm')::numeric, (content ->> 'discount_minor')::numeric)
        AND (content ->> 'cash_step_minor')::numeric BETWEEN 0 AND 10000
    ) IS NOT TRUE THEN
        PERFORM hub.refuse_content('a value of the quote is out of its range');
    ELSIF EXISTS (
        SELECT FROM (
            SELECT
                l ->> 'key' AS key, l ->> 'kind' AS kind, (l ->> 'quantity_milli')::numeric AS quantity,
                (l ->> 'unit_price_micros')::numeric AS price, (l ->> 'discount_ppm')::numeric AS ppm,
                (l ->> 'discount_minor')::numeric AS minor, (l ->> 'tax_rate_ppm')::numeric AS tax,
                (l ->> 'list_price_micros')::numeric AS listed,
                (l ->> 'is_optional')::boolean OR l ->> 'alternative_of' IS NOT NULL AS is_choice
            FROM unnest(lines) AS l
        ) AS v
        WHERE v.key = '' OR v.quantity <= 0 OR v.quantity > 1000000000000 OR v.price NOT BETWEEN 0 AND 1000000000000000
            OR v.listed NOT BETWEEN 0 AND 1000000000000000
            OR v.ppm NOT BETWEEN 0 AND 1000000 OR v.minor < 0 OR 0 NOT IN (v.ppm, v.minor) OR v.tax NOT BETWEEN 0 AND 10000000
            OR v.kind <> 'product' AND v.price + v.ppm + v.minor > 0 OR v.kind = 'text' AND v.is_choice
    ) OR (SELECT count(DISTINCT l ->> 'key') < count(*) FROM unnest(lines) AS l) THEN
        PERFORM hub.refuse_content('a value of a line is out of its range');
    ELSIF EXISTS (
        SELECT FROM unnest(lines) AS l WHERE l ->> 'alternative_of' IS NOT NULL GROUP BY l ->> 'alternative_of'
        HAVING count(*) FILTER (WHERE (l ->> 'is_taken')::boolean) NOT BETWEEN
            CASE WHEN bool_and((l ->> 'is_optional')::boolean) THEN 0 ELSE 1 END AND 1
    ) THEN
        PERFORM hub.refuse_content('of alternatives one is taken');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION hub.tax_on(amount numeric, rate numeric, content jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT hub.divided(
        amount * rate, CASE content ->> 'tax_mode' WHEN 'added' THEN 1000000 ELSE 1000000 + rate END,
        content ->> 'rounding'
    )
$$;

-- What the stored columns of a quote come to, under their names, and what its limits are asked of: `reference_minor` at
-- list prices and `concession_minor` of what is given off them, `cost_minor` (null while one is not known), and `parts`:
-- concession and reference of each line that counts and is no gift. `costs`: product -> millionths; `lowest`: line ->
-- millionths that its list price is at least. Null when a word is not known here; else what no quote may say is raised.
DROP FUNCTION IF EXISTS hub.price_quote(jsonb, jsonb);
CREATE OR REPLACE FUNCTION hub.price_quote(content jsonb, costs jsonb DEFAULT '{}', lowest jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    lines jsonb[] := hub.quote_lines(content);
    number integer := coalesce(cardinality(lines), 0);
    rounding text := content ->> 'rounding';
    step numeric := (content ->> 'cash_step_minor')::numeric;
    scale numeric;
    discount numeric;
    counts boolean[] := array_fill(false, ARRAY[number]);
    listed numeric[] := array_fill(0::numeric, ARRAY[number]);
    less numeric[] := listed;
    reference numeric[] := listed;
    weights numeric[] := listed;
    after numeric[] := listed;
    taxes numeric[] := listed;
    rate numeric;
    one jsonb;
    found jsonb;
BEGIN
    IF NOT hub.knows_words(content, lines) THEN
        RETURN NULL;
    END IF;
    PERFORM hub.check_content(content, lines);
    scale := 10::numeric ^ hub.exponent(content ->> 'currency');
    FOR place IN 1 .. number LOOP
        one := lines[place];
        counts[place] := (one ->> 'is_taken')::boolean
            OR NOT ((one ->> 'is_optional')::boolean OR one ->> 'alternative_of' IS NOT NULL);
        IF one ->> 'kind' = 'product' THEN
            listed[place] := hub.divided(
                (one ->> 'unit_price_micros')::numeric * (one ->> 'quantity_milli')::numeric * scale, 1000000000, rounding
            );
            less[place] := (one ->> 'discount_minor')::numeric;
            IF less[place] = 0 THEN
                less[place] := hub.divided(listed[place] * (one ->> 'discount_ppm')::numeric, 1000000, rounding);
            END IF;
        END IF;
        IF one ->> 'kind' <> 'text' THEN
            reference[place] := greatest(listed[place], hub.divided(
                greatest((one ->> 'list_price_micros')::numeric, (lowest ->> (one ->> 'key'))::numeric)
                    * (one ->> 'quantity_milli')::numeric * scale,
                1000000000, rounding
            ));
        END IF;
        IF listed[place] > 1000000000000000 OR less[place] > listed[place] THEN
            PERFORM hub.refuse_content('an amount of a line is out of its range');
        END IF;
        weights[place] := CASE WHEN counts[place] THEN listed[place] - less[place] ELSE 0 END;
    END LOOP;
    discount := (content ->> 'discount_minor')::numeric;
    IF discount = 0 THEN
        discount := hub.divided(
            (SELECT coalesce(sum(w), 0) FROM unnest(weights) AS w) * (content ->> 'discount_ppm')::numeric, 1000000, rounding
        );
    END IF;
    IF discount > (SELECT coalesce(sum(w), 0) FROM unnest(weights) AS w) THEN
        PERFORM hub.refuse_content('the discount is more than the lines');
    END IF;
    weights := hub.split(discount, weights);
    FOR place IN 1 .. number LOOP
        after[place] := listed[place] - less[place] - weights[place];
        taxes[place] := hub.tax_on(after[place], (lines[place] ->> 'tax_rate_ppm')::numeric, content);
    END LOOP;
    IF content ->> 'tax_rounding' = 'per-total' THEN
        FOR rate IN SELECT DISTINCT (l ->> 'tax_rate_ppm')::numeric FROM unnest(lines) AS l LOOP
            taxes := hub.split_tax(rate, taxes, after, counts, lines, content);
        END LOOP;
    END IF;
    SELECT jsonb_build_object(
        'line_count', number,
        'list_minor', coalesce(sum(v.listed), 0),
        'reference_minor', coalesce(sum(v.reference), 0),
        'concession_minor', coalesce(sum(v.reference - v.after), 0),
        'net_minor', coalesce(sum(v.base), 0),
        'tax_minor', coalesce(sum(v.tax), 0),
        'total_minor', coalesce(sum(v.base + v.tax), 0),
        'cost_minor', CASE WHEN bool_and(v.cost IS NOT NULL) IS NOT FALSE THEN coalesce(sum(v.cost), 0) END,
        'parts', coalesce(
            jsonb_agg(jsonb_build_array(v.reference - v.after, v.reference)) FILTER (WHERE v.kind = 'product'), '[]'
        )
    ) INTO found
    FROM (
        SELECT
            u.line ->> 'kind' AS kind, u.listed, u.reference, u.after, u.tax,
            u.after - CASE content ->> 'tax_mode' WHEN 'added' THEN 0 ELSE u.tax END AS base,
            hub.divided(
                (costs ->> (u.line ->> 'product'))::numeric * (u.line ->> 'quantity_milli')::numeric * scale, 1000000000,
                rounding
            ) AS cost
        FROM unnest(lines, counts, listed, reference, after, taxes) AS u (line, counts, listed, reference, after, tax)
        WHERE u.counts AND u.line ->> 'kind' <> 'text'
    ) AS v;
    IF step > 0 THEN
        found := jsonb_set(found, '{total_minor}', to_jsonb(
            step * hub.divided((found ->> 'total_minor')::numeric, step, content ->> 'cash_rounding')
        ));
    END IF;
    RETURN found;
END $$;

-- The taxes of lines with one rate, rounded once and split among those that count.
CREATE OR REPLACE FUNCTION hub.split_tax(
    rate numeric, taxes numeric[], after numeric[], counts boolean[], lines jsonb[], content jsonb
) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    same integer[] := ARRAY(
        SELECT place FROM unnest(lines, counts) WITH ORDINALITY AS u (line, counts, place)
        WHERE u.counts AND (u.line ->> 'tax_rate_ppm')::numeric = rate ORDER BY place
    );
    weights numeric[] := ARRAY(SELECT after[s] FROM unnest(same) WITH ORDINALITY AS u (s, place) ORDER BY place);
    shares numeric[];
BEGIN
    shares := hub.split(hub.tax_on((SELECT coalesce(sum(w), 0) FROM unnest(weights) AS w), rate, content), weights);
    FOR place IN 1 .. cardinality(same) LOOP
        taxes[same[place]] := shares[place];
    END LOOP;
    RETURN taxes;
END $$;
