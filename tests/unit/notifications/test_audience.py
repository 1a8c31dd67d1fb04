"""Whom an event concerns."""

import pytest

from lib.domain.audience import Recipient, concerned
from lib.domain.catalogue import TYPES, of_event

DIRECTORY = {
    "sasha": Recipient("sasha", "student", parent_ids=("mama", "papa")),
    "olga": Recipient("olga", "tutor"),
    "grown": Recipient("grown", "student", parent_ids=("grown",)),
}
LESSON = {"student_id": "sasha", "tutor_id": "olga"}


@pytest.mark.parametrize(
    ("kind", "data", "users"),
    [
        ("lesson_created", LESSON, ("sasha", "mama", "papa", "olga")),
        ("lesson_reminder", LESSON, ("sasha", "mama", "papa", "olga")),
        ("lesson_reminder", {**LESSON, "user_ids": ["papa", "stranger"]}, ("papa",)),
        ("lesson_completed", LESSON, ("sasha", "mama", "papa")),
        ("homework_submitted", LESSON, ("olga",)),
        ("homework_graded", LESSON, ("sasha", "mama", "papa")),
        ("payment_processed", {"student_id": "sasha"}, ("sasha", "mama", "papa")),
        ("material_shared", LESSON, ("sasha",)),
        ("welcome_message", {"user_id": "new"}, ("new",)),
        ("system_notification", {"user_ids": ["a", "b", "a"]}, ("a", "b")),
        ("lesson_created", {"student_id": "stranger", "tutor_id": "olga"}, ("stranger", "olga")),
        ("lesson_created", {"student_id": "olga", "tutor_id": "olga"}, ("olga",)),
        ("payment_processed", {"student_id": "grown"}, ("grown",)),
        ("lesson_created", {}, ()),
    ],
)
def test_each_type_concerns_its_people_once(
    kind: str, data: dict[str, object], users: tuple[str, ...]
) -> None:
    assert concerned(TYPES[kind], data, DIRECTORY) == users


def test_a_message_to_a_role_concerns_its_members() -> None:
    assert concerned(TYPES["system_notification"], {"role": "tutor"}, {}, members=("olga", "ivan")) == (
        "olga",
        "ivan",
    )


@pytest.mark.parametrize(
    ("event_type", "data", "name"),
    [
        ("lesson.created", {}, "lesson_created"),
        ("lesson.attendance_marked", {"attendance_status": "attended"}, "lesson_completed"),
        ("lesson.attendance_marked", {"attendance_status": "excused_absence"}, None),
        ("user.registered", {}, "welcome_message"),
        ("user.login", {}, None),
        ("something.new", {}, None),
    ],
)
def test_an_event_calls_for_one_type_or_none(event_type: str, data: dict[str, str], name: str | None) -> None:
    kind = of_event(event_type, data)
    assert (kind.name if kind else None) == name
