"""What stands beside the functions on either platform: the namespace, the settings, the bridge, the gateway, jobs."""

from typing import Any

from lib.stack.model import SERVICES, Stack
from lib.stack.render.kubernetes.cluster import NAMESPACE, Cluster
from lib.stack.render.kubernetes.pod import (
    WAIVED,
    container,
    deployment,
    disruption_budget,
    metadata,
    named,
    pod_spec,
    tools,
)
from lib.stack.render.nginx import nginx

BRIDGE_SECRETS = ("database-url", "rabbitmq-url", "redis-url", "jwt-secret-key")
BRIDGE_PORT = 8080
GATEWAY_IMAGE = "nginx:1.28"


def namespace() -> dict[str, Any]:
    """The namespace, which admits only pods without any rights."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}


def settings(values: dict[str, str]) -> dict[str, Any]:
    """What is no secret and the same for all."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("settings"), "data": values}


def migration(stack: Stack, cluster: Cluster) -> dict[str, Any]:
    """Brings the database to the schema of this version, before the functions of this version start."""
    body = tools(stack, cluster, ("python", "-m", "lib.db.migrations"), memory="256Mi")
    tag = body["image"].rsplit(":", 1)[1]
    pod = named("migrate", pod_spec(body, ("database-url",))) | {"restartPolicy": "Never"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        # A Job cannot be changed, so each version has its own.
        "metadata": metadata(f"migrate-{tag.replace('.', '-')}") | {"annotations": WAIVED},
        "spec": {
            "backoffLimit": 3,
            "activeDeadlineSeconds": 3600,
            "ttlSecondsAfterFinished": 86400,
            "template": {"metadata": {"labels": metadata("migrate")["labels"]}, "spec": pod},
        },
    }


def bridge(stack: Stack, cluster: Cluster) -> list[dict[str, Any]]:
    """The process that relays the outbox to RabbitMQ and RabbitMQ's queues to functions."""
    command = ("python", "-m", "lib.runtime.bridge", "--port", str(BRIDGE_PORT))
    alive = {"httpGet": {"path": "/_/health", "port": BRIDGE_PORT}, "timeoutSeconds": 3}
    body = tools(stack, cluster, command, memory="192Mi") | {
        "ports": [{"name": "health", "containerPort": BRIDGE_PORT}],
        "readinessProbe": alive,
        "livenessProbe": alive | {"periodSeconds": 10},
    }
    return [deployment("bridge", pod_spec(body, BRIDGE_SECRETS), replicas=2), disruption_budget("bridge")]


def gateway(stack: Stack, cluster: Cluster) -> list[dict[str, Any]]:
    """Nginx with the table of routes, and the one Service that an ingress points at."""
    spec = pod_spec(_nginx_container(), ())
    spec["volumes"] = [*spec["volumes"], {"name": "configuration", "configMap": {"name": "gateway"}}]
    ports = [{"name": name, "port": port, "targetPort": name} for port, name in SERVICES.items()]
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata("gateway"),
            "data": {"nginx.conf": nginx(stack, cluster.place)},
        },
        deployment("gateway", spec, replicas=2),
        disruption_budget("gateway"),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata("gateway"),
            "spec": {"selector": {"app.kubernetes.io/name": "gateway"}, "ports": ports},
        },
    ]


def _nginx_container() -> dict[str, Any]:
    resources = {"limits": {"memory": "128Mi", "cpu": "500m"}, "requests": {"memory": "32Mi", "cpu": "50m"}}
    body = container(GATEWAY_IMAGE, {}, resources)
    del body["envFrom"], body["env"]
    body["ports"] = [{"name": name, "containerPort": port} for port, name in SERVICES.items()]
    # That the port takes connections; whether the functions do is no reason to stop the gateway.
    alive = {"tcpSocket": {"port": "notification"}, "timeoutSeconds": 2}
    body |= {"readinessProbe": alive, "livenessProbe": alive | {"periodSeconds": 10}}
    mount = {
        "name": "configuration",
        "mountPath": "/etc/nginx/nginx.conf",
        "subPath": "nginx.conf",
        "readOnly": True,
    }
    body["volumeMounts"] = [*body["volumeMounts"], mount]
    return body
