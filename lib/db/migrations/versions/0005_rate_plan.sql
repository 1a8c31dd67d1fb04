-- The rate plan of a channel: as many permits as calls may arrive in a rolling second. A permit is used by one
-- call at a time and rests for a second after the answer, so that whatever the network does to the order and
-- the spacing of calls, no second ever sees more of them than there are permits.
CREATE TABLE send_permits (
    channel    text     NOT NULL,
    n          smallint NOT NULL,
    free_at    timestamptz NOT NULL DEFAULT '-infinity',
    -- Who waits for it to be free, or uses it; nobody after held_until, which is how a crash gives it back.
    holder     text,
    -- While somebody waits for it: how urgently (0 may wait, 1 as usual, 2 at once); a more urgent one takes it over.
    lane       smallint,
    held_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (channel, n)
) WITH (fillfactor = 50);
INSERT INTO send_permits (channel, n) SELECT 'telegram', generate_series(1, 30);

-- Whatever is not urgent keeps a distance, so that permits do not come free all at once. The row is also the lock
-- that those who take a permit go through one by one.
CREATE TABLE send_lines (
    channel      text PRIMARY KEY,
    next_at      timestamptz NOT NULL DEFAULT '-infinity',
    urgent_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
INSERT INTO send_lines (channel) VALUES ('telegram');

-- A chat takes one call at a time, and the next a second after the answer. `minutes`, for groups only: when
-- each of the last calls will be a minute old, the latest last.
CREATE TABLE send_chats (
    channel text,
    chat_id text,
    free_at timestamptz NOT NULL,
    holder  text,
    minutes timestamptz[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (channel, chat_id)
) WITH (fillfactor = 50);

-- One try to begin a call; asked again with the same token it goes on where it was. `verdict` is
--   go       begin in `seconds`, some milliseconds at most; the permit is held for p_lease, until give_back_permit
--   wait     a permit is reserved: ask again in `seconds`
--   crowded  there is none within p_patience; chat: this chat has no room; paused: the channel is, for `reason`;
--            all of them for `seconds`
-- The clock is clock_timestamp(): now() would be the time at which the wait for the lock began.
CREATE FUNCTION take_permit(
    p_channel text, p_chat text, p_token text, p_lane smallint,
    p_gap interval, p_patience interval, p_lease interval, p_group_minute integer,
    OUT verdict text, OUT seconds double precision, OUT reason text
) LANGUAGE plpgsql AS $$
DECLARE
    grace  CONSTANT interval := '0.2 seconds';
    -- So long before its time a permit is handed out for good: what comes before the call is done meanwhile.
    early  CONSTANT interval := '0.02 seconds';
    line   send_lines%ROWTYPE;
    permit smallint;
    mine   boolean;
    moment timestamptz;
    start  timestamptz;
    until  timestamptz;
BEGIN
    -- Not waiting for the disk: a power cut may make it forget the last half second, about what a restart takes.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO line FROM send_lines WHERE channel = p_channel FOR UPDATE;
    moment := clock_timestamp();

    SELECT p.paused_until, p.reason INTO until, reason FROM channel_pauses p
    WHERE p.channel = p_channel AND p.paused_until > moment;
    IF FOUND THEN
        verdict := 'paused';
        seconds := extract(epoch FROM until - moment);
        RETURN;
    END IF;

    -- While a call is under way free_at is the end of its lease; most likely it is answered long before that.
    SELECT greatest(CASE WHEN c.holder IS NULL THEN c.free_at ELSE
        least(c.free_at, moment + interval '1.1 seconds' + random() * interval '0.2 seconds') END, (
        SELECT m FROM unnest(c.minutes) AS m WHERE p_group_minute > 0 ORDER BY m DESC OFFSET p_group_minute - 1 LIMIT 1
    )) INTO until FROM send_chats c WHERE c.channel = p_channel AND c.chat_id = p_chat;
    IF until > moment THEN
        verdict := 'chat';
        seconds := extract(epoch FROM until - moment);
        RETURN;
    END IF;

    -- One's own; else the first to be had, be it from somebody less urgent who waits for it.
    SELECT n, begin, holder = p_token INTO permit, start, mine FROM (
        SELECT n, holder, CASE
            WHEN p_lane = 2 AND holder IS DISTINCT FROM p_token THEN free_at
            WHEN held_until > moment THEN held_until - grace
            ELSE greatest(free_at, line.next_at, line.urgent_until)
        END AS begin
        FROM send_permits
        WHERE channel = p_channel AND (holder = p_token OR held_until <= moment OR lane < p_lane)
    ) AS candidates
    ORDER BY holder IS NOT DISTINCT FROM p_token DESC, greatest(begin, moment), holder IS NOT NULL, n LIMIT 1;
    seconds := greatest(extract(epoch FROM start - moment), 0);

    IF permit IS NULL OR start > moment + p_patience THEN
        verdict := 'crowded';
        seconds := coalesce(seconds, 1);
        IF p_lane = 2 THEN
            UPDATE send_lines SET urgent_until = moment + make_interval(secs => seconds) + grace
            WHERE channel = p_channel;
        END IF;
        RETURN;
    END IF;

    IF p_lane < 2 AND mine IS NOT TRUE THEN
        UPDATE send_lines SET next_at = greatest(next_at, greatest(start, moment) + p_gap) WHERE channel = p_channel;
    END IF;
    IF start > moment + early THEN
        verdict := 'wait';
        seconds := extract(epoch FROM start - moment - early / 2);
        UPDATE send_permits SET holder = p_token, lane = p_lane, held_until = start + grace
        WHERE channel = p_channel AND n = permit;
        RETURN;
    END IF;
    verdict := 'go';
    until := greatest(start, moment) + p_lease;
    UPDATE send_permits SET holder = p_token, lane = NULL, held_until = until, free_at = until
    WHERE channel = p_channel AND n = permit;
    INSERT INTO send_chats AS c (channel, chat_id, free_at, holder, minutes)
    SELECT p_channel, p_chat, until, p_token,
        CASE WHEN p_group_minute > 0 THEN ARRAY[until + interval '1 minute'] ELSE '{}' END
    WHERE p_chat IS NOT NULL
    ON CONFLICT (channel, chat_id) DO UPDATE SET free_at = excluded.free_at, holder = excluded.holder,
        minutes = ARRAY(SELECT m FROM unnest(c.minutes) AS m WHERE m > moment ORDER BY m) || excluded.minutes;
END $$;

-- After the answer, which came p_ago ago. A call that never began gives back as if that had been long ago.
CREATE FUNCTION give_back_permit(p_channel text, p_token text, p_ago interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    answered timestamptz := clock_timestamp() - p_ago;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE send_permits SET holder = NULL, lane = NULL, held_until = '-infinity',
        free_at = answered + interval '1 second'
    WHERE channel = p_channel AND holder = p_token;
    UPDATE send_chats SET holder = NULL, free_at = answered + interval '1 second',
        minutes = trim_array(minutes, least(1, cardinality(minutes)))
            || CASE WHEN cardinality(minutes) > 0 THEN ARRAY[answered + interval '1 minute'] ELSE '{}' END
    WHERE channel = p_channel AND holder = p_token;
END $$;
CREATE INDEX send_chats_held ON send_chats (channel, holder) WHERE holder IS NOT NULL;
