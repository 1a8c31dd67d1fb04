"""Which fields of an event or a message say who, which say what, and which may stay when somebody is erased.

Nothing stays that is not listed: a field that nobody knows may hold a name.
"""

import re

# Whom it is about: ids of people, alone or in a list. Whoever is erased is replaced by their pseudonym here.
PEOPLE = frozenset(
    {
        *(
            "user_id",
            "student_id",
            "tutor_id",
            "parent_id",
            "child_id",
            "recipient_id",
            "author_id",
            "owner_id",
        ),
        *("user_ids", "student_ids", "tutor_ids", "parent_ids", "child_ids"),
        *("cancelled_by", "rescheduled_by", "uploaded_by", "created_by", "updated_by", "deleted_by"),
        *("marked_by", "graded_by", "requested_by", "shared_with", "shared_by", "by", "sub"),
    }
)
# Everybody a message goes to: being one of several says nothing about its words.
ADDRESSEES = "user_ids"
# What else has an id.
THINGS = frozenset(
    {
        *("lesson_id", "homework_id", "payment_id", "material_id", "file_id", "report_id", "broadcast_id"),
        *(
            "notification_id",
            "delivery_id",
            "event_id",
            "message_id",
            "order_id",
            "correlation_id",
            "causation_id",
        ),
        *("correlationid", "causationid", "traceparent", "id", "source", "subject"),
    }
)
# Times, numbers, states: what figures are made of.
FACTS = frozenset(
    {
        *("starts_at", "new_date", "date", "duration_minutes", "price", "currency", "attendance_status"),
        *(
            "actual_duration_minutes",
            "student_rating",
            "tutor_rating",
            "topic_mastery",
            "rating",
            "completed_at",
        ),
        *("hours_before", "minutes_before", "remind_at", "answer", "due_at", "deadline", "attempt_number"),
        *("submitted_at", "score", "grade", "max_score", "check_status", "days_overdue", "amount", "method"),
        *("lessons", "lessons_paid", "balance", "balance_change", "lessons_deducted", "lessons_refunded"),
        *(
            "material_type",
            "file_size",
            "access_type",
            "duration_seconds",
            "role",
            "locale",
            "timezone",
            "active",
        ),
        *(
            "critical",
            "lessons_count",
            "total",
            "version",
            "granularity",
            "from",
            "to",
            "tz",
            "metric",
            "compare",
        ),
    }
)
# What an envelope or one of our own messages says beside.
ENVELOPE = frozenset(
    {
        *(
            "specversion",
            "type",
            "time",
            "datacontenttype",
            "event_type",
            "source_service",
            "service",
            "timestamp",
        ),
        *(
            "channel",
            "status",
            "state",
            "attempts",
            "at",
            "why",
            "due_at",
            "expires_at",
            "created_at",
            "action",
        ),
        *(
            "accepted",
            "duplicates",
            "number",
            "into",
            "notification",
            "parts",
            "waited_for",
            "must_answer_minutes",
        ),
        *("next_cursor", "passed"),
    }
)
KEPT = THINGS | FACTS | ENVELOPE
# Somebody else's own entry, when it only names the erased one among the family.
PROFILE = frozenset({"name", "email", "telegram_chat_id", "phone"})
# The title of a material is the school's, not a person's.
TITLED = frozenset({"title"})
# What a message says in so many words: without them there may be nothing left to send.
WORDS = ("title", "message")
# The facts of a message, which belong with it; and lists whose members are each judged by themselves.
TOGETHER = ("data",)
APART = ("items", "events", "results", "decisions", "deliveries")

PSEUDONYM = re.compile(r"^erased-[0-9a-f]{16}$")
# A number or an instant is nobody's id, whatever its digits.
FIGURE = re.compile(r"^(-?\d+(\.\d+)?|\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?)$")
LONGEST = 200


def is_pseudonym(user_id: object) -> bool:
    """Whether this stands for somebody who was erased."""
    return isinstance(user_id, str) and PSEUDONYM.match(user_id) is not None


def is_distinctive(user_id: str) -> bool:
    """Whether an id can be told from a number or a word in the middle of a text: `7` is an id only where ids stand."""
    return len(user_id) >= 3 and not user_id.isdigit()
