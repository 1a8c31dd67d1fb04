"""Who may talk to whom in a cluster: read from the policies as a cluster reads them."""

from pathlib import Path
from typing import Any

import pytest

from lib.stack import FunctionSpec, Stack, load
from lib.stack.render.kubernetes.cluster import KNATIVE, Cluster
from lib.stack.render.kubernetes.policies import network_policies

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")
each_function = pytest.mark.parametrize("function", STACK.functions, ids=[f.module for f in STACK.functions])


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """A label selector, by Kubernetes' rules as far as ours use them."""
    same = all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items())
    return same and all(
        e["key"] in labels if e["operator"] == "Exists" else labels.get(e["key"]) in e["values"]
        for e in selector.get("matchExpressions", [])
    )


def of_pod(
    labels: dict[str, str], direction: str, stack: Stack = STACK, cluster: Cluster = KNATIVE
) -> list[dict[str, Any]]:
    """The policies of one direction that a pod with these labels is under."""
    found = [p["spec"] for p in network_policies(stack, cluster) if selects(p["spec"]["podSelector"], labels)]
    assert any(direction in spec["policyTypes"] for spec in found), "a pod under no policy is open to all"
    return [spec for spec in found if direction in spec["policyTypes"]]


def outgoing(labels: dict[str, str]) -> set[int]:
    """The ports on which the pod may reach something outside the routers and the DNS."""
    rules = [rule for spec in of_pod(labels, "Egress") for rule in spec["egress"]]
    beyond = [rule for rule in rules if any("ipBlock" in peer for peer in rule["to"])]
    return {port["port"] for rule in beyond for port in rule["ports"]}


def incoming(labels: dict[str, str], namespace: str) -> set[int]:
    """The ports that pods of `namespace` may call."""
    rules = [rule for spec in of_pod(labels, "Ingress") for rule in spec["ingress"]]
    place = {"kubernetes.io/metadata.name": namespace}
    open_to_it = [
        r for r in rules if any(selects(peer["namespaceSelector"], place) for peer in r.get("from", []))
    ]
    return {port["port"] for rule in open_to_it for port in rule["ports"]}


def pod(function: FunctionSpec) -> dict[str, str]:
    return {"serving.knative.dev/service": function.name}


@each_function
def test_a_function_reaches_the_stores_of_its_secrets_and_nothing_else(function: FunctionSpec) -> None:
    reached = outgoing(pod(function))
    assert (5432 in reached) == ("database-url" in function.secrets)
    assert (5672 in reached) == ("rabbitmq-url" in function.secrets)
    assert (587 in reached) == ("email-username" in function.secrets)
    assert (443 in reached) == bool({"bot-token", "aws-access-key-id"} & set(function.secrets))


@each_function
def test_a_function_is_called_through_the_router_only(function: FunctionSpec) -> None:
    assert incoming(pod(function), "kourier-system") == set(KNATIVE.ports)
    assert incoming(pod(function), "monitoring") == {8080}
    assert incoming(pod(function), "default") == set()


def test_any_other_pod_of_the_namespace_reaches_nothing() -> None:
    stranger = {"app": "stranger"}
    assert outgoing(stranger) == set()
    assert [rule for spec in of_pod(stranger, "Ingress") for rule in spec["ingress"]] == []


def test_no_pod_reaches_the_clouds_metadata_service() -> None:
    blocks = [
        peer["ipBlock"]
        for p in network_policies(STACK, KNATIVE)
        for rule in p["spec"].get("egress", [])
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    assert blocks
    assert all(block["except"] == ["169.254.0.0/16"] for block in blocks)
