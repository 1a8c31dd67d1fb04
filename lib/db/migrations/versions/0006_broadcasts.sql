-- Messages to many. Who gets one is settled when it is asked for; pages of recipients are planned in turn.
CREATE TABLE broadcasts (
    id           uuid PRIMARY KEY,
    name         text,
    -- planned: every page is; what is left of it is up to the deliveries.
    state        text NOT NULL CHECK (state IN ('sending', 'paused', 'cancelled', 'planned')),
    type         text NOT NULL,
    template     text,
    data         jsonb NOT NULL,
    channels     text[] NOT NULL,
    locale       text,
    audience     jsonb NOT NULL,
    send_at      timestamptz,
    expires_at   timestamptz,
    requested_by text NOT NULL,
    recipients   integer NOT NULL,
    next_page    integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz
);
CREATE TABLE broadcast_recipients (
    broadcast_id    uuid NOT NULL REFERENCES broadcasts (id),
    position        integer NOT NULL,
    user_id         text NOT NULL,
    notification_id uuid REFERENCES notifications (id),
    PRIMARY KEY (broadcast_id, position),
    UNIQUE (broadcast_id, user_id)
);
CREATE UNIQUE INDEX broadcast_recipients_notification ON broadcast_recipients (notification_id)
    WHERE notification_id IS NOT NULL;
