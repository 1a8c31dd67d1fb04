-- The journal of erasures. `token` finds whoever is named again, and tells nobody who it was; the pseudonym is drawn,
-- not derived, so nothing leads from it back to a person.
CREATE TABLE erasures (
    token            text PRIMARY KEY,
    id               uuid NOT NULL UNIQUE,
    pseudonym        text NOT NULL UNIQUE,
    erased_at        timestamptz NOT NULL DEFAULT now(),
    requested_by     text NOT NULL,
    counts           jsonb NOT NULL,
    -- When the cache was emptied for good: not before every answer that was under way is out.
    cache_cleared_at timestamptz
);
CREATE INDEX erasures_cached ON erasures (erased_at) WHERE cache_cleared_at IS NULL;

-- The key of the tokens (HMAC, RFC 2104, with its two pads worked out). It is made here and read only here.
CREATE TABLE erasure_salt (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);

-- An erasure waits for whoever is storing something, and they for it: what was looked up is true until the commit.
CREATE FUNCTION erasure_turn() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 5283455668517';

-- Called by whoever erases. Only then does the log let its rows be changed; they are never deleted.
CREATE FUNCTION begin_erasing() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    -- 32 bytes of which 244 bits are random, filled up to the 64 of a block.
    salt  bytea := decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
        || decode(repeat('00', 32), 'hex');
    inner_pad bytea := salt;
    outer_pad bytea := salt;
BEGIN
    PERFORM pg_advisory_xact_lock(erasure_turn());
    PERFORM set_config('repitbot.erasing', 'on', true);
    FOR n IN 0..63 LOOP
        inner_pad := set_byte(inner_pad, n, get_byte(salt, n) # 54);
        outer_pad := set_byte(outer_pad, n, get_byte(salt, n) # 92);
    END LOOP;
    INSERT INTO erasure_salt VALUES (true, inner_pad, outer_pad) ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('repitbot.erasing', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE FUNCTION erasure_token(name text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(name, 'UTF8'))), 'hex') FROM erasure_salt
$$;

-- Volatile, so that each look sees what was committed while the lock was waited for.
CREATE FUNCTION somebody_erased() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(erasure_turn());
    RETURN EXISTS (SELECT FROM erasures);
END $$;

CREATE FUNCTION pseudonyms_of(names text[]) RETURNS TABLE (name text, pseudonym text) LANGUAGE sql STABLE AS $$
    -- Worked out once a name, not once for each pair of a name and an act.
    WITH named AS MATERIALIZED (
        SELECT n, encode(sha256(s.outer_pad || sha256(s.inner_pad || convert_to(n, 'UTF8'))), 'hex') AS token
        FROM erasure_salt s CROSS JOIN unnest(names) AS n
    )
    SELECT n, e.pseudonym FROM named JOIN erasures e USING (token)
$$;

-- A net under the code: a sender, a page or a planner may hold somebody's id from before they were erased.
CREATE FUNCTION rename_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    IF somebody_erased() THEN
        SELECT pseudonym INTO found FROM erasures WHERE token = erasure_token(NEW.user_id);
        NEW.user_id := coalesce(found, NEW.user_id);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION drop_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_erased() AND EXISTS (SELECT FROM erasures WHERE token = erasure_token(NEW.user_id)) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
-- For a role and an id in one text; its column is the argument of the trigger.
CREATE FUNCTION rename_erased_actor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor text;
    found text;
BEGIN
    IF somebody_erased() THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO actor USING NEW;
        SELECT pseudonym INTO found FROM erasures
        WHERE token = erasure_token(substr(actor, strpos(actor, chr(58)) + 1));
        IF found IS NOT NULL THEN
            NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], split_part(actor, chr(58), 1) || chr(58) || found));
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- Whoever asks for figures of an id that is gone gets them; that it was asked for is not kept.
CREATE FUNCTION drop_receipt_of_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_erased() AND EXISTS (SELECT FROM pseudonyms_of(NEW.tutor_id || NEW.student_ids)) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER deliveries_of_erased BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION rename_erased();
CREATE TRIGGER answers_of_erased BEFORE INSERT ON answers FOR EACH ROW EXECUTE FUNCTION rename_erased();
CREATE TRIGGER broadcast_recipients_of_erased BEFORE INSERT ON broadcast_recipients
    FOR EACH ROW EXECUTE FUNCTION rename_erased();
CREATE TRIGGER recipients_of_erased BEFORE INSERT ON recipients FOR EACH ROW EXECUTE FUNCTION drop_erased();
CREATE TRIGGER preferences_of_erased BEFORE INSERT ON preferences FOR EACH ROW EXECUTE FUNCTION drop_erased();
CREATE TRIGGER telegram_links_of_erased BEFORE INSERT ON telegram_links FOR EACH ROW EXECUTE FUNCTION drop_erased();
CREATE TRIGGER notifications_by_erased BEFORE INSERT ON notifications FOR EACH ROW
    WHEN (NEW.requested_by IS NOT NULL) EXECUTE FUNCTION rename_erased_actor('requested_by');
CREATE TRIGGER broadcasts_by_erased BEFORE INSERT ON broadcasts
    FOR EACH ROW EXECUTE FUNCTION rename_erased_actor('requested_by');
CREATE TRIGGER templates_by_erased BEFORE INSERT ON templates
    FOR EACH ROW EXECUTE FUNCTION rename_erased_actor('created_by');
CREATE TRIGGER receipts_of_erased BEFORE INSERT ON receipts FOR EACH ROW
    WHEN (NEW.tutor_id IS NOT NULL OR NEW.student_ids IS NOT NULL) EXECUTE FUNCTION drop_receipt_of_erased();
CREATE TRIGGER recomputations_by_erased BEFORE INSERT ON recomputations
    FOR EACH ROW EXECUTE FUNCTION rename_erased_actor('requested_by');
