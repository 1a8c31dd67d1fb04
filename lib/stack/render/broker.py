"""deploy/rabbitmq/definitions.json: the topology, for `rabbitmqctl import_definitions`."""

import json

from lib.stack.model import Stack
from lib.stack.topology import topology

VHOST = "/"


def definitions(stack: Stack, vhost: str = VHOST) -> str:
    """The definitions file for one virtual host. It names no user: those belong to the installation."""
    wanted = topology(stack)
    durable = {"vhost": vhost, "durable": True, "auto_delete": False}
    body = {
        "exchanges": [
            {"name": e.name, **durable, "type": e.kind, "internal": False, "arguments": {}}
            for e in wanted.exchanges
        ],
        "queues": [{"name": q.name, **durable, "arguments": q.arguments} for q in wanted.queues],
        "bindings": [
            {
                "source": b.exchange,
                "vhost": vhost,
                "destination": b.queue,
                "destination_type": "queue",
                "routing_key": b.routing_key,
                "arguments": {},
            }
            for b in wanted.bindings
        ],
    }
    return json.dumps(body, indent=2) + "\n"
