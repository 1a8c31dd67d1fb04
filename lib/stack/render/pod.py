"""The parts that every pod of ours has: no rights, a read-only root, secrets as files."""

from collections.abc import Sequence
from typing import Any

NAMESPACE = "repitbot"
OPTIONAL_SECRETS = frozenset(
    {
        "email-username",
        "email-password",
        "email-fallback-username",
        "email-fallback-password",
        "dkim-private-key",
        "aws-access-key-id",
        "aws-secret-access-key",
    }
)
"""A mail server of one's own network may ask for no name, a bucket knows its pods by their account; a pod does not
start without the other secrets."""
SECRETS_FOLDER = "/var/openfaas/secrets"


def metadata(name: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """Name, namespace and labels."""
    common = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "repitbot"}
    return {"name": name, "namespace": NAMESPACE, "labels": common | (labels or {})}


def container(image: str, environment: dict[str, str], resources: dict[str, Any]) -> dict[str, Any]:
    """One container. What is no secret and the same for all comes from the ConfigMap `settings`."""
    return {
        "image": image,
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "resources": resources,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],  # noqa: S108 - the container's own
    }


def pod_spec(body: dict[str, Any], secrets: Sequence[str]) -> dict[str, Any]:
    """The pod around the container; each secret is a file of its own name."""
    # On the node's disk, taken only as it fills: an XLSX of a million rows is 1.2 GB before it is packed.
    volumes: list[dict[str, Any]] = [{"name": "scratch", "emptyDir": {"sizeLimit": "2Gi"}}]
    mounts = body["volumeMounts"]
    if secrets:
        volumes.append({"name": "secrets", "projected": {"sources": [_source(s) for s in secrets]}})
        mounts = [*mounts, {"name": "secrets", "mountPath": SECRETS_FOLDER, "readOnly": True}]
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "containers": [body | {"volumeMounts": mounts}],
        "volumes": volumes,
    }


def _source(secret: str) -> dict[str, Any]:
    source: dict[str, Any] = {"name": secret, "items": [{"key": secret, "path": secret}]}
    return {"secret": source | ({"optional": True} if secret in OPTIONAL_SECRETS else {})}


def deployment(name: str, pod: dict[str, Any], *, replicas: int) -> dict[str, Any]:
    """Something that must run without being called, so that Knative's scale to zero would stop it."""
    label = {"app.kubernetes.io/name": name}
    named = pod | {"containers": [{"name": name} | c for c in pod["containers"]]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": label},
            "template": {"metadata": {"labels": metadata(name)["labels"]}, "spec": named},
        },
    }
