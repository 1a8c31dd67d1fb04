-- What people did in the bot: one row an update, without a word of what they wrote.
CREATE TABLE IF NOT EXISTS bot_updates (
    update_id   bigint PRIMARY KEY,
    chat_id     text NOT NULL,
    taken_at    timestamptz NOT NULL DEFAULT now(),
    -- The press was answered: Telegram takes one answer a press, and the work after it may have to be done again.
    answered_at timestamptz,
    done_at     timestamptz
);
CREATE INDEX IF NOT EXISTS bot_updates_waiting ON bot_updates (chat_id, update_id) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS bot_updates_taken ON bot_updates (taken_at);
