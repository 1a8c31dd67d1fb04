"""Every alert fires when it should, stays quiet when it should, and leads to a page that says what to do."""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib.stack import Stack
from tests.monitoring.alert_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config" / "prometheus"
RULES = sorted((CONFIG / "rules").glob("*.yml"))
CYRILLIC = re.compile("[а-яё]")


@cache
def alerts() -> dict[str, dict[str, Any]]:
    """Every alert by its name."""
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    found = {rule["alert"]: rule for rule in rules}
    assert len(found) == len(rules), "two alerts bear one name"
    return found


def promtool(*arguments: str) -> None:
    """Run it; what it complains of fails the test."""
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def written(words: str, case: Case) -> str:
    """An annotation as Prometheus writes it."""
    named = re.sub(r"{{ \$labels\.(\w+) }}", lambda found: case.labels[found[1]], words)
    return re.sub(r"{{ \$value[^}]*}}", case.value, named)


def expected(name: str, case: Case) -> dict[str, Any]:
    rule = alerts()[name]
    annotations = {key: written(words, case) for key, words in rule["annotations"].items()}
    return {"exp_labels": {**case.labels, **rule["labels"]}, "exp_annotations": annotations}


def scene(name: str, case: Case, *, fires: bool) -> dict[str, Any]:
    """A test of promtool."""
    series = case.fires if fires else case.quiet
    seen = {"eval_time": case.at, "alertname": name, "exp_alerts": [expected(name, case)] if fires else []}
    return {
        "interval": case.every,
        "input_series": [{"series": each, "values": values} for each, values in series.items()],
        "alert_rule_test": [seen],
    }


def test_the_rules_and_the_scrapes_are_what_prometheus_understands() -> None:
    promtool("check", "config", str(CONFIG / "prometheus.yml"))


def test_so_are_the_scrapes_in_a_cluster(tmp_path: Path) -> None:
    file = yaml.safe_load((CONFIG / "kubernetes.yml").read_text())
    assert file["rule_files"] == yaml.safe_load((CONFIG / "prometheus.yml").read_text())["rule_files"]
    for job in file["scrape_configs"]:
        # Debian's Prometheus is built without finding pods; all the rest of the job it can judge.
        if job.pop("kubernetes_sd_configs", None):
            job["static_configs"] = [{"targets": ["10.0.0.1"]}]
    path = tmp_path / "prometheus.yml"
    path.write_text(yaml.safe_dump(file))
    promtool("check", "config", str(path))


def test_in_a_cluster_each_function_is_known_by_its_service(stack: Stack) -> None:
    jobs = yaml.safe_load((CONFIG / "kubernetes.yml").read_text())["scrape_configs"]
    (functions,) = [job for job in jobs if job["job_name"] == "functions"]
    (analytics,) = [rule for rule in functions["relabel_configs"] if rule.get("replacement") == "analytics"]
    told = {name.replace("_", "-") for name in analytics["regex"].split("|")}
    assert told == {
        f.name for f in stack.functions if {r.port for r in f.routes} & {8007} and f.name != "serve-console"
    }
    (named,) = [
        rule for rule in functions["relabel_configs"] if "_serving_" in str(rule.get("source_labels"))
    ]
    for f in stack.functions:
        for labels in (f"{f.name};;{f.name}", f";{f.name};"):
            found = re.fullmatch(named["regex"], labels)
            assert found
            assert "".join(each or "" for each in found.groups()) == f.name
    assert re.fullmatch(named["regex"], ";;gateway") is None


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    assert set(CASES) == set(alerts())


@pytest.mark.parametrize("every", sorted({case.every for case in CASES.values()}))
@pytest.mark.parametrize("fires", [True, False], ids=["fires", "stays quiet"])
def test_each_alert_in_its_case(fires: bool, every: str, tmp_path: Path) -> None:
    asked = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": every,
        "tests": [scene(name, case, fires=fires) for name, case in CASES.items() if case.every == every],
    }
    path = tmp_path / "cases.yml"
    path.write_text(yaml.safe_dump(asked, allow_unicode=True), encoding="utf-8")
    promtool("test", "rules", str(path))


def anchors(page: Path) -> set[str]:
    """The anchors of a Markdown page, as they are made of its headings."""
    lines = page.read_text(encoding="utf-8").splitlines()
    heads = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_speaks_russian_and_english_says_how_bad_it_is_and_leads_to_its_runbook(name: str) -> None:
    rule = alerts()[name]
    words = rule["annotations"]
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert CYRILLIC.search(words["summary"])
    assert not CYRILLIC.search(words["description"])
    page, anchor = words["runbook_url"].split("#")
    assert anchor == name.lower()
    assert anchor in anchors(ROOT / page)


def test_the_runbook_tells_of_no_alert_that_is_gone() -> None:
    page = ROOT / "docs" / "howto" / "alerts-runbook.md"
    heads = [line[4:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("### ")]
    assert sorted(heads) == sorted(alerts())
