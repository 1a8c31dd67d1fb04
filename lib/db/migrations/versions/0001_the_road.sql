-- The event log. One writer at a time (advisory lock) gives positions without gaps in commit order,
-- so that "as of position n" means exactly the first n events.
CREATE TABLE events (
    position    bigint PRIMARY KEY,
    source      text NOT NULL,
    id          text NOT NULL,
    type        text NOT NULL,
    subject     text,
    entity      text,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    data        jsonb NOT NULL,
    attributes  jsonb NOT NULL DEFAULT '{}',
    UNIQUE (source, id)
);
CREATE INDEX events_entity ON events (entity) WHERE entity IS NOT NULL;
CREATE INDEX events_type_occurred ON events (type, occurred_at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- State folded from the log.
CREATE TABLE lessons (
    lesson_id        text PRIMARY KEY,
    student_id       text,
    tutor_id         text,
    subject          text,
    topic            text,
    starts_at        timestamptz,
    duration_minutes integer,
    price            numeric,
    currency         text,
    room_url         text,
    outcome          text,
    outcome_reason   text,
    actual_minutes   integer,
    student_rating   integer,
    tutor_rating     integer,
    marked_at        timestamptz,
    deleted          boolean NOT NULL DEFAULT false
);
CREATE INDEX lessons_starts_at ON lessons (starts_at);
CREATE INDEX lessons_tutor_student ON lessons (tutor_id, student_id);
CREATE INDEX lessons_student ON lessons (student_id);

CREATE TABLE users (
    user_id        text PRIMARY KEY,
    role           text,
    registered_at  timestamptz,
    deactivated_at timestamptz
);

-- Roll-ups by quarter of an hour: every time zone in use today has an offset of whole quarters,
-- so a local day in any of them is a whole number of slots.
CREATE TABLE lesson_rollup (
    slot timestamptz, tutor_id text, student_id text, subject text,
    scheduled integer NOT NULL, completed integer NOT NULL, cancelled integer NOT NULL,
    excused integer NOT NULL, unexcused integer NOT NULL, minutes integer NOT NULL,
    ratings integer NOT NULL, rating_sum integer NOT NULL,
    PRIMARY KEY (slot, tutor_id, student_id, subject)
);
CREATE TABLE payment_rollup (
    slot timestamptz, tutor_id text, student_id text, currency text, method text,
    payments integer NOT NULL, revenue numeric NOT NULL, refunds integer NOT NULL,
    refunded numeric NOT NULL, failed integer NOT NULL,
    PRIMARY KEY (slot, tutor_id, student_id, currency, method)
);
CREATE TABLE homework_rollup (
    slot timestamptz, tutor_id text, student_id text, subject text,
    assigned integer NOT NULL, submitted integer NOT NULL, with_due integer NOT NULL,
    on_time integer NOT NULL, graded integer NOT NULL, score_percent numeric NOT NULL,
    overdue integer NOT NULL,
    PRIMARY KEY (slot, tutor_id, student_id, subject)
);
CREATE TABLE activity_rollup (
    slot timestamptz, user_id text,
    registered integer NOT NULL, logins integer NOT NULL, actions integer NOT NULL,
    deactivated integer NOT NULL,
    PRIMARY KEY (slot, user_id)
);

-- Who can be reached, and what they want.
CREATE TABLE recipients (
    user_id          text PRIMARY KEY,
    role             text,
    name             text,
    email            text,
    telegram_chat_id text,
    phone            text,
    locale           text,
    timezone         text,
    active           boolean NOT NULL DEFAULT true,
    parent_ids       text[] NOT NULL DEFAULT '{}',
    child_ids        text[] NOT NULL DEFAULT '{}',
    channels         jsonb NOT NULL DEFAULT '{}',
    updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX recipients_role ON recipients (role) WHERE active;
-- Who names somebody as a parent or a child, possibly before that person is known.
CREATE INDEX recipients_parents ON recipients USING gin (parent_ids);
CREATE INDEX recipients_children ON recipients USING gin (child_ids);
CREATE TABLE preferences (
    user_id    text PRIMARY KEY,
    body       jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE telegram_links (
    code_hash  text PRIMARY KEY,
    user_id    text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- What was planned, and what became of it.
CREATE TABLE notifications (
    id             uuid PRIMARY KEY,
    type           text NOT NULL,
    priority       text NOT NULL,
    event_source   text,
    event_id       text,
    correlation_id text,
    data           jsonb NOT NULL,
    template       text,
    locale         text,
    critical       boolean NOT NULL,
    send_at        timestamptz,
    expires_at     timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    requested_by   text
);
CREATE UNIQUE INDEX notifications_once ON notifications (event_source, event_id, type) WHERE event_id IS NOT NULL;
CREATE INDEX notifications_correlation ON notifications (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX notifications_lesson ON notifications ((data ->> 'lesson_id'), type) WHERE data ? 'lesson_id';

CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES notifications (id),
    user_id         text NOT NULL,
    channel         text NOT NULL,
    state           text NOT NULL CHECK (state IN ('planned', 'held', 'queued', 'sending', 'sent', 'failed',
                        'unknown', 'suppressed', 'digested', 'cancelled', 'expired')),
    reason          text,
    due_at          timestamptz,
    expires_at      timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    resends         integer NOT NULL DEFAULT 0,
    stage           text,
    lease_until     timestamptz,
    lease_token     text,
    message_id      text,
    provider_id     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    UNIQUE (notification_id, user_id, channel)
);
CREATE INDEX deliveries_user ON deliveries (user_id, created_at DESC);
CREATE INDEX deliveries_open ON deliveries (state, lease_until)
    WHERE state IN ('planned', 'held', 'queued', 'sending');
CREATE TABLE timeline (
    position        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id     uuid,
    notification_id uuid NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind            text NOT NULL,
    state           text,
    reason          text,
    detail          jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX timeline_notification ON timeline (notification_id, position);
CREATE TABLE channel_pauses (
    channel      text PRIMARY KEY,
    paused_until timestamptz NOT NULL,
    reason       text NOT NULL
);

-- The edges: what came in, what must go out, what could not be understood.
CREATE TABLE inbox (
    consumer text, source text, id text,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, source, id)
);
CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange     text NOT NULL,
    routing_key  text NOT NULL,
    message_id   text NOT NULL,
    content_type text NOT NULL,
    body         text NOT NULL,
    priority     smallint NOT NULL DEFAULT 4,
    due_at       timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_due ON outbox (due_at, priority DESC, id);
CREATE TABLE queue_messages (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue        text NOT NULL,
    message_id   text,
    routing_key  text,
    content_type text NOT NULL,
    body         text NOT NULL,
    headers      jsonb NOT NULL DEFAULT '{}',
    priority     smallint NOT NULL DEFAULT 4,
    attempts     integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT now(),
    lease_until  timestamptz
);
CREATE INDEX queue_messages_due ON queue_messages (queue, priority DESC, id);
CREATE TABLE dead_letters (
    id           uuid PRIMARY KEY,
    queue        text NOT NULL,
    fingerprint  text NOT NULL,
    reason       text NOT NULL,
    content_type text NOT NULL,
    body         text NOT NULL,
    headers      jsonb NOT NULL DEFAULT '{}',
    parked_at    timestamptz NOT NULL DEFAULT now(),
    replayed_at  timestamptz,
    UNIQUE (queue, fingerprint)
);
CREATE TABLE queue_failures (
    queue       text,
    fingerprint text,
    attempts    integer NOT NULL,
    last_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (queue, fingerprint)
);
CREATE TABLE idempotency_keys (
    principal    text,
    key          text,
    request_hash text NOT NULL,
    status       integer NOT NULL,
    content_type text NOT NULL,
    body         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
);
CREATE TABLE schedule_runs (
    schedule text,
    slot     timestamptz,
    ran_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schedule, slot)
);
