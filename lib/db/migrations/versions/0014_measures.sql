-- How often a delivery came into each state: read by every scrape of the metrics, so it must not be counted there.
CREATE TABLE delivery_counts (
    channel text,
    type    text,
    state   text,
    entered bigint NOT NULL,
    PRIMARY KEY (channel, type, state)
) WITH (fillfactor = 50);
-- What is not in the counts yet. Senders only append here: a shared row would make them wait for one another's commit.
CREATE TABLE delivery_changes (
    channel text NOT NULL,
    type    text NOT NULL,
    state   text NOT NULL,
    entered bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE FUNCTION remember_new_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO delivery_changes SELECT a.channel, n.type, a.state, count(*) FROM added a
        JOIN notifications n ON n.id = a.notification_id GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION remember_delivery_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO delivery_changes SELECT a.channel, n.type, a.state, count(*) FROM after_change a
        JOIN before_change b ON b.id = a.id AND b.state <> a.state
        JOIN notifications n ON n.id = a.notification_id GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

-- Writers wait until the counts stand; readers do not.
LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO delivery_counts SELECT d.channel, n.type, d.state, count(*) FROM deliveries d
    JOIN notifications n ON n.id = d.notification_id GROUP BY 1, 2, 3;
CREATE TRIGGER deliveries_added AFTER INSERT ON deliveries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION remember_new_deliveries();
CREATE TRIGGER deliveries_changed AFTER UPDATE ON deliveries
    REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
    FOR EACH STATEMENT EXECUTE FUNCTION remember_delivery_states();
