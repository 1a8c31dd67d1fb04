-- What the school writes in the place of, or beside, the built-in templates. Versions are never changed; which
-- one is used is the only thing that moves. Without an active one it is the built-in template.
CREATE TABLE templates (
    name       text NOT NULL,
    channel    text NOT NULL CHECK (channel IN ('email', 'telegram')),
    locale     text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    type       text NOT NULL,
    source     text,
    subject    text,
    text       text,
    html       text,
    active     boolean NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, channel, locale, version),
    CHECK ((source IS NULL) <> (html IS NULL))
);
CREATE UNIQUE INDEX templates_active ON templates (name, channel, locale) WHERE active;
