-- What became one message with others: the delivery that carried it.
ALTER TABLE deliveries ADD COLUMN merged_into uuid REFERENCES deliveries (id);
CREATE INDEX deliveries_held ON deliveries (user_id, channel) WHERE state = 'held';
CREATE INDEX deliveries_merged ON deliveries (merged_into) WHERE merged_into IS NOT NULL;

-- A question is answered once, whoever of the family taps first.
CREATE TABLE answers (
    question    text PRIMARY KEY,
    answer      text NOT NULL,
    user_id     text NOT NULL,
    delivery_id uuid NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);
-- After so many minutes without an answer it goes to the others who may answer.
ALTER TABLE notifications ADD COLUMN must_answer_minutes integer CHECK (must_answer_minutes > 0);
-- The channel to take when those asked for cannot reach somebody; null is any other one, 'none' none.
ALTER TABLE notifications ADD COLUMN fallback text;

-- What families answer to reminders, in the lesson's state and in the figures.
ALTER TABLE lessons ADD COLUMN answer text, ADD COLUMN answered_for timestamptz;
ALTER TABLE lesson_rollup
    ADD COLUMN confirmed integer NOT NULL DEFAULT 0,
    ADD COLUMN reschedule_asked integer NOT NULL DEFAULT 0,
    ADD COLUMN declined integer NOT NULL DEFAULT 0;
