"""The dashboards are what Grafana reads, lie well on its grid, and tell people in their language what they show."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.monitoring.grid import WIDTH, cells, dashboards, drawn, read
from tests.monitoring.test_alerts import alerts

ROOT = Path(__file__).resolve().parents[2]
UIDS = {
    "analytics": "repitbot-analytics",
    "notifications": "repitbot-notifications",
    "platform": "repitbot-platform",
}
# What an annotation asks of Prometheus belongs to that plugin, and Grafana's own schema leaves it open.
OF_THE_PLUGIN = {"step", "titleFormat", "textFormat", "tagKeys"}
CYRILLIC = re.compile("[а-яё]")
each_dashboard = pytest.mark.parametrize("path", dashboards(), ids=lambda path: path.stem)


def shown(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels that show figures."""
    return [panel for panel in dashboard["panels"] if panel["type"] not in ("row", "text")]


def lacking(given: Any, known: Any, place: str = "") -> list[str]:
    """What of `given` is not in `known`: a field that Grafana's schema does not have was dropped there."""
    if isinstance(given, dict):
        found = [
            f"{place}.{key}"
            for key, value in given.items()
            if key not in known and value not in (None, [], "")
        ]
        return found + [
            each
            for key, value in given.items()
            if key in known
            for each in lacking(value, known[key], f"{place}.{key}")
        ]
    if isinstance(given, list):
        pairs = zip(given, known, strict=True)
        return [each for n, (a, b) in enumerate(pairs) for each in lacking(a, b, f"{place}[{n}]")]
    return [] if given == known or place.endswith(".value") else [f"{place}: {given!r} became {known!r}"]


def test_the_three_are_there_under_names_that_links_may_keep() -> None:
    assert {path.stem: read(path)["uid"] for path in dashboards()} == UIDS


@each_dashboard
def test_grafanas_own_schema_knows_every_field(path: Path) -> None:
    register_default_plugins()
    given = read(path)
    known = json.loads(JSONEncoder().encode(Dashboard.from_json(given)))
    assert {each.split(".")[-1] for each in lacking(given, known)} == OF_THE_PLUGIN


@each_dashboard
def test_no_panel_lies_on_another_and_every_line_is_filled(path: Path) -> None:
    panels = read(path)["panels"]
    taken = Counter(cell for panel in panels for cell in cells(panel))
    lines = {line for _, line in taken}
    assert max(taken.values()) == 1
    assert set(taken) == {(column, line) for column in range(WIDTH) for line in lines}
    assert lines == set(range(len(lines)))
    assert len({panel["id"] for panel in panels}) == len(panels)


@each_dashboard
def test_the_headline_comes_first_and_the_help_last(path: Path) -> None:
    panels = read(path)["panels"]
    assert [panels[0]["type"], panels[0]["title"], panels[1]["type"]] == ["row", "Главное", "stat"]
    assert panels[-1]["type"] == "text"


@each_dashboard
def test_titles_and_descriptions_are_russian_and_every_figure_has_a_unit_and_thresholds(path: Path) -> None:
    dashboard = read(path)
    assert CYRILLIC.search(dashboard["title"])
    assert CYRILLIC.search(dashboard["description"])
    for panel in shown(dashboard):
        defaults = panel["fieldConfig"]["defaults"]
        assert CYRILLIC.search(panel["title"]) or panel["title"] == "RabbitMQ"
        assert len(panel["description"]) > 20, panel["title"]
        assert CYRILLIC.search(panel["description"])
        assert defaults["unit"]
        assert defaults["thresholds"]["steps"]
        assert panel["targets"]


@each_dashboard
def test_links_lead_to_a_panel_that_says_what_to_do(path: Path) -> None:
    dashboard = read(path)
    texts = {panel["id"] for panel in dashboard["panels"] if panel["type"] == "text"}
    links = [link["url"] for panel in shown(dashboard) for link in panel["links"]]
    links += [link["url"] for link in dashboard["links"] if link["type"] == "link"]
    assert links
    for url in links:
        found = re.fullmatch(r"/d/([a-z-]+)\?viewPanel=(\d+)", url)
        assert found is not None
        assert found[1] == dashboard["uid"]
        assert int(found[2]) in texts


def test_every_alert_is_explained_on_the_dashboard_of_its_service_and_none_that_is_gone() -> None:
    words = {
        path.stem: panel["options"]["content"]
        for path in dashboards()
        for panel in read(path)["panels"]
        if panel["type"] == "text"
    }
    named = [
        name
        for text in words.values()
        for head in re.findall(r"\*\*(.+?)\*\*", text)
        for name in head.split(", ")
    ]
    assert sorted(named) == sorted(alerts())


@each_dashboard
def test_alerts_are_marked_on_the_time_axis(path: Path) -> None:
    (marks,) = read(path)["annotations"]["list"]
    assert marks["expr"] == 'ALERTS{alertstate="firing"}'


@each_dashboard
def test_the_layout_can_be_drawn(path: Path) -> None:
    dashboard = read(path)
    picture = drawn(dashboard)
    assert picture.count("<text ") == len(dashboard["panels"])


def test_provisioning_names_the_data_source_that_panels_ask() -> None:
    provisioned = ROOT / "config" / "grafana" / "provisioning" / "datasources" / "prometheus.yml"
    (source,) = yaml.safe_load(provisioned.read_text(encoding="utf-8"))["datasources"]
    asked = {panel["datasource"]["uid"] for path in dashboards() for panel in shown(read(path))}
    assert asked == {source["uid"]}
