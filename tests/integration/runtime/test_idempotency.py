"""Idempotency keys: the same request twice is done once, and a failed one leaves its key free."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.runtime.desk import Desk, problem


def test_the_same_key_and_body_are_done_once_and_answered_alike(desk: Desk) -> None:
    first = desk.add({"subject": "x"}, "k-1")
    again = desk.add({"subject": "x"}, "k-1")
    assert (again.status_code, again.data, again.content_type) == (201, first.data, first.content_type)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert desk.kept() == ["x"]


def test_the_same_key_with_another_body_is_422_and_does_nothing(desk: Desk) -> None:
    desk.add({"subject": "x"}, "k-1")
    problem(desk.add({"subject": "y"}, "k-1"), 422)
    assert desk.kept() == ["x"]


def test_a_key_belongs_to_who_used_it_and_no_key_means_no_memory(desk: Desk) -> None:
    desk.add({"subject": "a"}, "k-1")
    assert desk.add({"subject": "b"}, "k-1", sub="another").status_code == 201
    assert desk.add({"subject": "c"}, "k-1", role="admin").status_code == 201
    for _ in range(2):
        assert desk.add({"subject": "d"}).status_code == 201
    assert sorted(desk.kept()) == ["a", "b", "c", "d", "d"]


@pytest.mark.parametrize("key", ["", " ", "a\tb", "ж", "a" * 256])
def test_a_key_out_of_shape_is_400(desk: Desk, key: str) -> None:
    problem(desk.add({"subject": "x"}, key), 400)
    assert desk.kept() == []


def test_of_two_at_once_one_is_done_and_the_other_hears_that_it_is_in_progress(desk: Desk) -> None:
    desk.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(desk.add, {"subject": "x"}, "k-1")
        assert desk.entered.wait(10)
        problem(desk.add({"subject": "x"}, "k-1"), 409)
        problem(desk.add({"subject": "y"}, "k-1"), 409)
        desk.go_on.set()
        assert first.result(10).status_code == 201
    assert desk.add({"subject": "x"}, "k-1").data == first.result().data
    assert desk.kept() == ["x"]


@pytest.mark.parametrize(("subject", "status"), [("refused", 422), ("broken", 500)])
def test_a_request_that_failed_leaves_nothing_behind_and_its_key_free(
    desk: Desk, subject: str, status: int
) -> None:
    for _ in range(2):
        answer = desk.add({"subject": subject}, "k-1")
        problem(answer, status)
        assert "Idempotent-Replayed" not in answer.headers
        assert "hunter2" not in answer.text
    assert desk.add({"subject": "x"}, "k-1").status_code == 201
    assert desk.kept() == ["x"]
