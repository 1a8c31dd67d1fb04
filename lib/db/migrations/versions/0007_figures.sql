-- The log in months of arrival, so that old months can be moved, packed or backed up apart.
-- What an earlier version wrote becomes the first partition as it stands: nothing is copied.
ALTER TABLE events RENAME TO events_before;
DROP TRIGGER events_append_only ON events_before;
ALTER TABLE events_before DROP CONSTRAINT events_pkey;
ALTER TABLE events_before DROP CONSTRAINT events_source_id_key;
ALTER TABLE events_before ADD CONSTRAINT events_before_pkey PRIMARY KEY (position, received_at);
ALTER INDEX events_type_occurred RENAME TO events_before_type_occurred;
DROP INDEX events_entity;

CREATE TABLE events (
    position    bigint NOT NULL,
    source      text NOT NULL,
    id          text NOT NULL,
    type        text NOT NULL,
    subject     text,
    entity      text,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    data        jsonb NOT NULL,
    attributes  jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (position, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX events_type_occurred ON events (type, occurred_at);
-- A net under the months: an insert never fails because nobody made its month.
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- (source, id) identifies an event over all months, which no index on a partitioned table can see to.
CREATE TABLE event_keys (
    source      text NOT NULL,
    id          text NOT NULL,
    entity      text,
    position    bigint NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE FUNCTION make_event_months(ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    name text;
BEGIN
    FOR n IN 0..ahead LOOP
        name := 'events_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                -- Made apart and then attached: creating it in place would stop all readers.
                EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING DEFAULTS)', name);
                EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                    name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            EXCEPTION WHEN invalid_object_definition OR check_violation THEN
                -- The month lies in the partition of before, or its first rows went into the net already.
                NULL;
            END;
        END IF;
        month := month + interval '1 month';
    END LOOP;
END $$;

DO $$
DECLARE
    next_month timestamptz := (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF EXISTS (SELECT FROM events_before) THEN
        EXECUTE format('ALTER TABLE events ATTACH PARTITION events_before FOR VALUES FROM (MINVALUE) TO (%L)', next_month);
        -- Materials and charges had no story before, and facts of their own need none.
        INSERT INTO event_keys SELECT source, id, CASE
            WHEN type IN ('user.login', 'material.accessed', 'material.file.downloaded') THEN NULL
            WHEN type IN ('material.created', 'material.updated', 'material.deleted', 'material.shared',
                'material.file.uploaded') THEN 'material:' || (data ->> 'material_id')
            WHEN type IN ('payment.balance.deducted', 'payment.balance.refunded') THEN 'charge:'
                || (data ->> 'student_id') || '/' || coalesce(nullif(data ->> 'lesson_id', ''), source || '/' || id)
            ELSE entity END, position, received_at FROM events_before;
    ELSE
        DROP TABLE events_before;
    END IF;
    PERFORM make_event_months(2);
END $$;
CREATE INDEX event_keys_entity ON event_keys (entity) WHERE entity IS NOT NULL;

CREATE FUNCTION remember_event_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_keys SELECT source, id, entity, position, received_at FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER events_keys AFTER INSERT ON events REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION remember_event_keys();
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- States folded from the log, one row an entity.
CREATE TABLE payments (
    payment_id   text PRIMARY KEY,
    student_id   text NOT NULL,
    tutor_id     text,
    currency     text NOT NULL,
    method       text,
    subject      text,
    amount       numeric,
    lessons      integer,
    processed_at timestamptz,
    failed_at    timestamptz,
    refunded     numeric NOT NULL DEFAULT 0,
    refunded_at  timestamptz,
    -- Each refund on its own day: [{"at": …, "amount": "…"}, …].
    refunds      jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX payments_processed ON payments (processed_at);
CREATE INDEX payments_student ON payments (student_id);
CREATE INDEX payments_refunded ON payments (refunded_at) WHERE refunded_at IS NOT NULL;
CREATE INDEX payments_failed ON payments (failed_at) WHERE failed_at IS NOT NULL;
-- Lessons taken off a student's balance, less what was given back.
CREATE TABLE charges (
    student_id text,
    lesson_id  text,
    lessons    integer NOT NULL,
    charged_at timestamptz,
    PRIMARY KEY (student_id, lesson_id)
);
CREATE TABLE homeworks (
    homework_id  text,
    student_id   text,
    tutor_id     text,
    subject      text,
    due_at       timestamptz,
    assigned_at  timestamptz,
    overdue_at   timestamptz,
    submitted_at timestamptz,
    submissions  integer NOT NULL DEFAULT 0,
    graded_at    timestamptz,
    percent      numeric,
    PRIMARY KEY (homework_id, student_id)
);
CREATE INDEX homeworks_assigned ON homeworks (assigned_at);
CREATE INDEX homeworks_student ON homeworks (student_id);
CREATE TABLE materials (
    material_id   text PRIMARY KEY,
    title         text,
    subject       text,
    grade         integer,
    material_type text,
    tutor_id      text,
    created_at    timestamptz,
    deleted_at    timestamptz,
    files         integer NOT NULL DEFAULT 0,
    shares        integer NOT NULL DEFAULT 0
);

-- Coarse roll-ups: what a whole school's page reads does not grow with the number of its people.
CREATE TABLE lesson_slots (
    slot timestamptz, subject text,
    scheduled integer NOT NULL, completed integer NOT NULL, cancelled integer NOT NULL,
    excused integer NOT NULL, unexcused integer NOT NULL, minutes integer NOT NULL,
    ratings integer NOT NULL, rating_sum integer NOT NULL,
    confirmed integer NOT NULL, reschedule_asked integer NOT NULL, declined integer NOT NULL,
    PRIMARY KEY (slot, subject)
);
-- Days are UTC days: the whole ones inside a period; its two ends come from lesson_rollup.
CREATE TABLE lesson_days (
    day date, tutor_id text,
    scheduled integer NOT NULL, completed integer NOT NULL, cancelled integer NOT NULL,
    excused integer NOT NULL, unexcused integer NOT NULL, minutes integer NOT NULL,
    ratings integer NOT NULL, rating_sum integer NOT NULL,
    confirmed integer NOT NULL, reschedule_asked integer NOT NULL, declined integer NOT NULL,
    PRIMARY KEY (day, tutor_id)
);
CREATE TABLE material_rollup (
    slot timestamptz, material_id text, user_id text,
    accessed integer NOT NULL, downloads integer NOT NULL,
    PRIMARY KEY (slot, material_id, user_id)
);
-- What nobody has marked is looked for on every first page, and is little.
CREATE INDEX lessons_unmarked ON lessons (starts_at) WHERE outcome IS NULL AND NOT deleted;
CREATE INDEX lesson_rollup_student ON lesson_rollup (student_id, slot);
CREATE INDEX lesson_rollup_tutor ON lesson_rollup (tutor_id, slot);
CREATE INDEX homework_rollup_student ON homework_rollup (student_id, slot);
CREATE INDEX activity_rollup_user ON activity_rollup (user_id, slot);

-- The last position of the log that could have changed a family's figures in a UTC month;
-- the month 0001-01-01 stands for all of them.
CREATE TABLE figure_versions (
    family   text,
    month    date,
    position bigint NOT NULL,
    PRIMARY KEY (family, month)
);

-- What an answer said and on what ground, so that it can be proved later.
CREATE TABLE receipts (
    id          text PRIMARY KEY,
    metric      text NOT NULL,
    definition  text NOT NULL,
    asked       jsonb NOT NULL,
    position    bigint NOT NULL,
    hash        text NOT NULL,
    tutor_id    text,
    student_ids text[],
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX receipts_created ON receipts (created_at);

-- A rebuilding of all states and roll-ups from the log: asked for, under way, done. `upto` is how much of the
-- log is told already, `entity` and `fact` how far the first telling of it has come.
CREATE TABLE recomputations (
    id           uuid PRIMARY KEY,
    state        text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    stage        text NOT NULL,
    progress     integer NOT NULL DEFAULT 0,
    upto         bigint NOT NULL DEFAULT 0,
    entity       text NOT NULL DEFAULT '',
    fact         bigint NOT NULL DEFAULT 0,
    told         bigint NOT NULL DEFAULT 0,
    equal        boolean,
    differences  jsonb,
    error        text,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz
);
CREATE UNIQUE INDEX recomputations_one ON recomputations ((true)) WHERE state IN ('waiting', 'running');
-- What is new here is filled from the log there is: the bridge finds the first turn in the outbox.
WITH wanted AS (
    INSERT INTO recomputations (id, state, stage, requested_by)
    SELECT gen_random_uuid(), 'waiting', 'waiting', 'migration' WHERE EXISTS (SELECT FROM events) RETURNING id
)
INSERT INTO outbox (exchange, routing_key, message_id, content_type, body, priority)
SELECT '', 'analytics.events', id::text, 'application/cloudevents+json', jsonb_build_object('specversion', '1.0',
    'id', id, 'source', 'repitbot/functions', 'type', 'recompute.turn', 'time', now(),
    'datacontenttype', 'application/json', 'data', jsonb_build_object('id', id))::text, 1 FROM wanted;
