"""What becomes of every table of the database when somebody is erased. Each stands in exactly one of these lists."""

from collections.abc import Mapping
from types import MappingProxyType

from lib.db.entity_states import STATES
from lib.db.erasing import messages
from lib.db.erasing.sweep import BODY, DATA, RECORD, WORDS, Column
from lib.domain.erasure import renamed_people
from lib.domain.rollups import ROLLUPS

# Their own alerts are emptied, their subject being a pseudonym by then; those of others lose the person.
ALERT = Column(
    lambda value, row, person: (
        {} if row.subject == person.pseudonym else renamed_people(value, person.erased)
    ),
    "jsonb",
)
# Rewritten with the log, or told anew from it: see `log`.
TOLD = ("events", "event_keys", *(state.table for state in STATES.values()), *ROLLUPS)
# Ended, emptied and put under the pseudonym: see `messages`.
MESSAGES = ("notifications", "deliveries", "timeline", "attachments", "bounces")
# The person's own rows go: (table, column of their id).
DROPPED = MappingProxyType(
    {
        "recipients": "user_id",
        "preferences": "user_id",
        "telegram_links": "user_id",
        "sign_in_links": "user_id",
        "bot_updates": "chat_id",
        "send_chats": "chat_id",
    }
)
# The id alone is replaced: (table, columns that hold an id).
RENAMED = MappingProxyType(
    {
        "answers": ("user_id",),
        "alerts": ("subject",),
        "broadcast_recipients": ("user_id",),
        "receipts": ("tutor_id",),
    }
)
# The same where it stands behind a role, as in `admin:a-1`.
ACTORS = MappingProxyType(
    {
        "notifications": "requested_by",
        "broadcasts": "requested_by",
        "templates": "created_by",
        "recomputations": "requested_by",
        "idempotency_keys": "principal",
        "reports": "requested_by",
        "report_subscriptions": "requested_by",
        "erasures": "requested_by",
    }
)
# Looked through row by row; see `sweep` for what the kinds of columns mean. The outbox comes before the queue that it
# is emptied into.
SWEPT: Mapping[str, Mapping[str, Column]] = MappingProxyType(
    {
        "timeline": {"detail": DATA},
        "outbox": {"body": BODY, "message_id": WORDS},
        "queue_messages": {"body": BODY, "message_id": WORDS, "headers": DATA},
        "dead_letters": {"body": BODY, "headers": DATA, "reason": WORDS},
        "inbox": {"source": WORDS, "id": WORDS},
        "idempotency_keys": {"body": BODY, "key": WORDS},
        "broadcasts": {"data": DATA, "audience": RECORD, "name": WORDS},
        "templates": {"source": WORDS, "subject": WORDS, "text": WORDS, "html": WORDS},
        "answers": {"question": WORDS},
        "receipts": {"asked": RECORD},
        "recomputations": {"differences": RECORD, "error": WORDS, "entity": WORDS},
        "schedule_runs": {"schedule": WORDS},
        "alerts": {"detail": ALERT},
        "reports": {
            "parameters": RECORD,
            "deliver_to": RECORD,
            "digest": RECORD,
            "error": WORDS,
            "filename": WORDS,
        },
        "report_subscriptions": {"parameters": RECORD},
    }
)
# Every column that is looked through.
LOOKED_THROUGH: Mapping[str, Mapping[str, Column]] = MappingProxyType({**messages.LOOKED_THROUGH, **SWEPT})
# Nothing of anybody stands here, and why.
UNTOUCHED = MappingProxyType(
    {
        "erasures": "tokens, pseudonyms and numbers; who asked for it is among the actors",
        "erasure_salt": "random bytes",
        "figure_versions": "families of figures, months, positions",
        "event_counts": "types of events, numbers",
        "delivery_counts": "channels, types, states, numbers",
        "delivery_changes": "channels, types, states, numbers",
        "channel_pauses": "channels and mail servers, with a code",
        "send_permits": "numbers, and tokens of calls under way",
        "send_lines": "channels and times",
        "queue_failures": "fingerprints of messages (SHA-256 over whole bodies)",
        "ended_artifacts": "hashes of files that are about to be deleted: see `files`",
        "send_fence": "times",
        "alembic_version": "the revision of the schema",
    }
)
