SET LOCAL lock_timeout = '5s';
-- An alert lasts from `since` to `over_at`; its subject is a person, or the log.
CREATE TABLE alerts (
    kind    text NOT NULL,
    subject text NOT NULL,
    since   timestamptz NOT NULL,
    over_at timestamptz,
    detail  jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (kind, subject, since)
);
-- Whoever raises it second, raises nothing.
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE over_at IS NULL;

-- Only what changed lately is looked at, every five minutes.
CREATE INDEX charges_charged ON charges (charged_at);
CREATE INDEX lessons_missed ON lessons (marked_at) WHERE outcome = 'unexcused_absence' AND NOT deleted;
CREATE INDEX lessons_held ON lessons (student_id, starts_at, lesson_id)
    WHERE outcome IN ('attended', 'excused_absence', 'unexcused_absence') AND NOT deleted;
