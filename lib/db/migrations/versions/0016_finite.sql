-- Before version 17 PostgreSQL cannot take one time from another that is infinite, and the rate plan does: there no
-- message to Telegram ever got its permit. Any time long ago does as well.
ALTER TABLE send_permits ALTER COLUMN free_at SET DEFAULT 'epoch', ALTER COLUMN held_until SET DEFAULT 'epoch';
ALTER TABLE send_lines ALTER COLUMN next_at SET DEFAULT 'epoch', ALTER COLUMN urgent_until SET DEFAULT 'epoch';
UPDATE send_permits SET free_at = 'epoch' WHERE free_at = '-infinity';
UPDATE send_permits SET held_until = 'epoch' WHERE held_until = '-infinity';
UPDATE send_lines SET next_at = 'epoch' WHERE next_at = '-infinity';
UPDATE send_lines SET urgent_until = 'epoch' WHERE urgent_until = '-infinity';
