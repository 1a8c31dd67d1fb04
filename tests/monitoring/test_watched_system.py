"""What dashboards, records and alerts ask, asked of a real Prometheus that watches the real system."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.monitoring.conftest import Watch
from tests.monitoring.grid import dashboards, read
from tests.monitoring.programs import Program, eventually
from tests.monitoring.test_alerts import RULES, alerts

JOBS = "notification analytics health https node rabbitmq blackbox alertmanager prometheus".split()  # noqa: SIM905
# The probe of health asks two addresses.
TARGETS = len(JOBS) + 1
VARIABLES = {"$channel": ".*", "$function": ".*"}
FALLBACK = " or on () vector(0)"
# What is there only when something is wrong.
WRONG_ONLY = {
    "Предупреждений",
    "Предупреждения сейчас",
    "Функций не отвечает",
    "Что не дошло за сутки, по видам",
}
# Of the language, not of a metric.
LANGUAGE = frozenset(
    {"sum", "min", "max", "avg", "count", "by", "without", "on", "or", "and", "unless", "offset", "bool"}
    | {"rate", "increase", "delta", "absent", "vector", "time", "histogram_quantile", "min_over_time"}
    | {"count_over_time", "sort_desc"}
)


def ask(prometheus: Program, query: str) -> list[dict[str, Any]]:
    """The samples that an expression has now."""
    answer = prometheus.ask("GET", "/api/v1/query", fields={"query": query})
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def names(expression: str) -> set[str]:
    """The metrics that an expression names."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(by|without|on) \([^)]*\)', " ", expression)
    bare = re.sub(r"offset \w+|\b\d+(\.\d+)?\w*", " ", bare)
    return set(re.findall(r"[a-zA-Z_][a-zA-Z_0-9:]*", bare)) - LANGUAGE


def panel_queries() -> Iterator[tuple[str, str, str]]:
    """(dashboard, title, expression), with everything chosen in the lists."""
    for path in dashboards():
        for panel in read(path)["panels"]:
            for target in panel.get("targets", ()):
                expression = target["expr"]
                for name, value in VARIABLES.items():
                    expression = expression.replace(name, value)
                yield path.stem, panel["title"], expression


def rules() -> list[dict[str, Any]]:
    """Every rule, recording or alerting."""
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def recorded() -> set[str]:
    """The names of the recording rules."""
    return {rule["record"] for rule in rules() if "record" in rule}


@pytest.fixture(scope="module")
def watched(watch: Watch) -> Watch:
    """After people have looked, and something could not be understood."""
    system, day = watch.system, "days=30"
    eventually(lambda: states(watch.prometheus) == {"up"}, 60)
    for path in (f"/api/v1/charts/lesson_completion?{day}&format=svg", f"/api/v1/analytics/overview?{day}"):
        for _ in range(2):
            assert system.get("ANALYTICS_PORT", path).status == 200
    assert system.get("ANALYTICS_PORT", f"/api/v1/reports/quick/lesson?{day}&format=csv").status == 200
    told = {"type": "custom", "user_id": "admin-1", "data": {"message": "Проверка"}, "critical": True}
    assert system.ask("POST", "NOTIFICATION_PORT", "/api/v1/notifications", body=told).status == 202
    events = [_event("user.login", {"user_id": "admin-1"}), _event("lesson.created", {"lesson_id": "alone"})]
    taken = system.take(events).json()
    assert (taken["accepted"], [each["index"] for each in taken["rejected"]]) == (1, [1])
    eventually(lambda: rates_are_there(watch.prometheus), 60)
    return watch


def _event(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    now = "2026-11-23T10:00:00Z"
    return {
        "specversion": "1.0",
        "id": f"watched-{kind}",
        "source": "tests",
        "type": kind,
        "time": now,
        "data": data,
    }


def states(prometheus: Program) -> set[str]:
    """What became of the last scrape of each target; `unknown` before its first."""
    targets = prometheus.ask("GET", "/api/v1/targets")["data"]["activeTargets"]
    return {each["health"] for each in targets} | ({"unknown"} if len(targets) < TARGETS else set())


def rates_are_there(prometheus: Program) -> bool:
    """Whether what comes last was scraped twice and recorded."""
    last = (
        "count_over_time(report_generation_seconds_count[1h]) > 2",
        "count_over_time(notification_delivery_seconds_count[1h]) > 2",
        "count_over_time(chart_render_seconds_count[1h]) > 2",
        'increase(events_ingested_total{type="user.login"}[1h]) > 0',
        "type:events_ingested:rate5m > 0",
        "max(schedule_lateness_seconds)",
        "ALERTS",
        *recorded(),
    )
    return all(ask(prometheus, each) for each in last)


def test_every_target_is_scraped(watched: Watch) -> None:
    targets = watched.prometheus.ask("GET", "/api/v1/targets")["data"]["activeTargets"]
    assert {each["labels"]["job"]: each["lastError"] for each in targets} == dict.fromkeys(JOBS, "")
    assert len(targets) == TARGETS
    assert [each["value"][1] for each in ask(watched.prometheus, "probe_success")] == ["1"] * 3


@pytest.mark.parametrize("record", sorted(recorded()))
def test_a_record_has_samples(watched: Watch, record: str) -> None:
    assert ask(watched.prometheus, record)


@pytest.mark.parametrize(
    ("dashboard", "title", "expression"),
    [pytest.param(*each, id=f"{each[0]} {n}") for n, each in enumerate(panel_queries())],
)
def test_a_panel_never_says_no_data(watched: Watch, dashboard: str, title: str, expression: str) -> None:
    samples = ask(watched.prometheus, expression)
    assert samples, dashboard
    assert not [each for each in samples if each["value"][1] == "NaN"]
    if title not in WRONG_ONLY:
        assert ask(watched.prometheus, expression.removesuffix(FALLBACK)), "only the fallback is there"


def test_every_metric_that_is_asked_for_exists(watched: Watch) -> None:
    there = set(watched.prometheus.ask("GET", "/api/v1/label/__name__/values")["data"])
    expressions = [*(rule["expr"] for rule in rules()), *(query for _, _, query in panel_queries())]
    asked = {name for expression in expressions for name in names(expression)}
    assert "notifications_total" in asked
    assert asked - there == set()


def test_the_lists_to_choose_from_are_filled(watched: Watch) -> None:
    for path in dashboards():
        for variable in read(path)["templating"]["list"]:
            found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
            assert found is not None
            assert [each for each in ask(watched.prometheus, found[1]) if each["metric"].get(found[2])]


def test_every_rule_is_evaluated_without_an_error_and_nothing_pages_a_healthy_system(watched: Watch) -> None:
    groups = watched.prometheus.ask("GET", "/api/v1/rules")["data"]["groups"]
    known = [rule for group in groups for rule in group["rules"]]
    assert {rule["name"] for rule in known} == {*alerts(), *recorded()}
    assert [rule["lastError"] for rule in known if rule.get("lastError")] == []
    assert {rule["name"] for rule in known if rule.get("state") == "firing"} <= {"DeadLetters"}


def test_prometheus_tells_the_alertmanager_that_we_name(watched: Watch) -> None:
    found = watched.prometheus.ask("GET", "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [each["url"] for each in found] == [f"http://{watched.manager.address}/api/v2/alerts"]
