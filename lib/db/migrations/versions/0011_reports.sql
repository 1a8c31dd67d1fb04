-- What somebody wants regularly, on the clock that the directory says is theirs. `next_at` was worked out for `zone`.
CREATE TABLE report_subscriptions (
    id           uuid PRIMARY KEY,
    requested_by text NOT NULL,
    scopes       text[] NOT NULL DEFAULT '{}',
    type         text NOT NULL,
    format       text NOT NULL,
    parameters   jsonb NOT NULL,
    locale       text,
    every        text NOT NULL CHECK (every IN ('weekly', 'monthly')),
    -- Monday is 0; a day that a month does not have is its last one.
    weekday      smallint CHECK (weekday BETWEEN 0 AND 6),
    day          smallint CHECK (day BETWEEN 1 AND 31),
    at           text NOT NULL,
    channel      text NOT NULL,
    zone         text NOT NULL,
    next_at      timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    CHECK ((every = 'weekly') = (weekday IS NOT NULL) AND (every = 'monthly') = (day IS NOT NULL))
);
CREATE INDEX report_subscriptions_of ON report_subscriptions (requested_by, id) WHERE ended_at IS NULL;
CREATE INDEX report_subscriptions_due ON report_subscriptions (next_at) WHERE ended_at IS NULL;

-- One report to be made. Whoever holds `lease_token` makes it; who lost it finds no row and has to let go.
CREATE TABLE reports (
    id              uuid PRIMARY KEY,
    type            text NOT NULL,
    format          text NOT NULL,
    parameters      jsonb NOT NULL,
    locale          text NOT NULL,
    state           text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'done', 'failed', 'expired', 'cancelled')),
    progress        smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    stage           text NOT NULL DEFAULT 'waiting',
    attempts        smallint NOT NULL DEFAULT 0,
    lease_until     timestamptz,
    lease_token     text,
    requested_by    text NOT NULL,
    scopes          text[] NOT NULL DEFAULT '{}',
    deliver_to      jsonb,
    -- Who wants what of which figures; one that is still good serves whoever asks the same again.
    fingerprint     text,
    -- Written before the file is stored, so that a crash between the two shows which file it was.
    artifact_key    text,
    artifact_sha256 text,
    artifact_bytes  bigint,
    media_type      text,
    filename        text,
    -- What a weekly letter says of it.
    digest          jsonb,
    error           text,
    notification_id uuid REFERENCES notifications (id),
    subscription_id uuid REFERENCES report_subscriptions (id),
    -- The day on the reader's calendar: moving to another zone does not bring the same week twice.
    slot            date,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz,
    expires_at      timestamptz
);
CREATE INDEX reports_of ON reports (requested_by, id);
CREATE UNIQUE INDEX reports_same ON reports (fingerprint)
    WHERE fingerprint IS NOT NULL AND state IN ('queued', 'running', 'done');
-- A parent's subscription makes a report for each child.
CREATE UNIQUE INDEX reports_slot ON reports (subscription_id, slot, coalesce(parameters ->> 'student_id', ''))
    WHERE subscription_id IS NOT NULL;
CREATE INDEX reports_open ON reports (updated_at) WHERE state IN ('queued', 'running');
CREATE INDEX reports_kept ON reports (expires_at) WHERE state = 'done';
CREATE INDEX reports_files ON reports (artifact_key) WHERE artifact_key IS NOT NULL;
CREATE INDEX reports_over ON reports (finished_at) WHERE finished_at IS NOT NULL;

-- Files that no report holds any more, until they are deleted from the storage.
CREATE TABLE ended_artifacts (
    key      text PRIMARY KEY,
    ended_at timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER reports_by_erased BEFORE INSERT ON reports
    FOR EACH ROW EXECUTE FUNCTION rename_erased_actor('requested_by');
CREATE TRIGGER report_subscriptions_by_erased BEFORE INSERT ON report_subscriptions
    FOR EACH ROW EXECUTE FUNCTION rename_erased_actor('requested_by');
