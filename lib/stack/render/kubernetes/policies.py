"""Who may talk to whom. All is closed; then each pod gets what its secrets say that it needs."""

from collections.abc import Iterable, Sequence
from typing import Any

from lib.stack.model import SERVICES, Stack
from lib.stack.render.kubernetes.beside import BRIDGE_PORT, BRIDGE_SECRETS
from lib.stack.render.kubernetes.cluster import NAMESPACE, Cluster
from lib.stack.render.kubernetes.pod import metadata

PORTS = {
    "database-url": (5432,),
    "redis-url": (6379,),
    "rabbitmq-url": (5671, 5672),
    "email-username": (25, 465, 587),
    "bot-token": (443,),
    "aws-access-key-id": (443, 9000),
}
"""What a secret opens, by its usual ports; whoever runs a store elsewhere adds a policy."""
METADATA_SERVICE = "169.254.0.0/16"
"""Where a cloud tells any pod that asks the credentials of its machine."""


def network_policies(stack: Stack, cluster: Cluster) -> list[dict[str, Any]]:
    """The policies of every namespace that has pods of ours."""
    shut = [_closed({}, NAMESPACE)]
    if cluster.namespace != NAMESPACE:
        # Others' functions may live there, too.
        shut.append(_closed(_ours(stack, cluster), cluster.namespace))
    return [*shut, *_functions(stack, cluster), *_beside(cluster)]


def _ours(stack: Stack, cluster: Cluster) -> dict[str, Any]:
    names = [f.name for f in stack.functions]
    return {"matchExpressions": [{"key": cluster.label, "operator": "In", "values": names}]}


def _closed(pods: dict[str, Any], namespace: str) -> dict[str, Any]:
    """Nothing comes in, nothing goes out but questions to the DNS."""
    dns = {"to": _named("kube-system"), "ports": [{"protocol": p, "port": 53} for p in ("UDP", "TCP")]}
    return _policy(
        "closed", pods, {"policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": [dns]}, namespace
    )


def _functions(stack: Stack, cluster: Cluster) -> Iterable[dict[str, Any]]:
    all_of_them = _ours(stack, cluster)
    come = [
        {"from": _named(*cluster.routers), "ports": _tcp(cluster.ports)},
        # Prometheus asks each instance itself.
        {"from": _named("monitoring"), "ports": _tcp((8080,))},
    ]
    yield _policy(
        "functions-are-called", all_of_them, {"policyTypes": ["Ingress"], "ingress": come}, cluster.namespace
    )
    yield _policy("functions-call", all_of_them, _out(_routers(cluster)), cluster.namespace)
    for f in stack.functions:
        label = {"matchLabels": {cluster.label: f.name}}
        yield _policy(f"{f.name}-stores", label, _out(_stores(f.secrets)), cluster.namespace)


def _beside(cluster: Cluster) -> Iterable[dict[str, Any]]:
    yield _policy(
        "gateway",
        _app("gateway"),
        {
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": _tcp(SERVICES)}],
            "egress": [_routers(cluster)],
        },
    )
    ask = {"from": _named("monitoring"), "ports": _tcp((BRIDGE_PORT,))}
    call = [_routers(cluster), _stores(BRIDGE_SECRETS)]
    yield _policy(
        "bridge", _app("bridge"), {"policyTypes": ["Ingress", "Egress"], "ingress": [ask], "egress": call}
    )
    yield _policy("migrate", _app("migrate"), _out(_stores(("database-url",))))
    yield _policy("backup", _app("backup"), _out(_stores(("database-url", "aws-access-key-id"))))


def _routers(cluster: Cluster) -> dict[str, Any]:
    return {"to": _named(*cluster.routers), "ports": _tcp((80, 443, 8012, 8080, 8081, 8443))}


def _stores(secrets: Sequence[str]) -> dict[str, Any]:
    """A store may be in the cluster or outside it, which some networks tell apart: both are said."""
    outside = {"ipBlock": {"cidr": "0.0.0.0/0", "except": [METADATA_SERVICE]}}
    ports = dict.fromkeys(port for secret in secrets for port in PORTS.get(secret, ()))
    return {"to": [{"namespaceSelector": {}}, outside], "ports": _tcp(ports)}


def _out(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"policyTypes": ["Egress"], "egress": list(rules)}


def _named(*namespaces: str) -> list[dict[str, Any]]:
    one_of = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(namespaces)}
    return [{"namespaceSelector": {"matchExpressions": [one_of]}}]


def _app(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "repitbot"}}


def _tcp(ports: Iterable[int]) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _policy(
    name: str, pods: dict[str, Any], rules: dict[str, Any], namespace: str = NAMESPACE
) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, namespace=namespace),
        "spec": {"podSelector": pods} | rules,
    }
