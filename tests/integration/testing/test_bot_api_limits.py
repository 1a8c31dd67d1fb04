"""The double's limits: nothing is limited unless it is asked for, and then strictly."""

import pytest
import urllib3

from lib.testing.mailbox.office import PostOffice

HTTP = urllib3.PoolManager(retries=False)
CHAT, GROUP = 700_001, -700_002


def send(office: PostOffice, chat_id: int, method: str = "sendMessage") -> urllib3.BaseHTTPResponse:
    url = f"{office.url}/bot{office.token}/{method}"
    return HTTP.request("POST", url, json={"chat_id": chat_id, "text": "x", "message_id": 1})


def retry_after(answer: urllib3.BaseHTTPResponse) -> int:
    assert answer.status == 429
    wait: int = answer.json()["parameters"]["retry_after"]
    assert answer.headers["Retry-After"] == str(wait)
    return wait


def inside(office: PostOffice) -> int:
    return len(office.ledger("telegram", "inside_retry_after"))


def test_without_limits_everything_is_taken(office: PostOffice) -> None:
    assert {send(office, CHAT).status for _ in range(40)} == {200}


def test_one_call_too_many_in_a_second_is_refused(office: PostOffice) -> None:
    office.script(limits={"per_second": 3})
    assert [send(office, CHAT + n).status for n in range(3)] == [200] * 3
    assert retry_after(send(office, CHAT + 3)) == 1
    assert inside(office) == 0


def test_whoever_calls_before_the_time_is_over_is_counted(office: PostOffice) -> None:
    office.script(limits={"per_second": 1})
    send(office, CHAT)
    send(office, CHAT + 1)
    assert [retry_after(send(office, CHAT + 2)) for _ in range(3)] == [1, 1, 1]
    assert inside(office) == 3
    assert len(office.telegram()) == 1


def test_reading_calls_are_no_offence(office: PostOffice) -> None:
    office.script(limits={"per_second": 1})
    send(office, CHAT)
    send(office, CHAT + 1)
    assert send(office, CHAT, "getMe").status == 200
    assert inside(office) == 0


def test_a_private_chat_takes_one_a_second(office: PostOffice) -> None:
    office.script(limits={})
    assert send(office, CHAT).status == 200
    assert retry_after(send(office, CHAT)) == 1


def test_a_group_takes_twenty_a_minute(office: PostOffice) -> None:
    office.script(limits={"per_second": 1000})
    assert {send(office, GROUP).status for _ in range(20)} == {200}
    assert 55 <= retry_after(send(office, GROUP)) <= 60


def test_a_scripted_429_can_close_the_door_for_its_time(office: PostOffice) -> None:
    office.script(bot_api=[{"retry_after": 30, "closes": True}])
    assert retry_after(send(office, CHAT)) == 30
    assert 28 <= retry_after(send(office, CHAT + 1)) <= 30
    assert inside(office) == 1


@pytest.mark.parametrize("how", ["clear", "replace"])
def test_limits_end_with_the_script(office: PostOffice, how: str) -> None:
    office.script(limits={"per_second": 1})
    if how == "clear":
        office.clear_script()
    else:
        office.script(replace=True)
    assert {send(office, CHAT).status for _ in range(5)} == {200}
