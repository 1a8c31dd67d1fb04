-- How many events of each type are in the log: read by every scrape of the metrics, so it must not be counted there.
CREATE TABLE event_counts (
    type   text PRIMARY KEY,
    events bigint NOT NULL
) WITH (fillfactor = 50);
-- Writers wait until the counts stand; readers do not.
LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO event_counts SELECT type, count(*) FROM events GROUP BY 1;

CREATE OR REPLACE FUNCTION remember_event_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_keys SELECT source, id, entity, position, received_at FROM added;
    -- In one order, though the log's writers take turns anyway: nothing here should rest on that.
    INSERT INTO event_counts SELECT type, count(*) FROM added GROUP BY 1 ORDER BY 1
        ON CONFLICT (type) DO UPDATE SET events = event_counts.events + excluded.events;
    RETURN NULL;
END $$;

-- Bodies live for the moment until they are sent: packing them costs more than the room it saves.
ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE queue_messages ALTER COLUMN body SET STORAGE EXTERNAL;
