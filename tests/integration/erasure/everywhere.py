"""Putting the person into every store that could hold them."""

import base64
import json

from tests.integration.erasure.archive import EMAIL, NAME, WHO, Archive, a_year, told

API = "/api/v1"
# By hand: what only a crash, a mail server or another function would leave there.
LEFT_BEHIND = """
    INSERT INTO queue_messages (queue, message_id, content_type, body, headers) VALUES
        ('analytics.events', 'm-s-masha-77', 'application/json', :event, '{"from": "s-masha-77"}');
    INSERT INTO dead_letters (id, queue, fingerprint, reason, content_type, body, headers) VALUES
        (gen_random_uuid(), 'q', 'f1', 'refused s-masha-77', 'text/plain', 'not JSON: ' || :name, '{}'),
        (gen_random_uuid(), 'q', 'f2', 'x', 'application/json', :escaped, '{"message_id": "x/s-masha-77"}');
    INSERT INTO answers (question, answer, user_id, delivery_id)
        SELECT 'lesson:l-1@2026', 'confirm', 's-masha-77', id FROM deliveries LIMIT 1;
    INSERT INTO bounces (delivery_id, report, action, status)
        SELECT id, 'report for ' || :email, 'failed', '5.1.1' FROM deliveries WHERE user_id = 's-masha-77' LIMIT 1;
    INSERT INTO receipts (id, metric, definition, asked, position, hash, tutor_id, student_ids) VALUES
        ('r-1', 'lessons', '1', '{"filters": {"student_ids": ["s-masha-77"]}}', 1, 'h', NULL, '{s-masha-77,s-petya}');
    INSERT INTO recomputations (id, state, stage, entity, requested_by) VALUES
        (gen_random_uuid(), 'waiting', 'entities', 'user:s-masha-77', 'admin:s-masha-77');
    INSERT INTO erasures (token, id, pseudonym, requested_by, counts) VALUES
        ('t', gen_random_uuid(), 'erased-of-another', 'admin:s-masha-77', '{}');
    INSERT INTO timeline (delivery_id, notification_id, kind, detail) SELECT id, notification_id, 'state',
        jsonb_build_object('by', 'tutor:s-masha-77', 'answers', jsonb_build_array('Приду (' || :name || ')'))
        FROM deliveries WHERE user_id = 'p-anna' LIMIT 1;
    INSERT INTO timeline (delivery_id, notification_id, kind, detail) SELECT id, notification_id, 'answer',
        jsonb_build_object('answer', '250 2.1.5 <' || :email || '> Ok', 'passed', '["known"]'::jsonb)
        FROM deliveries WHERE user_id = 's-masha-77' LIMIT 1;
    INSERT INTO report_subscriptions (id, requested_by, type, format, parameters, every, day, at, channel, zone,
        next_at) VALUES (gen_random_uuid(), 'student:s-masha-77', 'student', 'pdf', '{"student_id": "s-masha-77"}',
        'monthly', 1, '09 00', 'email', 'UTC', now());
    INSERT INTO reports (id, type, format, parameters, locale, state, requested_by, deliver_to, fingerprint, filename,
        artifact_key, error) SELECT gen_random_uuid(), 'student', 'pdf', '{"student_id": "s-masha-77"}', 'ru', state,
        'student:s-masha-77', '{"channel": "email", "user_id": "s-masha-77"}', state, :name, 'reports/ab/' || state,
        :name FROM unnest(ARRAY['queued', 'running', 'done', 'failed', 'expired', 'cancelled']) AS state;
    INSERT INTO schedule_runs (schedule, slot) VALUES ('lesson_reminder/x/s-masha-77/60', now());
    INSERT INTO sign_in_links (code_hash, user_id, expires_at) VALUES ('h', 's-masha-77', now());
    INSERT INTO bot_updates (update_id, chat_id) VALUES (1, '900000012345')
"""
PLACES = {
    *("answers", "attachments", "bounces", "broadcast_recipients", "bot_updates", "broadcasts", "charges"),
    "dead_letters",
    *("deliveries", "erasures", "event_keys", "events", "homework_rollup", "homeworks", "idempotency_keys"),
    *("inbox", "lesson_rollup", "lessons", "material_rollup", "activity_rollup", "notifications", "outbox"),
    *(
        "payment_rollup",
        "payments",
        "preferences",
        "queue_messages",
        "receipts",
        "recipients",
        "recomputations",
        "reports",
        "report_subscriptions",
    ),
    *(
        "redis",
        "schedule_runs",
        "send_chats",
        "sign_in_links",
        "telegram_links",
        "templates",
        "timeline",
        "users",
    ),
}


def live(school: Archive) -> None:
    """A year of events, messages of every fate, and the person in every table."""
    school.take(a_year())
    school.send_all()
    _wishes(school)
    _requests(school)
    _broadcast(school)
    school.services.cache.put("analytics:1", json.dumps({"student_ids": [WHO]}).encode(), ttl_s=3600)
    bad = told("homework.graded", {"homework_id": "h-1", "student_id": WHO, "comment": NAME}, "bad")
    school.take([bad])
    _left_behind(school)


def _left_behind(school: Archive) -> None:
    event = json.dumps(told("balance.low", {"student_id": WHO, "balance": 2}, "q"))
    escaped = json.dumps(told("balance.low", {"student_id": "x", "note": NAME}, "e"), ensure_ascii=True)
    values = {"event": event, "escaped": escaped, "name": NAME, "email": EMAIL}
    for statement in LEFT_BEHIND.split(";"):
        school.sql(statement, **{k: v for k, v in values.items() if f":{k}" in statement})


def _wishes(school: Archive) -> None:
    school.ok("PATCH", f"{API}/preferences/{WHO}", {"digest": "daily"}, role="student", sub=WHO)
    school.ok("POST", f"{API}/recipients/{WHO}/telegram-link", role="student", sub=WHO)


def _requests(school: Archive) -> None:
    key = {"Idempotency-Key": f"hello-to/{WHO}"}
    file = {
        "filename": f"{NAME}.txt",
        "content_type": "text/plain",
        "content": base64.b64encode(b"x").decode(),
    }
    body = {"type": "custom", "user_ids": [WHO, "p-anna"], "data": {"message": "Здравствуйте"}}
    asker = {"role": "admin", "sub": WHO}
    school.ok("POST", f"{API}/notifications", {**body, "attachments": [file]}, headers=key, **asker)
    about = {"type": "custom", "user_id": "p-anna", "data": {"message": f"{NAME} молодец"}}
    school.ok(
        "POST", f"{API}/notifications", {**about, "attachments": [file], "send_at": "2036-01-01T00:00:00Z"}
    )
    source = f'{{% extends base("email/lesson_created") %}}{{% block note %}}Ваша {NAME}{{% endblock %}}'
    template = {"name": "lesson_created", "channel": "email", "locale": "ru", "source": source}
    school.ok("POST", f"{API}/templates", template, **asker)


def _broadcast(school: Archive) -> None:
    body = {
        "audience": {"user_ids": [WHO, "p-anna"]},
        "data": {"message": "Собрание", "student_id": WHO},
        "name": f"Родителям {NAME}",
        "send_at": "2036-01-01T00:00:00Z",
    }
    path = f"{API}/broadcasts"
    school.ok("POST", path, body, role="admin", sub=WHO, function="dispatch_notifications")
