-- Files that travel with a notification.
CREATE TABLE attachments (
    notification_id uuid NOT NULL REFERENCES notifications (id),
    n               smallint NOT NULL,
    filename        text NOT NULL,
    content_type    text NOT NULL,
    content         bytea NOT NULL,
    PRIMARY KEY (notification_id, n)
);

-- What mail servers said of a letter after they had accepted it; each report counts once.
CREATE TABLE bounces (
    delivery_id uuid NOT NULL REFERENCES deliveries (id),
    report      text NOT NULL,
    action      text NOT NULL,
    status      text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery_id, report)
);
