-- What merging and checking know of a table, and the forms in which ops pass between the functions.

-- What merging and checking ask of a table's columns, in one row a table.
DROP TABLE IF EXISTS hub.shape CASCADE;
CREATE TABLE hub.shape (
    tbl text PRIMARY KEY,
    columns text[] NOT NULL,
    guarded text[] NOT NULL,
    personal text[] NOT NULL,
    placeholders jsonb NOT NULL,
    forms jsonb NOT NULL,
    user_refs text[] NOT NULL,
    refs text[] NOT NULL,
    ref_tbls text[] NOT NULL,
    groups jsonb NOT NULL,
    units jsonb NOT NULL,
    is_append_only boolean NOT NULL,
    is_organisation boolean NOT NULL,
    is_owned boolean NOT NULL,
    is_value boolean NOT NULL,  -- nothing but a value of a person: an erasure buries the row
    ring_refs text[] NOT NULL,  -- to the row above one in the same table
    key_columns text[] NOT NULL  -- on which it depends with whom a row shares a business key
);
-- The key of an external id is a person's word too: store/personal.py.
INSERT INTO hub.shape
SELECT
    t.name,
    array_agg(c.name ORDER BY c.position),
    coalesce(array_agg(c.name ORDER BY c.position) FILTER (WHERE c.merge = 'guarded'), '{}'),
    coalesce(array_agg(c.name ORDER BY c.position) FILTER (WHERE p.is_personal), '{}'),
    coalesce(jsonb_object_agg(c.name, c.placeholder) FILTER (WHERE p.is_personal), '{}'),
    jsonb_object_agg(c.name, CASE WHEN c.type IN ('integer', 'flag') THEN 'number' ELSE 'string' END),
    coalesce(array_agg(c.name ORDER BY c.position) FILTER (WHERE c.refers_to = 'user'), '{}'),
    coalesce(array_agg(c.name ORDER BY c.position) FILTER (WHERE c.refers_to <> '*'), '{}'),
    coalesce(array_agg(c.refers_to ORDER BY c.position) FILTER (WHERE c.refers_to <> '*'), '{}'),
    coalesce(jsonb_object_agg(c.name, c.unit) FILTER (WHERE g.is_group), '{}'),
    coalesce(
        (
            SELECT jsonb_object_agg(of_unit.unit, of_unit.names)
            FROM (
                SELECT g.unit, jsonb_agg(g.name ORDER BY g.position) AS names
                FROM hub.col AS g WHERE g.tbl = t.name
                -- A unit may be called like one of its columns.
                GROUP BY g.unit HAVING bool_or(g.unit <> g.name)
            ) AS of_unit
        ),
        '{}'
    ),
    t.is_append_only,
    t.name IN (
        'setting', 'choice_item', 'rate', 'calendar_day', 'custom_field', 'pipeline', 'stage', 'team', 'user',
        'tax'
    ),
    bool_or(c.name = 'owner_id' AND c.merge = 'guarded'),
    t.name IN ('phone', 'email', 'address', 'custom_value', 'attachment', 'external_id'),
    CASE t.name
        WHEN 'account' THEN ARRAY['parent_id']
        WHEN 'user' THEN ARRAY['manager_id']
        WHEN 'task' THEN ARRAY['follows_id']
        ELSE '{}'
    END,
    CASE t.name
        WHEN 'account' THEN ARRAY['tax_id', 'deleted_at']
        WHEN 'product' THEN ARRAY['code', 'deleted_at']
        WHEN 'quote' THEN ARRAY['number', 'deleted_at']
        WHEN 'sales_order' THEN ARRAY['number', 'deleted_at']
        WHEN 'external_id' THEN ARRAY['key', 'source', 'noun', 'record_id', 'deleted_at']
        ELSE '{}'
    END
FROM hub.tab AS t
JOIN hub.col AS c ON c.tbl = t.name
CROSS JOIN LATERAL (
    SELECT c.is_personal OR (c.tbl, c.name) = ('external_id', 'key') AS is_personal
) AS p
CROSS JOIN LATERAL (
    SELECT bool_or(u.unit <> u.name) AS is_group FROM hub.col AS u WHERE u.tbl = c.tbl AND u.unit = c.unit
) AS g
GROUP BY t.name, t.is_append_only;

DROP TYPE IF EXISTS hub.incoming CASCADE;
CREATE TYPE hub.incoming AS (
    op_id text, tx_id text, seq bigint, hlc bigint, clock bigint, kind text, tbl text, row_id text,
    changes jsonb, device text, author text, cursor_version bigint,
    judged text,  -- the user whose sight and rights count: the author, or who brings the op back
    new_values jsonb  -- column -> new value
);

-- `took` null: all of them. `conflicts`: an array of what hub.raised makes. `said`: the payload of an erasure that
-- came without one.
DROP TYPE IF EXISTS hub.merged CASCADE;
CREATE TYPE hub.merged AS (
    "values" jsonb, took text[], restored jsonb, conflicts jsonb, blanked text[], said jsonb,
    is_insert boolean, is_invalid boolean
);
