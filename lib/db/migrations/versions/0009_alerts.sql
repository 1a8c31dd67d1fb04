-- An alert lasts from `since` to `over_at`; its subject is a person, or the log.
CREATE TABLE IF NOT EXISTS alerts (
    kind    text NOT NULL,
    subject text NOT NULL,
    since   timestamptz NOT NULL,
    over_at timestamptz,
    detail  jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (kind, subject, since)
);
-- Whoever raises it second, raises nothing.
CREATE UNIQUE INDEX IF NOT EXISTS alerts_open ON alerts (kind, subject) WHERE over_at IS NULL;
