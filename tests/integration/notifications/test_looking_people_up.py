"""The directory's list: by role, by what somebody types, page by page, and for whom."""

import pytest

from lib.auth.tokens import mint
from tests.integration.notifications.school import School

PATH = "/api/v1/recipients"


@pytest.fixture
def people(school: School) -> School:
    """Four people, two of whom share a name."""
    school.person("s-1", name="Мария Иванова", email="maria@example.com")
    school.person("s-2", name="Мария Петрова", email="petrova_100%@example.com", telegram_chat_id=77)
    school.person("t-1", role="tutor", name="Анна Серова")
    school.person("p-7", role="parent", name=None, email=None)
    return school


def found(school: School, query: str) -> list[str]:
    return [each["user_id"] for each in school.ok("GET", f"{PATH}?{query}")["items"]]


def test_everybody_stands_in_the_order_of_names(people: School) -> None:
    assert sorted(found(people, "")) == ["p-7", "s-1", "s-2", "t-1"]
    assert found(people, "role=student") == ["s-1", "s-2"]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("мария", ["s-1", "s-2"]),
        ("петр мар", ["s-2"]),
        ("t-1", ["t-1"]),
        ("p-", ["p-7"]),
        ("100%25@", ["s-2"]),
        ("maria@", ["s-1"]),
        ("77", ["s-2"]),
        ("_", ["s-2"]),
        ("nobody", []),
    ],
)
def test_each_word_has_to_occur_in_the_name_the_address_or_the_id(
    people: School, typed: str, ids: list[str]
) -> None:
    assert found(people, f"q={typed}") == ids


def test_pages_follow_each_other_without_gaps(people: School) -> None:
    seen, path = [], f"{PATH}?limit=1"
    for _ in range(4):
        page = people.ok("GET", path)
        seen += [each["user_id"] for each in page["items"]]
        path = f"{PATH}?limit=1&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert sorted(seen) == ["p-7", "s-1", "s-2", "t-1"]
    assert people.call("GET", f"{PATH}?cursor=nonsense").status_code == 400


@pytest.mark.parametrize("role", ["tutor", "parent", "student"])
def test_a_person_who_is_no_admin_may_not_list_people(people: School, role: str) -> None:
    assert people.call("GET", PATH, role=role, sub="t-1").status_code == 403


def test_a_service_needs_the_scope(people: School) -> None:
    token = mint(people.services.settings, role="service", sub="crm", scopes=["events:write"])
    bearer = {"Authorization": f"Bearer {token}"}
    assert people.call("GET", PATH, role=None, headers=bearer).status_code == 403
