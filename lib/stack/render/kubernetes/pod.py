"""The parts that every pod of ours has: no rights, a read-only root, secrets as files."""

from collections.abc import Sequence
from typing import Any

from lib.stack.model import Stack
from lib.stack.render.kubernetes.cluster import NAMESPACE, Cluster

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
USER = 12000
"""As in the Dockerfile, where OpenFaaS' own number stands. Kubernetes cannot see there that it is not root's."""


WAIVED = {
    "checkov.io/skip1": "CKV_K8S_43=An image's digest is known to whoever publishes it; the tag is the version."
}


def metadata(name: str, labels: dict[str, str] | None = None, namespace: str = NAMESPACE) -> dict[str, Any]:
    """Name, namespace and labels."""
    common = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "repitbot"}
    return {"name": name, "namespace": namespace, "labels": common | (labels or {})}


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
            "runAsUser": USER,
            "runAsGroup": USER,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],  # noqa: S108 - the container's own
    }


def tools(stack: Stack, cluster: Cluster, command: Sequence[str], memory: str) -> dict[str, Any]:
    """A container of the image `tools`, which has the registry and the version of the functions."""
    environment = {"ENVIRONMENT": "production", "FUNCTION_URL": cluster.function_url}
    resources = {"limits": {"memory": memory, "cpu": "500m"}, "requests": {"memory": "64Mi", "cpu": "50m"}}
    registry, image = stack.functions[0].image.rsplit("/", 1)
    return container(f"{registry}/tools:{image.rsplit(':', 1)[1]}", environment, resources) | {
        "command": list(command)
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


def named(name: str, pod: dict[str, Any]) -> dict[str, Any]:
    """The pod with its container called `name`, as all kinds but Knative's want it."""
    # Whoever has moved a tag means the new image; Knative looks that up itself.
    body = [{"name": name, "imagePullPolicy": "Always"} | c for c in pod["containers"]]
    rights = {"runAsNonRoot": True, "fsGroup": USER, "seccompProfile": {"type": "RuntimeDefault"}}
    return pod | {"securityContext": rights, "containers": body}


def deployment(name: str, pod: dict[str, Any], *, replicas: int) -> dict[str, Any]:
    """Something that must run without being called, so that Knative's scale to zero would stop it."""
    label = {"app.kubernetes.io/name": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name) | {"annotations": WAIVED},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": label},
            "template": {"metadata": {"labels": metadata(name)["labels"]}, "spec": named(name, pod)},
        },
    }


def disruption_budget(name: str) -> dict[str, Any]:
    """One of the pods at least stays while a node is emptied."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name),
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}},
    }
