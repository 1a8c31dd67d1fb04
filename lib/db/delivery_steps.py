"""The statements that move a delivery from one state to the next. Each names the state it leaves, so that of
two who try the same step one finds no row. Only the database's clock is asked.
"""

from sqlalchemy import text

# `lib.db.fence` closes it: nothing is claimed, so nothing is sent. The row stays as it is, its message is told anew.
UNFENCED = "NOT EXISTS (SELECT FROM send_fence WHERE opened_at IS NULL)"
CLAIM = text(
    "UPDATE deliveries SET state = 'sending', stage = 'claimed', attempts = attempts + 1, "  # noqa: S608 - ours
    "lease_until = now() + make_interval(secs => :lease), lease_token = :token, updated_at = now() "
    f"WHERE id = CAST(:id AS uuid) AND {UNFENCED} AND coalesce(expires_at > now(), true) AND ("
    "  (state IN ('planned', 'held', 'queued') AND coalesce(due_at <= now(), true)) "
    "  OR (state = 'sending' AND stage = 'claimed' AND lease_until < now())) "
    "RETURNING *, now() AS clock"
)
CLOCK = text("SELECT now()")
LOOK = text(
    "SELECT *, now() AS clock, coalesce(lease_until < now(), true) AS lease_over, "
    "coalesce(expires_at <= now(), false) AS too_late, "
    "extract(epoch FROM lease_until - now())::float AS lease_left "
    "FROM deliveries WHERE id = CAST(:id AS uuid)"
)
STAGE = text(
    "UPDATE deliveries SET stage = 'dot', updated_at = now(), "
    "lease_until = now() + make_interval(secs => :lease) "
    "WHERE id = CAST(:id AS uuid) AND lease_token = :token AND state = 'sending' AND stage = 'claimed'"
)
SETTLE = text(
    "UPDATE deliveries SET state = :state, reason = :reason, finished_at = now(), updated_at = now(), "
    "provider_id = coalesce(:provider_id, provider_id), stage = NULL, lease_until = NULL, lease_token = NULL "
    "WHERE id = CAST(:id AS uuid) AND state = 'sending' AND lease_token = :token "
    "RETURNING *, now() AS clock"
)
PUT_BACK = text(
    "UPDATE deliveries SET state = :state, reason = :reason, due_at = :due_at, updated_at = now(), "
    "attempts = attempts - :refund, resends = resends + :resend, "
    "stage = NULL, lease_until = NULL, lease_token = NULL "
    "WHERE id = CAST(:id AS uuid) AND state = 'sending' AND lease_token = :token "
    "RETURNING *, now() AS clock"
)
EXPIRE = text(
    "UPDATE deliveries SET state = 'expired', reason = 'expired', stage = NULL, finished_at = now(), "  # noqa: S608 - ours
    f"updated_at = now() WHERE id = CAST(:id AS uuid) AND expires_at <= now() AND {UNFENCED} AND ("
    "  state IN ('planned', 'held', 'queued') "
    "  OR (state = 'sending' AND stage = 'claimed' AND lease_until < now())) "
    "RETURNING *, now() AS clock"
)
ADOPT = text(
    "UPDATE deliveries SET lease_token = :token, lease_until = now() + make_interval(secs => :lease) "
    "WHERE id = CAST(:id AS uuid) AND state = 'sending' AND stage = 'dot' AND lease_until < now() "
    "RETURNING *, now() AS clock"
)
CANCEL = text(
    "UPDATE deliveries SET state = 'cancelled', reason = :reason, finished_at = now(), updated_at = now() "
    "WHERE id = ANY(CAST(:ids AS uuid[])) AND state IN ('planned', 'held', 'queued') "
    "RETURNING *, now() AS clock"
)
CANCEL_REMINDERS = text(
    "UPDATE deliveries d SET state = 'cancelled', reason = :reason, finished_at = now(), updated_at = now() "
    "FROM notifications n WHERE n.id = d.notification_id AND d.state IN ('planned', 'held', 'queued') "
    "AND n.type = 'lesson_reminder' AND n.data ? 'lesson_id' "
    "AND n.data ->> 'lesson_id' = ANY(CAST(:lessons AS text[])) "
    "AND (CAST(:users AS text[]) IS NULL OR d.user_id = ANY(CAST(:users AS text[]))) "
    "RETURNING d.*, now() AS clock"
)
REVIVE = text(
    "UPDATE deliveries SET state = 'queued', reason = 'retried_by_hand', attempts = 0, resends = 0, "
    "due_at = now(), expires_at = now() + make_interval(secs => :worth), "
    "finished_at = NULL, updated_at = now() "
    "WHERE id = ANY(CAST(:ids AS uuid[])) AND state IN ('failed', 'unknown') RETURNING *, now() AS clock"
)
# One statement, so one round trip, in autocommit: every round trip between the provider's answer and the
# commit is a chance to be killed that leaves the outcome unknown. It writes the same outbox row as
# `lib.queue.outbox`.
SENT = text(
    "WITH done AS (UPDATE deliveries SET state = 'sent', reason = 'sent', provider_id = :provider_id, "
    "  finished_at = now(), updated_at = now(), stage = NULL, lease_until = NULL, lease_token = NULL "
    "  WHERE id = CAST(:id AS uuid) AND state = 'sending' AND lease_token = :token "
    "  RETURNING id, notification_id), "
    "line AS (INSERT INTO timeline (delivery_id, notification_id, kind, state, reason, detail) "
    "  SELECT id, notification_id, 'answer', 'sent', 'sent', CAST(:detail AS jsonb) FROM done), "
    "news AS (INSERT INTO outbox (exchange, routing_key, message_id, content_type, body, priority) "
    "  SELECT :exchange, :routing_key, :message_id, :content_type, :body, :priority FROM done RETURNING id) "
    "SELECT pg_notify(:wake, '') FROM news"
)
