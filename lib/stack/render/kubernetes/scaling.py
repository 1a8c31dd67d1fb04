"""How many bridges run, by the length of the queues (KEDA)."""

from typing import Any

from lib.stack.model import Stack
from lib.stack.render.kubernetes.pod import metadata

WAITING_PER_BRIDGE = 500
"""About what one bridge brings to the functions in ten seconds."""


def bridge_by_queue_length(stack: Stack) -> list[dict[str, Any]]:
    """Two bridges at rest, ten at most. The functions follow the requests that the bridges make."""
    return [
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "TriggerAuthentication",
            "metadata": metadata("rabbitmq"),
            "spec": {
                "secretTargetRef": [{"parameter": "host", "name": "rabbitmq-url", "key": "rabbitmq-url"}]
            },
        },
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": metadata("bridge"),
            "spec": {
                "scaleTargetRef": {"name": "bridge"},
                "minReplicaCount": 2,
                "maxReplicaCount": 10,
                "pollingInterval": 10,
                "cooldownPeriod": 120,
                "triggers": [_trigger(queue) for queue in stack.queues],
            },
        },
    ]


def _trigger(queue: str) -> dict[str, Any]:
    facts = {
        "protocol": "amqp",
        "queueName": queue,
        "mode": "QueueLength",
        "value": str(WAITING_PER_BRIDGE),
    }
    return {"type": "rabbitmq", "metadata": facts, "authenticationRef": {"name": "rabbitmq"}}
