-- Who made a row is who pushed it. Source: docs/sync-protocol.md, "Merging an op".

-- An op's changes without another maker than its author: nobody makes a row in somebody else's name, or gives
-- one another maker later. Whoever accepts a proposal keeps the name of its author, who tried to make the row.
-- The op is kept and sent as it is corrected, without salt.
CREATE OR REPLACE FUNCTION hub.with_author(op hub.incoming) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    named text := op.changes -> 'created_by' ->> 0;
    corrected jsonb;
BEGIN
    IF op.kind = 'update' THEN
        corrected := op.changes - 'created_by'::text;
    ELSIF op.kind <> 'insert' OR EXISTS (
        SELECT FROM hub.op AS o
        WHERE o.row_id = op.row_id AND o.tbl = op.tbl AND o.kind = 'insert' AND o.author = named
    ) THEN
        RETURN op.changes;
    ELSE
        corrected := jsonb_set(op.changes, '{created_by}', jsonb_build_array(op.author));
    END IF;
    UPDATE hub.op AS o SET changes = corrected::text, salt = NULL WHERE o.op_id = op.op_id;
    RETURN corrected;
END $$;
