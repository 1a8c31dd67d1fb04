"""The manifests against Kubernetes' own schemas, and against the rules that Knative's webhook enforces in code."""

import copy
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from lib.stack import Stack
from lib.stack.parse import load_settings
from lib.stack.render.kubernetes.knative import manifests
from lib.stack.shape import NAME

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "knative"
SETTINGS = load_settings(FOLDER.parent / "settings.yml")
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml"))
DOCUMENTS = [d for name in FILES for d in yaml.safe_load_all((FOLDER / name).read_text())]
KUBERNETES = kubernetes_validate.latest_version()
SERVICES = [d for d in DOCUMENTS if d["apiVersion"] == "serving.knative.dev/v1"]
each_service = pytest.mark.parametrize("service", SERVICES, ids=[s["metadata"]["name"] for s in SERVICES])
# https://github.com/knative/serving/blob/main/pkg/apis/serving/fieldmask.go: what a Service's container may have.
CONTAINER_FIELDS = {
    "args", "command", "env", "envFrom", "image", "imagePullPolicy", "livenessProbe", "name", "ports",
    "readinessProbe", "resources", "securityContext", "startupProbe", "volumeMounts",
}  # fmt: skip
POD_FIELDS = {
    "automountServiceAccountToken", "containerConcurrency", "containers", "enableServiceLinks", "timeoutSeconds",
    "volumes",
}  # fmt: skip
SECURITY_FIELDS = {
    "allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem", "runAsGroup", "runAsNonRoot", "runAsUser",
    "seccompProfile",
}  # fmt: skip
VOLUME_KINDS = {"name", "secret", "configMap", "projected", "emptyDir"}


def own_kinds() -> list[dict[str, Any]]:
    return [d for d in DOCUMENTS if not re.search(r"knative\.dev|keda\.sh", d["apiVersion"])]


@pytest.mark.parametrize("document", own_kinds(), ids=lambda d: f"{d['kind']}-{d['metadata']['name']}")
def test_kubernetes_knows_every_field_of(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


@each_service
def test_kubernetes_knows_every_field_of_the_pod_of(service: dict[str, Any]) -> None:
    spec = dict(service["spec"]["template"]["spec"])
    for knatives_own in ("containerConcurrency", "timeoutSeconds"):
        spec.pop(knatives_own)
    spec["containers"] = [{"name": "user-container"} | c for c in copy.deepcopy(spec["containers"])]
    for probe in ("readinessProbe", "livenessProbe"):
        # Knative fills it in, and older releases refuse a manifest that does.
        spec["containers"][0][probe]["httpGet"]["port"] = 8080
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": service["metadata"], "spec": spec}
    kubernetes_validate.validate(pod, KUBERNETES, strict=True)


@each_service
def test_knative_would_admit(service: dict[str, Any]) -> None:
    assert re.fullmatch(NAME, service["metadata"]["name"])
    annotations = service["metadata"].get("annotations", {})
    assert not [key for key in annotations if key.startswith("autoscaling.knative.dev/")]
    spec = service["spec"]["template"]["spec"]
    assert set(spec) <= POD_FIELDS
    assert not spec["automountServiceAccountToken"]
    assert 0 < spec["timeoutSeconds"] <= 600
    assert 0 < spec["containerConcurrency"] <= 1000
    (container,) = spec["containers"]
    assert set(container) <= CONTAINER_FIELDS
    assert set(container["securityContext"]) <= SECURITY_FIELDS
    assert len(container["ports"]) == 1
    names = [variable["name"] for variable in container["env"]]
    assert len(names) == len(set(names))
    assert not [name for name in names if name == "PORT" or name.startswith("K_")]
    for volume in spec["volumes"]:
        assert set(volume) <= VOLUME_KINDS
    assert {m["name"] for m in container["volumeMounts"]} <= {v["name"] for v in spec["volumes"]}


@each_service
def test_its_instances_stay_between_their_bounds(service: dict[str, Any], stack: Stack) -> None:
    scale = stack.function(service["metadata"]["name"]).scale
    annotations = service["spec"]["template"]["metadata"]["annotations"]
    least, most = (int(annotations[f"autoscaling.knative.dev/{bound}-scale"]) for bound in ("min", "max"))
    assert (least, most) == (0 if scale.sleeps else scale.at_least, scale.at_most)
    # https://github.com/knative/serving/blob/main/pkg/apis/autoscaling/annotation_validation.go
    assert 0 <= least <= most
    retention = annotations.get("autoscaling.knative.dev/scale-to-zero-pod-retention-period", "0s")
    assert re.fullmatch(r"[0-9]+[sm]", retention)


@each_service
def test_only_the_cluster_reaches(service: dict[str, Any]) -> None:
    assert service["metadata"]["labels"]["networking.knative.dev/visibility"] == "cluster-local"


@each_service
def test_the_restricted_profile_admits(service: dict[str, Any]) -> None:
    context = service["spec"]["template"]["spec"]["containers"][0]["securityContext"]
    assert context["readOnlyRootFilesystem"]
    assert context["runAsNonRoot"]
    assert not context["allowPrivilegeEscalation"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_the_minute_is_told_to_the_function_that_has_the_schedule(stack: Stack) -> None:
    (source,) = yaml.safe_load_all(manifests(stack, SETTINGS)["schedules.yaml"])
    assert source["spec"]["schedule"] == "* * * * *"
    assert source["spec"]["sink"]["ref"]["name"] == "run-schedules"


def test_the_gateway_asks_knatives_router_for_the_function_by_its_host(stack: Stack) -> None:
    configuration = next(yaml.safe_load_all(manifests(stack, SETTINGS)["gateway.yaml"]))["data"]["nginx.conf"]
    assert "server send-email.repitbot.svc.cluster.local:80" in configuration
    assert "set $function_host send-email.repitbot.svc.cluster.local;" in configuration


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [d for d in DOCUMENTS if d["kind"] == kind]


def test_each_queue_has_a_source_that_leaves_its_declaration_to_us(stack: Stack) -> None:
    # https://github.com/knative-extensions/eventing-rabbitmq/blob/main/pkg/apis/sources/v1alpha1/rabbitmq_validation.go
    specs = [source["spec"] for source in of_kind("RabbitmqSource")]
    assert [spec["rabbitmqResourcesConfig"]["queueName"] for spec in specs] == list(stack.queues)
    for spec in specs:
        assert set(spec) == {"rabbitmqClusterReference", "rabbitmqResourcesConfig", "delivery", "sink"}
        assert spec["rabbitmqResourcesConfig"]["predeclared"]
        assert 1 <= spec["rabbitmqResourcesConfig"]["parallelism"] <= 1000
        assert spec["rabbitmqClusterReference"]["connectionSecret"]["name"]
        assert spec["delivery"]["backoffPolicy"] in {"linear", "exponential"}
        assert re.fullmatch(r"PT[0-9]+S", spec["delivery"]["backoffDelay"])
        assert (
            stack.function(spec["sink"]["ref"]["name"]).queue == spec["rabbitmqResourcesConfig"]["queueName"]
        )


def test_keda_counts_every_queue_and_finds_the_broker_in_the_bridges_secret(stack: Stack) -> None:
    (scaled,), (login,) = of_kind("ScaledObject"), of_kind("TriggerAuthentication")
    assert scaled["spec"]["scaleTargetRef"] == {"name": "bridge"}
    assert scaled["spec"]["minReplicaCount"] <= scaled["spec"]["maxReplicaCount"]
    assert [t["metadata"]["queueName"] for t in scaled["spec"]["triggers"]] == list(stack.queues)
    for trigger in scaled["spec"]["triggers"]:
        assert (trigger["type"], trigger["metadata"]["mode"]) == ("rabbitmq", "QueueLength")
        assert trigger["authenticationRef"]["name"] == login["metadata"]["name"]
        assert all(isinstance(value, str) for value in trigger["metadata"].values())
    (reference,) = login["spec"]["secretTargetRef"]
    assert (reference["parameter"], reference["name"]) == ("host", "rabbitmq-url")
