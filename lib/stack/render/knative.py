"""deploy/knative: a Service per function, the minute's tick, the bridge and the gateway."""

from typing import Any

from lib.stack.model import SERVICES, FunctionSpec, Stack
from lib.stack.render.nginx import Place, nginx
from lib.stack.render.pod import NAMESPACE, container, deployment, metadata, pod_spec
from lib.stack.render.yaml_text import block, documents

BRIDGE_SECRETS = ("database-url", "rabbitmq-url", "redis-url", "jwt-secret-key")
GATEWAY_IMAGE = "nginx:1.28"
GATEWAY_USER = 101
MOST_SECONDS = 600
"""Knative's own upper bound for a request, unless the cluster's operator raises it."""


def manifests(stack: Stack) -> dict[str, str]:
    """File name → text."""
    files = {f"{f.name}.yaml": block(service(f)) for f in stack.functions}
    files["schedules.yaml"] = documents([ping_source(f) for f in stack.functions if f.schedule])
    files["bridge.yaml"] = block(bridge(stack))
    files["gateway.yaml"] = documents(gateway(stack))
    return {
        name: f"# Written by `make render` from stack.yml.\n{text}" for name, text in sorted(files.items())
    }


def service(f: FunctionSpec) -> dict[str, Any]:
    """The function as a Knative Service that only the cluster can reach."""
    environment = {k: v for k, v in f.environment if k not in {"FUNCTION_URL", "THREADS"}}
    environment |= {
        "FUNCTION_URL": f"http://{{name}}.{NAMESPACE}.svc.cluster.local",
        "THREADS": str(f.concurrency),
    }
    limits = {"memory": f.limits.memory, "cpu": f.limits.cpu}
    requests = {"memory": f.requests.memory, "cpu": f.requests.cpu}
    body = container(f.image, environment, {"limits": limits, "requests": requests})
    body |= {
        "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/_/ready"}, "timeoutSeconds": 3},
        "livenessProbe": {"httpGet": {"path": "/_/health"}, "timeoutSeconds": 3, "periodSeconds": 10},
    }
    template = {"containerConcurrency": f.concurrency, "timeoutSeconds": min(f.timeout_seconds, MOST_SECONDS)}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": metadata(f.name, {"networking.knative.dev/visibility": "cluster-local"}),
        "spec": {"template": {"spec": template | pod_spec(body, f.secrets)}},
    }


def ping_source(f: FunctionSpec) -> dict[str, Any]:
    """The schedule as events to the function. A lost tick costs nothing: each tick does all that is due."""
    sink = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": f.name}
    return {
        "apiVersion": "sources.knative.dev/v1",
        "kind": "PingSource",
        "metadata": metadata(f.name),
        "spec": {
            "schedule": f.schedule,
            "contentType": "application/json",
            "data": "{}",
            "sink": {"ref": sink},
        },
    }


def bridge(stack: Stack) -> dict[str, Any]:
    """The process that relays the outbox to RabbitMQ and RabbitMQ's queues to functions."""
    environment = {
        "ENVIRONMENT": "production",
        "FUNCTION_URL": f"http://{{name}}.{NAMESPACE}.svc.cluster.local",
    }
    resources = {"limits": {"memory": "192Mi", "cpu": "500m"}, "requests": {"memory": "64Mi", "cpu": "50m"}}
    tag = stack.functions[0].image.rsplit(":", 1)[1]
    body = container(f"repitbot/tools:{tag}", environment, resources)
    body["command"] = ["python", "-m", "lib.runtime.bridge"]
    return deployment("bridge", pod_spec(body, BRIDGE_SECRETS), replicas=2)


def gateway(stack: Stack) -> list[dict[str, Any]]:
    """Nginx with the table of routes, and the one Service that an ingress points at."""
    place = Place(
        address=lambda f: f"{_host(f)}:80",
        listen=str,
        # Knative's router finds the function by this header, whatever address was called.
        host=_host,
    )
    resources = {"limits": {"memory": "128Mi", "cpu": "500m"}, "requests": {"memory": "32Mi", "cpu": "50m"}}
    body = container(GATEWAY_IMAGE, {}, resources)
    del body["envFrom"]
    body["securityContext"] |= {"runAsUser": GATEWAY_USER, "runAsGroup": GATEWAY_USER}
    body["ports"] = [{"name": name, "containerPort": port} for port, name in SERVICES.items()]
    mount = {
        "name": "configuration",
        "mountPath": "/etc/nginx/nginx.conf",
        "subPath": "nginx.conf",
        "readOnly": True,
    }
    body["volumeMounts"] = [*body["volumeMounts"], mount]
    spec = pod_spec(body, ())
    spec["volumes"] = [*spec["volumes"], {"name": "configuration", "configMap": {"name": "gateway"}}]
    ports = [{"name": name, "port": port, "targetPort": name} for port, name in SERVICES.items()]
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata("gateway"),
            "data": {"nginx.conf": nginx(stack, place)},
        },
        deployment("gateway", spec, replicas=2),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata("gateway"),
            "spec": {"selector": {"app.kubernetes.io/name": "gateway"}, "ports": ports},
        },
    ]


def _host(f: FunctionSpec) -> str:
    return f"{f.name}.{NAMESPACE}.svc.cluster.local"
