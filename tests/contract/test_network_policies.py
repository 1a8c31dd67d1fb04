"""Who may talk to whom in a cluster: read from the policies as a cluster reads them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.stack import FunctionSpec, load
from lib.stack.render.kubernetes.cluster import KNATIVE, OPENFAAS, Cluster
from lib.stack.render.kubernetes.policies import network_policies

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """A label selector, by Kubernetes' rules as far as ours use them."""
    same = all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items())
    return same and all(
        e["operator"] == "In" and labels.get(e["key"]) in e["values"]
        for e in selector.get("matchExpressions", [])
    )


@dataclass(frozen=True)
class Pod:
    """A pod of a cluster, by where it is and how it is labelled."""

    cluster: Cluster
    namespace: str
    labels: dict[str, str]

    def rules(self, direction: str) -> list[dict[str, Any]]:
        """What the policies over it allow, as `ingress` or `egress`."""
        over = [
            p["spec"]
            for p in network_policies(STACK, self.cluster)
            if p["metadata"]["namespace"] == self.namespace
            and selects(p["spec"]["podSelector"], self.labels)
            and direction.capitalize() in p["spec"]["policyTypes"]
        ]
        assert over, "a pod under no policy is open to all"
        return [rule for spec in over for rule in spec.get(direction, [])]

    def reaches(self) -> set[int]:
        """The ports on which it may reach something outside the routers and the DNS."""
        beyond = [rule for rule in self.rules("egress") if any("ipBlock" in peer for peer in rule["to"])]
        return {port["port"] for rule in beyond for port in rule["ports"]}

    def open_to(self, namespace: str) -> set[int]:
        """Its ports that pods of `namespace` may call."""
        place = {"kubernetes.io/metadata.name": namespace}
        told = [
            rule
            for rule in self.rules("ingress")
            if any(selects(peer["namespaceSelector"], place) for peer in rule.get("from", []))
        ]
        return {port["port"] for rule in told for port in rule["ports"]}


PODS = [
    (Pod(cluster, cluster.namespace, {cluster.label: f.name}), f)
    for cluster in (KNATIVE, OPENFAAS)
    for f in STACK.functions
]
each_function = pytest.mark.parametrize(
    ("pod", "function"), PODS, ids=[f"{p.cluster.namespace}-{f.module}" for p, f in PODS]
)


@each_function
def test_a_function_reaches_the_stores_of_its_secrets_and_nothing_else(
    pod: Pod, function: FunctionSpec
) -> None:
    reached = pod.reaches()
    assert (5432 in reached) == ("database-url" in function.secrets)
    assert (5672 in reached) == ("rabbitmq-url" in function.secrets)
    assert (587 in reached) == ("email-username" in function.secrets)
    assert (443 in reached) == bool({"bot-token", "aws-access-key-id"} & set(function.secrets))


@each_function
def test_a_function_is_called_through_the_router_only(pod: Pod, function: FunctionSpec) -> None:
    assert pod.open_to(pod.cluster.routers[0]) == set(pod.cluster.ports)
    assert pod.open_to("monitoring") == {8080}
    assert pod.open_to("default") == set()


@pytest.mark.parametrize("cluster", [KNATIVE, OPENFAAS], ids=["knative", "openfaas"])
def test_any_other_pod_of_our_namespace_reaches_nothing(cluster: Cluster) -> None:
    stranger = Pod(cluster, "repitbot", {"app": "stranger"})
    assert stranger.reaches() == set()
    assert stranger.rules("ingress") == []


def test_others_functions_in_openfaas_namespace_are_left_alone() -> None:
    with pytest.raises(AssertionError, match="under no policy"):
        Pod(OPENFAAS, "openfaas-fn", {"faas_function": "someone-elses"}).rules("ingress")


def test_the_bridge_reaches_the_broker_and_the_functions_router() -> None:
    for cluster in (KNATIVE, OPENFAAS):
        labels = {"app.kubernetes.io/name": "bridge", "app.kubernetes.io/part-of": "repitbot"}
        bridge = Pod(cluster, "repitbot", labels)
        assert {5432, 5672} <= bridge.reaches()
        place = {"kubernetes.io/metadata.name": cluster.routers[0]}
        peers = [
            peer for rule in bridge.rules("egress") for peer in rule["to"] if peer.get("namespaceSelector")
        ]
        assert any(selects(peer["namespaceSelector"], place) for peer in peers)


@pytest.mark.parametrize("cluster", [KNATIVE, OPENFAAS], ids=["knative", "openfaas"])
def test_no_pod_reaches_the_clouds_metadata_service(cluster: Cluster) -> None:
    rules = [rule for p in network_policies(STACK, cluster) for rule in p["spec"].get("egress", [])]
    blocks = [peer["ipBlock"] for rule in rules for peer in rule["to"] if "ipBlock" in peer]
    assert blocks
    assert all(block["except"] == ["169.254.0.0/16"] for block in blocks)
