CREATE OR REPLACE FUNCTION hub.write_feed(closing bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RETURN;
END $$;
