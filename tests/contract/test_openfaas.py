"""What OpenFaaS reads of stack.yml, and what stands beside its functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import urllib3
import yaml

from lib.runtime.settings import load as load_environment
from lib.stack import Stack, StackError, parse
from lib.stack.parse import load_settings
from lib.stack.render.kubernetes.cluster import KNATIVE, OPENFAAS, Cluster
from lib.stack.render.kubernetes.openfaas import manifests
from tests.servers.echo import EchoServer
from tests.servers.nginx import NginxServer

ROOT = Path(__file__).resolve().parents[2]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "stack.yml").read_text())
FUNCTIONS: dict[str, dict[str, Any]] = FILE["functions"]
SETTINGS = load_settings(ROOT / "deploy" / "settings.yml")
FOLDER = ROOT / "deploy" / "openfaas"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml"))
DOCUMENTS = [d for name in FILES for d in yaml.safe_load_all((FOLDER / name).read_text())]
# The Community Edition's own bounds: faas-netes, pkg/handlers/replica_reader.go.
MOST_FUNCTIONS, MOST_REPLICAS = 15, 5
each_function = pytest.mark.parametrize("name", FUNCTIONS)


def test_the_community_edition_takes_as_many_functions() -> None:
    assert len(FUNCTIONS) <= MOST_FUNCTIONS


@each_function
def test_the_community_edition_takes_the_scaling_labels_of(name: str) -> None:
    # faas-netes, pkg/handlers/validate.go: every other label of scaling is refused there.
    labels = FUNCTIONS[name]["labels"]
    assert set(labels) == {"com.openfaas.scale.min", "com.openfaas.scale.max"}
    least, most = int(labels["com.openfaas.scale.min"]), int(labels["com.openfaas.scale.max"])
    assert 1 <= least <= most <= MOST_REPLICAS


@each_function
def test_the_stock_connectors_find_the_trigger_of(name: str, stack: Stack) -> None:
    annotations, spec = FUNCTIONS[name]["annotations"], stack.function(name)
    assert all(isinstance(value, str) for value in annotations.values())
    if spec.schedule:
        # One comma, and the open cron connector would not ring: it compares the whole annotation.
        assert annotations["topic"] == "cron-function"
        assert annotations["schedule"] == spec.schedule
    else:
        assert annotations.get("topic") == spec.queue


@each_function
def test_the_settings_of_a_platform_and_the_functions_own_are_a_good_environment(
    name: str, tmp_path: Path
) -> None:
    # faas-cli lets the file win over what stands beside it.
    environment = FUNCTIONS[name]["environment"] | SETTINGS
    for secret in FUNCTIONS[name]["secrets"]:
        (tmp_path / secret).mkdir()
        (tmp_path / secret / secret).write_text(GOOD.get(secret, "some"))
    settings = load_environment(environment, tmp_path)
    assert settings.environment == "production"
    assert settings.storage_url.startswith("s3://")


GOOD = {
    "jwt-secret-key": "0f3a9c51d7e24b6880f2c6be91d35a7744e0ab92",
    "database-url": "postgresql://repitbot:secret@postgres:5432/repitbot",
    "dkim-private-key": "",
}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('scale.max: "5"', 'scale.max: "6"', "scale.max is wrong"),
        (
            'scale.max: "5"',
            'scale.max: "5", com.openfaas.scale.type: "rps"',
            "scale.type is not a key that is known here",
        ),
        ("[deploy/settings.yml]", "[settings.yml]", "environment_file.0 is wrong"),
        ("ready.http.path: /_/ready", "ready.http.path: /ready", "com.openfaas.ready.http.path is wrong"),
    ],
)
def test_a_stack_file_is_refused_that_openfaas_would_refuse_or_misread(
    old: str, new: str, sentence: str
) -> None:
    text = (ROOT / "stack.yml").read_text()
    assert old in text
    with pytest.raises(StackError, match=sentence):
        parse(text.replace(old, new, 1))


def test_a_smaller_upper_bound_than_the_lower_is_refused() -> None:
    text = (ROOT / "stack.yml").read_text()
    wrong = text.replace(
        'scale.min: "1", com.openfaas.scale.max: "5"', 'scale.min: "3", com.openfaas.scale.max: "2"', 1
    )
    with pytest.raises(StackError, match=r"scale\.min is more than com\.openfaas\.scale\.max"):
        parse(wrong)


def plain() -> list[dict[str, Any]]:
    return [d for d in DOCUMENTS if "keda.sh" not in d["apiVersion"]]


@pytest.mark.parametrize("document", plain(), ids=lambda d: f"{d['kind']}-{d['metadata']['name']}")
def test_kubernetes_knows_every_field_of(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


@pytest.fixture(params=[KNATIVE, OPENFAAS], ids=["knative", "openfaas"])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """A platform whose router the gateway asks."""
    found: Cluster = request.param
    return found


@pytest.fixture
def gateway(cluster: Cluster, stack: Stack, tmp_path: Path) -> Iterator[tuple[str, EchoServer]]:
    """A real Nginx with the platform's paths and hosts, before a router that says what it was asked."""
    with EchoServer("router") as router:
        address = router.url.removeprefix("http://")
        with NginxServer(tmp_path, stack, {f.name: address for f in stack.functions}, cluster.place) as nginx:
            yield f"http://127.0.0.1:{nginx.ports[8006]}", router


def test_the_gateway_asks_the_platforms_router_for_the_function(
    cluster: Cluster, gateway: tuple[str, EchoServer]
) -> None:
    url, _ = gateway
    told = urllib3.request("GET", f"{url}/api/v1/emails/a%2Fb?x=%20&y=1", timeout=10).json()
    own = "/api/v1/emails/a%2Fb?x=%20&y=1"
    if cluster is OPENFAAS:
        assert told["path"] == f"/function/send-email{own}"
    else:
        assert told["path"] == own
        assert told["headers"]["Host"] == "send-email.repitbot.svc.cluster.local"


def test_the_images_beside_the_functions_come_from_the_functions_registry() -> None:
    text = (ROOT / "stack.yml").read_text()
    moved = parse(
        text.replace("image: repitbot/", "image: registry.school.example:5000/team/").replace(
            ":0.1.0", ":0.2.0"
        )
    )
    made = manifests(moved, SETTINGS)
    for name, kind in (("bridge.yaml", "Deployment"), ("01-migrate.yaml", "Job")):
        document = next(d for d in yaml.safe_load_all(made[name]) if d["kind"] == kind)
        (container,) = document["spec"]["template"]["spec"]["containers"]
        assert container["image"] == "registry.school.example:5000/team/tools:0.2.0"
    assert "migrate-0-2-0" in made["01-migrate.yaml"]
