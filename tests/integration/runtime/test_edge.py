"""The edge that every function has: limits, tokens, routes, models, and errors that tell nothing."""

import json

import pytest
from structlog.testing import capture_logs

from lib.auth import sessions
from lib.auth.tokens import mint
from lib.runtime.edge import LARGEST_BODY
from lib.runtime.settings import Settings
from tests.integration.runtime.desk import Desk, problem


def test_a_good_request_is_answered_with_an_id_and_without_sniffing(desk: Desk) -> None:
    answer = desk.add({"subject": "Физика"})
    assert (answer.status_code, json.loads(answer.data)["subject"]) == (201, "Физика")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert desk.kept() == ["Физика"]


@pytest.mark.parametrize("extra", [1, 1000])
def test_a_body_over_the_limit_is_413_whether_its_length_is_told_or_not(desk: Desk, extra: int) -> None:
    big = b'{"subject": "' + b"x" * (LARGEST_BODY - 15 + extra) + b'"}'
    assert len(big) == LARGEST_BODY + extra
    told = desk.call("POST", "/lessons", data=big, content_type="application/json")
    problem(told, 413)
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    untold = desk.call(
        "POST", "/lessons", data=big, content_type="application/json", environ_overrides=chunked
    )
    problem(untold, 413)
    assert desk.kept() == []


def test_a_length_over_the_limit_is_413_before_anything_is_read(desk: Desk) -> None:
    lie = {"CONTENT_LENGTH": str(10**12)}
    problem(
        desk.call("POST", "/lessons", data=b"{}", content_type="application/json", environ_overrides=lie), 413
    )


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_a_body_that_is_not_called_json_is_415(desk: Desk, content_type: str) -> None:
    problem(desk.call("POST", "/lessons", data=b'{"subject": "x"}', content_type=content_type), 415)


def test_any_json_media_type_will_do(desk: Desk) -> None:
    for content_type in ("application/json; charset=utf-8", "application/vnd.school+json"):
        assert (
            desk.call("POST", "/lessons", data=b'{"subject": "x"}', content_type=content_type).status_code
            == 201
        )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"subject": "x",}',
        b'{"subject": "\xff"}',
        b'{"subject": NaN}',
        b'{"subject": "x", "minutes": Infinity}',
        b'{"subject": "x", "minutes": 1e999}',
        b'{"subject": "x", "minutes": ' + b"9" * 5000 + b"}",
        b'{"subject": "x", "subject": "y"}',
        b'{"subject": "\\ud800"}',
        b'{"subject": "a\\u0000b"}',
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"subject": "x", "minutes": 0}',
        b'{"subject": "x", "minutes": "many"}',
        b'{"subject": ""}',
        b'{"subject": "x", "colour": "red"}',
        b'["subject"]',
        b"null",
        b'"text"',
    ],
)
def test_bad_json_is_a_400_that_says_what_to_mend(desk: Desk, raw: bytes) -> None:
    body = problem(desk.call("POST", "/lessons", data=raw, content_type="application/json"), 400)
    assert len(body["detail"]) > 10
    assert len(json.dumps(body)) < 1000
    assert desk.kept() == []


def test_a_wrong_field_is_named_with_what_is_wrong_about_it(desk: Desk) -> None:
    body = problem(desk.add({"subject": "x", "minutes": 0}), 400)
    assert [error["loc"] for error in body["errors"]] == ["minutes"]
    assert body["errors"][0]["msg"]
    assert body["instance"] == "/lessons"
    body = problem(desk.call("GET", "/lessons/t?days=x"), 400)
    assert body["errors"][0]["loc"] == "days"
    assert problem(desk.call("GET", "/lessons/t?colour=1"), 400)["errors"][0]["loc"] == "colour"


def test_a_verb_that_is_not_offered_is_405_and_a_path_that_is_not_there_is_404(desk: Desk) -> None:
    problem(desk.call("PUT", "/lessons"), 405)
    problem(desk.call("POST", "/lessons/t"), 405)
    for path in ("/nothing", "/lessons/a/b", "/lessons//", "/", "/../lessons"):
        problem(desk.call("GET", path), 404)


def test_what_is_absent_and_what_is_anothers_look_the_same(desk: Desk) -> None:
    assert desk.call("GET", "/lessons/t").json == {"id": "t", "days": 7}
    foreign = problem(desk.call("GET", "/lessons/someone"), 404)
    absent = problem(desk.call("GET", "/lessons/nobody"), 404)
    assert foreign.pop("instance") != absent.pop("instance")
    assert foreign == absent


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic dDp0", "Bearer not.a.token", "Bearer " + "a" * 9000]
)
def test_without_a_good_token_it_is_401_and_says_which_scheme(desk: Desk, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = desk.call("GET", "/lessons/t", role="", headers=headers)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_expired_token_and_one_of_another_key_are_401(desk: Desk) -> None:
    expired = mint(desk.settings, role="tutor", sub="t", ttl_seconds=-60)
    other = desk.settings.model_copy(update={"jwt_secret_key": "another-key-that-is-long-enough-0123456789"})
    for token in (expired, mint(other, role="tutor", sub="t")):
        problem(desk.call("GET", "/lessons/t", role="", headers={"Authorization": f"Bearer {token}"}), 401)


def test_a_role_that_may_not_is_403_and_one_that_may_is_not(desk: Desk) -> None:
    problem(desk.call("DELETE", "/lessons"), 403)
    assert desk.call("DELETE", "/lessons", role="admin").json == {"cleared": True}


@pytest.mark.parametrize("given", ["abc-1.2:3_x", "a" * 100])
def test_a_request_id_is_kept(desk: Desk, given: str) -> None:
    assert desk.call("GET", "/lessons/t", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", [None, "", "a" * 101, "a b", "<script>", "ж"])
def test_a_request_id_that_is_missing_or_odd_is_made_anew(desk: Desk, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given}
    made = [desk.call("GET", "/lessons/t", headers=headers).headers["X-Request-Id"] for _ in range(2)]
    assert len(set(made)) == 2
    assert given not in made
    assert all(len(request_id) == 32 for request_id in made)


def test_an_error_that_nobody_foresaw_is_500_and_tells_nothing(desk: Desk) -> None:
    answer = desk.call("GET", "/errors/unexpected")
    problem(answer, 500)
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


def test_our_own_errors_say_whether_to_try_again(desk: Desk) -> None:
    later = desk.call("GET", "/errors/temporary")
    assert (problem(later, 503)["detail"], later.headers["Retry-After"]) == ("Later.", "7")
    never = desk.call("GET", "/errors/permanent")
    assert problem(never, 422)["detail"] == "Never."
    assert "Retry-After" not in never.headers


def test_health_readiness_and_metrics_are_answered_before_anything_else(desk: Desk) -> None:
    for path in ("/_/health", "/healthz"):
        assert desk.call("GET", path, role="").json == {"status": "healthy", "function": "desk"}
    assert desk.call("GET", "/_/ready", role="").json == {"status": "ready", "function": "desk"}
    desk.add({"subject": "x"})
    metrics = desk.call("GET", "/metrics", role="")
    assert metrics.content_type.startswith("text/plain")
    assert 'function_requests_total{function="desk",status="2xx"}' in metrics.text


def test_while_the_database_is_away_it_is_alive_not_ready_and_answers_503(free_port: int) -> None:
    url = f"postgresql://repitbot:hunter2@127.0.0.1:{free_port}/none"
    desk = Desk(Settings(database_url=url, environment="test"))
    assert desk.call("GET", "/_/health").status_code == 200
    ready = desk.call("GET", "/_/ready")
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "2")
    answer = desk.add({"subject": "x"}, "k-1")
    problem(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1
    assert "hunter2" not in answer.text + ready.text


def test_a_link_that_opens_something_is_not_in_the_log(desk: Desk) -> None:
    with capture_logs() as lines:
        assert desk.call("GET", "/links/aVerySecretToken", role="").status_code == 200
        desk.call("GET", "/lessons/l-1")
    told = [line["path"] for line in lines if line["event"] == "request"]
    assert told == ["/links/…", "/lessons/l-1"]


def test_a_browsers_session_reads_and_never_writes(desk: Desk) -> None:
    token = sessions.mint(desk.settings.jwt_secret_key, sub="t", role="admin")
    cookie = {"Cookie": f"other=1; {sessions.COOKIE}={token}"}
    assert desk.call("GET", "/lessons/t", role="", headers=cookie).json == {"id": "t", "days": 7}
    problem(desk.call("POST", "/lessons", role="", headers=cookie, json={"subject": "x"}), 401)
    problem(desk.call("DELETE", "/lessons", role="", headers=cookie), 401)
    assert desk.kept() == []
    bearer = {"Authorization": f"Bearer {token}"}
    assert desk.call("DELETE", "/lessons", role="", headers=bearer).json == {"cleared": True}


def test_a_bearer_token_counts_before_the_cookie(desk: Desk) -> None:
    theirs = sessions.mint(desk.settings.jwt_secret_key, sub="other", role="tutor")
    answer = desk.call("GET", "/lessons/t", headers={"Cookie": f"{sessions.COOKIE}={theirs}"})
    assert answer.json == {"id": "t", "days": 7}
