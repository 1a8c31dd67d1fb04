"""RabbitMQ's queues brought to the functions by Knative's own sources instead of the bridge.

The bridge then runs with `--without-queues`: it still relays the outbox, rings the schedules and lists what is dead.
A source knows no Retry-After, and waits in the place of the messages behind: the bridge is what we would choose.
"""

from typing import Any

from lib.stack.model import FunctionSpec, Stack
from lib.stack.render.kubernetes.cluster import NAMESPACE
from lib.stack.render.kubernetes.pod import metadata


def rabbitmq_sources(stack: Stack) -> list[dict[str, Any]]:
    """One source for each function that has a queue."""
    return [_source(f, f.queue) for f in stack.functions if f.queue]


def _source(f: FunctionSpec, queue: str) -> dict[str, Any]:
    sink = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": f.name}
    return {
        "apiVersion": "sources.knative.dev/v1alpha1",
        "kind": "RabbitmqSource",
        "metadata": metadata(f.name),
        "spec": {
            # The secret that the source reads: `uri`, `username`, `password`, `port`; see docs/howto/knative.md.
            "rabbitmqClusterReference": {
                "name": "rabbitmq",
                "namespace": NAMESPACE,
                "connectionSecret": {"name": "rabbitmq-connection"},
            },
            # The queue and its arguments are ours: the source must not declare it anew with others.
            "rabbitmqResourcesConfig": {
                "predeclared": True,
                "queueName": queue,
                "parallelism": f.concurrency,
            },
            # Ten and a half minutes in all; what still fails goes to `….dead`, which the bridge lists.
            "delivery": {"retry": 20, "backoffPolicy": "linear", "backoffDelay": "PT3S"},
            "sink": {"ref": sink},
        },
    }
