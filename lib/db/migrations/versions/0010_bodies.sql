-- Bodies live for the moment until they are sent: packing them costs more than the room it saves.
SET LOCAL lock_timeout = '5s';
ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE queue_messages ALTER COLUMN body SET STORAGE EXTERNAL;
