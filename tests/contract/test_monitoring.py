"""Alerts and dashboards ask for metrics that exist, and the alerts fire when they should."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

CONFIG = Path(__file__).resolve().parents[2] / "config"
RULES = CONFIG / "prometheus" / "rules.yml"
METRICS = {
    "active_users", "cache_bytes", "cache_requests_total", "channel_up", "chart_render_seconds",
    "db_pool_connections", "events_ingested_total", "events_lag_seconds", "function_request_seconds",
    "function_requests_total", "function_up", "notification_dead_letters", "notification_delivery_seconds",
    "notification_processing_seconds", "notification_queue_size", "notifications_total",
    "report_generation_seconds", "schedule_lateness_seconds", "up",
}  # fmt: skip
WORDS = {"by", "sum", "max", "min", "rate", "increase", "histogram_quantile", "min_over_time", "and", "or"}


def asked(expression: str) -> set[str]:
    """The metrics that a PromQL expression names."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|by \([^)]*\)", "", expression)
    names = set(re.findall(r"[a-z_][a-z_0-9]*", bare)) - WORDS
    return {re.sub(r"_bucket$", "", name) for name in names}


def dashboards() -> list[Path]:
    return sorted((CONFIG / "grafana" / "dashboards").glob("*.json"))


def test_the_alerts_are_what_prometheus_understands_and_fire_when_they_should() -> None:
    for arguments in (
        ["check", "rules", str(RULES)],
        ["test", "rules", str(RULES.with_name("rules_test.yml"))],
    ):
        done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_ask_only_for_metrics_that_exist() -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert {name for rule in rules for name in asked(rule["expr"])} <= METRICS


@pytest.mark.parametrize("path", dashboards(), ids=lambda path: path.stem)
def test_dashboards_ask_only_for_metrics_that_exist(path: Path) -> None:
    panels = json.loads(path.read_text())["panels"]
    names = {name for panel in panels for target in panel["targets"] for name in asked(target["expr"])}
    assert names
    assert names <= METRICS
