"""stack.yml is read more strictly than the platforms read it."""

from pathlib import Path

import pytest

from lib.stack import Route, Stack, StackError, load, parse

TEXT = (Path(__file__).resolve().parents[2] / "stack.yml").read_text()

WRONG = {
    "a language that has no template": ("lang: repitbot", "lang: python", "lang is wrong"),
    "an unknown key": ("limits:", "limit:", "is missing"),
    "an unknown annotation": ("schedule:", "shedule:", "shedule is not a key that is known here"),
    "a number where text is meant": ("cpu: 500m", "cpu: 0.5", "cpu must be text; put it in quotes"),
    "a name that Kubernetes refuses": ("  send-email:\n", "  send_email:\n", "send_email is wrong"),
    "a name that is too long": ("  send-email:\n", f"  {'a' * 64}:\n", "is wrong"),
    "a handler that is called otherwise": (
        "/functions/send_email",
        "/functions/email",
        "must be ./functions/send_email",
    ),
    "a build argument of another function": ("FUNCTION: send_email", "FUNCTION: email", "must be send_email"),
    "the same function twice": ("  send-telegram:", "  send-email:", "“send-email” stands twice"),
    "one queue for two functions": (
        "topic: analytics.events",
        "topic: notifications.events",
        "Two functions take",
    ),
    "two routes that are the same": ("8006 /api/v1/ledger", "8006 /api/v1/emails", "Two routes overlap"),
    "a route inside another's": ("8006 /api/v1/ledger", "8006 /api/v1/emails/x", "Two routes overlap"),
    "a port that no gateway has": (
        "8006 /unsubscribe",
        "9000 /unsubscribe",
        "“9000 /unsubscribe” does not begin with",
    ),
    "a prefix that ends with a slash": (
        "8006 /unsubscribe",
        "8006 /unsubscribe/",
        "“/unsubscribe/” is no prefix",
    ),
    "a schedule without its topic": (
        "      topic: cron-function\n",
        "",
        "with a schedule the topic is cron-function",
    ),
    "the schedule's topic without a schedule": ('      schedule: "* * * * *"\n', "", "a queue or a schedule"),
    "a variable that is the platform's": ("ENVIRONMENT:", "PORT:", "PORT belongs to the platform"),
    "a variable of Knative's": ("ENVIRONMENT:", "K_SERVICE:", "K_SERVICE belongs to the platform"),
    "a secret in capitals": ("[database-url", "[DATABASE_URL", "secrets.0 is wrong"),
    "a writable root": ("readonly_root_filesystem: true", "readonly_root_filesystem: false", "is wrong"),
    "a dollar sign": ("gateway.openfaas", "$gateway", "There is a dollar sign in it"),
    "no YAML": ("provider:", "provider: [", "This is not YAML"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_stack_file_is_refused_with_a_sentence_for(what: str) -> None:
    old, new, sentence = WRONG[what]
    assert old in TEXT
    with pytest.raises(StackError, match=sentence.replace("(", r"\(").replace("*", r"\*")):
        parse(TEXT.replace(old, new, 1) if what != "an unknown key" else TEXT.replace(old, new))


def test_a_prefix_takes_itself_and_what_is_below_it_only(stack: Stack) -> None:
    route = Route(8006, "/api/v1/emails")
    assert route.takes("/api/v1/emails")
    assert route.takes("/api/v1/emails/1")
    assert not route.takes("/api/v1/emailsx")
    assert not Route(8006, "/").takes("/index.html")
    assert stack.find(8006, "/api/v1/charts") is None


def test_the_longest_prefix_comes_first(stack: Stack) -> None:
    lengths = [len(prefix) for prefix, _ in stack.table(8006)]
    assert lengths == sorted(lengths, reverse=True)


def test_a_function_is_found_by_either_of_its_names(stack: Stack) -> None:
    assert stack.function("send-email") is stack.function("send_email")
    assert stack.function("send_email").queue == "notifications.email"
    assert stack.function("run-schedules").schedule == "* * * * *"


def test_an_absent_file_is_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "stack.yml")
