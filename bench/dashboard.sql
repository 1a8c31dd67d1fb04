-- Lessons by number: each student's turn comes round again and again, each on another day and half-hour.
CREATE TABLE plan AS
SELECT i, 'l-' || i AS lesson_id, 's-' || i % :students AS student_id, 't-' || i % :students % :tutors AS tutor_id,
    'Предмет ' || i % :students % 10 AS subject,
    (CAST(CAST(:first AS date) AS timestamp) + make_interval(days => CAST(i % :days AS integer),
        mins => CAST(300 + 30 * ((i / :days * 7 + i) % 26) AS integer))) AT TIME ZONE 'UTC' AS starts_at,
    CASE i % 20 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'excused_absence' WHEN 2 THEN 'unexcused_absence'
        WHEN 3 THEN NULL ELSE 'attended' END AS outcome
FROM generate_series(CAST(1 AS bigint), :lessons) AS i;
INSERT INTO events (position, source, id, type, subject, entity, occurred_at, data)
SELECT row_number() OVER (ORDER BY at, kind, i), 'bench', kind || '/' || i, kind, lesson_id, 'lesson:' || lesson_id, at, data
FROM (
    SELECT i, lesson_id, 'lesson.created' AS kind, starts_at - interval '7 days' AS at, jsonb_build_object('lesson_id', lesson_id,
        'student_id', student_id, 'tutor_id', tutor_id, 'subject', subject, 'price', '1500.00', 'currency', 'RUB',
        'starts_at', to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS data FROM plan
    UNION ALL SELECT i, lesson_id, 'lesson.updated', starts_at - interval '1 day', jsonb_build_object('lesson_id', lesson_id,
        'topic', 'Тема ' || i % 50) FROM plan WHERE i % 2 = 0
    UNION ALL SELECT i, lesson_id, 'lesson.cancelled', starts_at - interval '2 hours', jsonb_build_object('lesson_id', lesson_id)
        FROM plan WHERE outcome = 'cancelled'
    UNION ALL SELECT i, lesson_id, 'lesson.attendance_marked', starts_at + interval '1 hour', jsonb_build_object('lesson_id',
        lesson_id, 'attendance_status', outcome) FROM plan WHERE outcome <> 'cancelled'
) AS told;
INSERT INTO lessons (lesson_id, student_id, tutor_id, subject, topic, starts_at, duration_minutes, price, currency, outcome, marked_at, deleted)
SELECT lesson_id, student_id, tutor_id, subject, CASE WHEN i % 2 = 0 THEN 'Тема ' || i % 50 END, starts_at, 60, '1500.00', 'RUB', outcome,
    CASE WHEN outcome <> 'cancelled' THEN starts_at + interval '1 hour' END, false FROM plan ORDER BY starts_at, i;
INSERT INTO lesson_rollup (slot, tutor_id, student_id, subject, scheduled, completed, cancelled, excused, unexcused, minutes, ratings,
    rating_sum, confirmed, reschedule_asked, declined)
SELECT starts_at, tutor_id, student_id, subject, count(*), count(*) FILTER (WHERE outcome = 'attended'),
    count(*) FILTER (WHERE outcome = 'cancelled'), count(*) FILTER (WHERE outcome = 'excused_absence'),
    count(*) FILTER (WHERE outcome = 'unexcused_absence'), 60 * count(*) FILTER (WHERE outcome = 'attended'), 0, 0, 0, 0, 0
FROM plan GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
INSERT INTO lesson_slots SELECT slot, subject, sum(scheduled), sum(completed), sum(cancelled), sum(excused), sum(unexcused), sum(minutes),
    0, 0, 0, 0, 0 FROM lesson_rollup GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO lesson_days SELECT CAST(slot AT TIME ZONE 'UTC' AS date), tutor_id, sum(scheduled), sum(completed), sum(cancelled), sum(excused),
    sum(unexcused), sum(minutes), 0, 0, 0, 0, 0 FROM lesson_rollup GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO activity_rollup (slot, user_id, registered, logins, actions, deactivated)
SELECT starts_at + interval '1 hour', student_id, 0, 0, count(*), 0 FROM plan WHERE outcome = 'attended' GROUP BY 1, 2 ORDER BY 1, 2;
INSERT INTO figure_versions
SELECT family, CAST(month AS date), (SELECT max(position) FROM events)
FROM unnest(ARRAY['lessons', 'users']) AS family,
    generate_series(date_trunc('month', CAST(:first AS timestamp)), CAST(:first AS date) + :days, interval '1 month') AS month;
DROP TABLE plan;
