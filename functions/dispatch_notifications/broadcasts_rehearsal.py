"""What a broadcast would do: who gets it, who does not and why, how long it takes, and how it reads."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from functions.dispatch_notifications import broadcasts_pages
from functions.dispatch_notifications.audience import look_up, school_zone
from lib.db import templates
from lib.domain.decisions import Person
from lib.domain.explain import sentence
from lib.domain.plans import Asked, PlannedDelivery, plan
from lib.runtime import letters
from lib.runtime.call import Call

AT_ONCE = 500
SAMPLES = 5
LOCALES = ("ru", "en")


def rehearse(
    conn: Connection, call: Call, asked: Asked, channels: tuple[str, ...], users: Sequence[str]
) -> dict[str, Any]:
    """By the same decisions as the real thing; writes nothing."""
    counts: dict[str, Counter[str]] = {channel: Counter() for channel in channels}
    refused: dict[tuple[str, str], list[str]] = defaultdict(list)
    reached: set[str] = set()
    example: Person | None = None
    for person, each in _decided(conn, call, asked, channels, users):
        decision = each.decision
        counts[decision.channel][decision.state] += 1
        if decision.is_alive:
            reached.add(each.user_id)
            example = example or person
        else:
            refused[decision.channel, decision.reason].append(each.user_id)
    most = max(sum(counts[channel][state] for state in ("queued", "held")) for channel in channels)
    return {
        "recipients": len(users),
        "reached": len(reached),
        "channels": counts,
        "not_reached": [_refusal(*key, ids) for key, ids in sorted(refused.items())],
        **_duration(call, asked, most),
        "samples": _samples(conn, call, asked, channels, example) if example else [],
    }


def _decided(
    conn: Connection, call: Call, asked: Asked, channels: tuple[str, ...], users: Sequence[str]
) -> Iterator[tuple[Person, PlannedDelivery]]:
    for start in range(0, len(users), AT_ONCE):
        some = users[start : start + AT_ONCE]
        view = look_up(conn, school_zone(call.settings), [{"user_ids": list(some)}])
        for user_id in some:
            person = view.person(user_id)
            for each in plan(asked, [person], channels, call.now, str).deliveries:
                yield person, each


def _refusal(channel: str, reason: str, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "channel": channel,
        "reason": reason,
        "explanation": sentence(reason),
        "people": len(ids),
        "sample_user_ids": list(ids[:SAMPLES]),
    }


def _duration(call: Call, asked: Asked, messages: int) -> dict[str, Any]:
    seconds = messages / broadcasts_pages.RATE
    start = max(call.now, asked.send_at or call.now)
    return {
        "rate_per_second": broadcasts_pages.RATE,
        "takes_seconds": round(seconds, 1),
        "eta": start + timedelta(seconds=seconds),
    }


def _samples(
    conn: Connection, call: Call, asked: Asked, channels: tuple[str, ...], person: Person
) -> list[dict[str, Any]]:
    data = letters.with_names(conn, asked.data)
    samples = []
    for channel in channels:
        for locale in dict.fromkeys((asked.locale,) if asked.locale else LOCALES):
            words = letters.words(
                call.settings,
                asked.kind,
                channel,
                person,
                data,
                call.now,
                locale=locale,
                chosen=templates.chosen(conn, asked.template or asked.kind.name, channel, locale),
            )
            shown = {"subject": words.subject, "text": words.text, "html": words.html}
            samples.append({"channel": channel, "locale": locale, **shown})
    return samples
