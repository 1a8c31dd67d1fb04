-- After a restore nothing is sent until an operator says so: what a backup has as waiting may have been sent since.
-- One row at most. A restore makes the table before it brings any row of a backup that does not have it yet.
CREATE TABLE IF NOT EXISTS send_fence (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    backup_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT now(),
    -- Null while nothing may be sent.
    opened_at timestamptz,
    -- Until when the system before may have been sending; null: the operator wants all of it sent.
    lost_at   timestamptz
);
