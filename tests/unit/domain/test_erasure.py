"""An event without the people who were erased."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.erased import Bearing, Erased, bearing_on
from lib.domain.erasure import bare, scrubbed, without
from lib.domain.events import Event
from lib.domain.payloads import PAYLOADS
from lib.domain.possible_ids import possible_ids_of

NAME, EMAIL, PHONE, CHAT = "Мария Петрова", "masha.p@mail.example", "+79161234567", "900000012345"
WHO, GONE = "s-masha", "erased-0123456789abcdef"
TRACES = (NAME, EMAIL, PHONE, CHAT)
AT = datetime(2026, 9, 14, 9, tzinfo=UTC)
KNOWING, LATER = Erased({WHO: GONE}, TRACES), Erased({WHO: GONE})


def an_event(kind: str, data: Mapping[str, Any], **rest: Any) -> Event:
    return Event("test", rest.pop("id", "e-1"), kind, AT, data, **rest)


def test_a_students_lesson_keeps_its_figures_and_loses_who_and_what_was_said() -> None:
    data = {
        **{"lesson_id": "l-1", "student_id": WHO, "tutor_id": "t-1", "starts_at": "2026-09-15T09:00:00Z"},
        **{"subject": "Физика", "topic": "Готовим Машу к олимпиаде", "price": "1500.00", "currency": "RUB"},
        "room_url": "https://rooms.example/masha",
    }
    after = without(an_event("lesson.created", data, subject="l-1"), LATER)
    assert after.data == {
        **{"lesson_id": "l-1", "student_id": GONE, "tutor_id": "t-1", "starts_at": "2026-09-15T09:00:00Z"},
        **{"subject": "Физика", "price": "1500.00", "currency": "RUB"},
    }
    assert (after.id, after.type, after.time, after.subject) == ("e-1", "lesson.created", AT, "l-1")


def test_an_event_of_others_is_the_same_object() -> None:
    event = an_event("lesson.cancelled", {"lesson_id": "l-2", "reason": "Болезнь", "cancelled_by": "student"})
    assert without(event, KNOWING) is event


def test_an_id_that_only_begins_alike_is_somebody_else() -> None:
    event = an_event("user.login", {"user_id": f"{WHO}-2"}, subject=f"{WHO}-2")
    assert without(event, KNOWING) is event


def test_a_number_is_an_id_only_where_ids_of_people_stand() -> None:
    seven = Erased({"7": GONE})
    data = {"homework_id": "7", "student_id": "7", "score": "7", "max_score": 7}
    after = without(an_event("homework.graded", data, subject="7"), seven)
    assert after.data == {**data, "student_id": GONE}
    assert after.subject == "7"
    others = an_event("homework.graded", {**data, "student_id": "8"}, subject="7")
    assert without(others, seven) is others


def test_integers_and_texts_are_the_same_id() -> None:
    after = without(an_event("club.joined", {"user_id": 7}), Erased({"7": GONE}))
    assert after.data == {"user_id": GONE}


def test_an_announcement_to_many_keeps_its_words_for_the_others() -> None:
    data = {"user_ids": [WHO, "s-2"], "title": "Каникулы", "message": "Школа закрыта до понедельника"}
    after = without(an_event("system.notification", data), LATER)
    assert after.data == {**data, "user_ids": [GONE, "s-2"]}


def test_an_announcement_to_the_person_alone_loses_its_words() -> None:
    data = {"user_ids": [WHO], "title": "Маша", "message": "Вы приняты"}
    assert without(an_event("system.notification", data), LATER).data == {"user_ids": [GONE]}


def test_words_about_them_go_from_an_announcement_that_does_not_name_their_id() -> None:
    data = {"role": "tutor", "title": "Новости", "message": f"{NAME} победила"}
    assert without(an_event("system.notification", data), KNOWING).data == {
        "role": "tutor",
        "title": "Новости",
    }


def test_a_childs_entry_keeps_its_own_name_when_a_parent_goes() -> None:
    data = {"user_id": "s-2", "name": "Пётр", "email": "p@mail.example", "parent_ids": [WHO], "note": "сын"}
    after = without(an_event("user.registered", data, subject="s-2"), KNOWING)
    assert after.data == {"user_id": "s-2", "name": "Пётр", "email": "p@mail.example", "parent_ids": [GONE]}


def test_an_events_own_id_loses_the_person_the_same_way_on_both_sides() -> None:
    event = an_event("user.login", {"user_id": WHO}, id=f"login-{WHO}-17", subject=WHO)
    assert without(event, KNOWING).id == without(event, LATER).id == f"login-{GONE}-17"
    assert without(event, LATER).subject == GONE


def test_a_material_keeps_its_title_and_loses_its_author() -> None:
    data = {
        "material_id": "m-1",
        "title": "Степени",
        "subject": "Алгебра",
        "tutor_id": WHO,
        "filename": "x.pdf",
    }
    after = without(an_event("material.created", data), LATER)
    assert after.data == {"material_id": "m-1", "title": "Степени", "subject": "Алгебра", "tutor_id": GONE}


def test_an_attribute_may_only_say_what_it_belongs_with() -> None:
    attributes = {"correlation_id": f"order/{WHO}", "metadata": {"ip": "10.1.2.3", "user": WHO}}
    event = an_event("user.login", {"user_id": WHO}, attributes=attributes)
    assert without(event, LATER).attributes == {"correlation_id": f"order/{GONE}"}


def test_a_batch_is_judged_event_by_event() -> None:
    mine = {"specversion": "1.0", "id": "1", "type": "balance.low", "data": {"student_id": WHO, "note": "x"}}
    other = {
        "specversion": "1.0",
        "id": "2",
        "type": "balance.low",
        "data": {"student_id": "s-2", "note": "x"},
    }
    assert scrubbed([mine, other], LATER) == [{**mine, "data": {"student_id": GONE}}, other]


def test_a_digest_is_judged_part_by_part() -> None:
    parts = [
        {"type": "homework_graded", "data": {"student_id": WHO, "feedback": "Умница"}},
        {"type": "homework_graded", "data": {"student_id": "s-2", "feedback": "Хорошо"}},
    ]
    after = scrubbed({"items": parts, "why": "daily"}, LATER)
    assert after == {
        "items": [{"type": "homework_graded", "data": {"student_id": GONE}}, parts[1]],
        "why": "daily",
    }


def test_a_name_where_an_id_belongs_goes() -> None:
    data = {"lesson_id": "l-1", "student_id": WHO, "cancelled_by": "Мама Марии"}
    assert without(an_event("lesson.cancelled", data), LATER).data == {"lesson_id": "l-1", "student_id": GONE}


def test_what_is_left_of_their_own_message_tells_no_words() -> None:
    assert bare({"lesson_id": "l-1", "message": "x", "student_id": WHO}) == {"lesson_id": "l-1"}
    assert bare({"items": [{"data": {"title": "x"}}], "why": "daily"}) == {"items": []}


@pytest.mark.parametrize("text", [f"а {WHO}, привет", f"lesson:{WHO}", f"{WHO}@mail", f"x/{WHO}"])
def test_an_id_is_found_between_characters_that_cannot_belong_to_it(text: str) -> None:
    assert bearing_on({"note": text}, LATER) is Bearing.ASIDE
    assert WHO in possible_ids_of(an_event("x", {"note": text}))


words = st.sampled_from(["занятие", "and", "—", WHO, *TRACES, "s-mashaa", "x1", "\n", "«", "(", ")", "/"])
texts = st.lists(words, max_size=5).map(" ".join)
people = st.sampled_from([WHO, "s-2", "t-1"])
values = st.recursive(
    texts | st.integers(0, 100) | st.booleans() | st.none() | st.just(int(CHAT)) | people,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "feedback",
    "reason",
    "description",
    "comment",
    "topic",
    "message",
    "title",
    "teacher",
    "student_name",
    "x",
]
events = st.builds(
    an_event,
    kind=st.sampled_from([*PAYLOADS, "club.joined"]),
    data=st.fixed_dictionaries(
        {"student_id": people, "tutor_id": people, "user_id": people, "lesson_id": st.just("l-1")},
        optional={"user_ids": st.lists(people), "cancelled_by": people, "parent_ids": st.lists(people)}
        | dict.fromkeys(FIELDS, values),
    ),
    subject=st.sampled_from([None, "l-1", WHO]),
    id=st.sampled_from(["e-1", f"e-{WHO}-1", f"e/{WHO}"]),
    attributes=st.dictionaries(st.sampled_from(["correlation_id", "metadata"]), values, max_size=2),
)
TOKEN = re.compile(rf"(?<![\w-]){re.escape(WHO)}(?![\w-])")


def _everything(event: Event) -> str:
    return json.dumps(
        [event.id, event.source, event.subject, event.data, event.attributes], ensure_ascii=False
    )


@given(events)
def test_no_text_anywhere_holds_the_id_a_name_or_an_address(event: Event) -> None:
    left = _everything(without(event, KNOWING))
    assert not TOKEN.search(left)
    assert [trace for trace in TRACES if trace in left] == []


@given(events)
def test_doing_it_again_changes_nothing(event: Event) -> None:
    once = without(event, KNOWING)
    assert without(once, KNOWING) == once


@given(events)
def test_a_late_copy_has_the_same_key_as_the_one_in_the_log(event: Event) -> None:
    found = Erased({name: GONE for name in possible_ids_of(event) if name == WHO})
    assert without(event, found).key == without(event, KNOWING).key


@given(events)
def test_whoever_is_in_an_event_is_among_its_possible_ids(event: Event) -> None:
    assert WHO in possible_ids_of(event) or without(event, LATER) is event
