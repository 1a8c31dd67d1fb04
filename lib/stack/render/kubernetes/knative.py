"""deploy/knative: a Service per function, the minute's tick, and what stands beside them."""

from typing import Any

from lib.stack.model import FunctionSpec, Stack
from lib.stack.render.kubernetes import beside, policies, scaling, sources
from lib.stack.render.kubernetes.cluster import KNATIVE
from lib.stack.render.kubernetes.pod import container, metadata, pod_spec
from lib.stack.render.yaml_text import block, documents

MOST_SECONDS = 600
"""Knative's own upper bound for a request, unless the cluster's operator raises it."""


def manifests(stack: Stack, settings: dict[str, str]) -> dict[str, str]:
    """File name → text. What stands in `variants/` is to be chosen, not to be applied with the rest."""
    files = {f"{f.name}.yaml": block(service(f)) for f in stack.functions}
    files["00-namespace.yaml"] = documents([beside.namespace(), beside.settings(settings)])
    files["01-migrate.yaml"] = block(beside.migration(stack, KNATIVE))
    files["02-network-policies.yaml"] = documents(policies.network_policies(stack, KNATIVE))
    files["schedules.yaml"] = documents([ping_source(f) for f in stack.functions if f.schedule])
    files["bridge.yaml"] = documents(beside.bridge(stack, KNATIVE))
    files["gateway.yaml"] = documents(beside.gateway(stack, KNATIVE))
    files["variants/keda.yaml"] = documents(scaling.bridge_by_queue_length(stack))
    files["variants/rabbitmq-sources.yaml"] = documents(sources.rabbitmq_sources(stack))
    return files


def service(f: FunctionSpec) -> dict[str, Any]:
    """The function as a Knative Service that only the cluster can reach."""
    environment = {k: v for k, v in f.environment if k not in {"FUNCTION_URL", "THREADS"}}
    environment |= {"FUNCTION_URL": KNATIVE.function_url, "THREADS": str(f.concurrency)}
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
        "spec": {
            "template": {
                "metadata": {"labels": metadata(f.name)["labels"], "annotations": _annotations(f)},
                "spec": template | pod_spec(body, f.secrets),
            }
        },
    }


def _annotations(f: FunctionSpec) -> dict[str, str]:
    """How many instances run, and where Prometheus finds each of them: a sum over instances behind one name is
    known to nobody but who asks every one."""
    scale = {
        "autoscaling.knative.dev/min-scale": str(0 if f.scale.sleeps else f.scale.at_least),
        "autoscaling.knative.dev/max-scale": str(f.scale.at_most),
    }
    if f.scale.sleeps:
        # Who asks for a report often asks for another.
        scale["autoscaling.knative.dev/scale-to-zero-pod-retention-period"] = "5m"
    return scale | {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
        "prometheus.io/path": "/_/metrics",
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
