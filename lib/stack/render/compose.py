"""The functions' part of docker-compose.local.yml. The rest of that file is written by hand."""

from textwrap import indent
from typing import Any

from lib.stack.model import FunctionSpec, Stack
from lib.stack.render.yaml_text import block

NETWORKS = {
    "database-url": "database",
    "rabbitmq-url": "broker",
    "redis-url": "cache",
    "aws-access-key-id": "storage",
    "email-username": "mail",
    "bot-token": "mail",
}
"""The network that a secret opens: whoever may not sign in somewhere has no way there either."""


def services(stack: Stack) -> str:
    """One service per function, to stand under `services:`."""
    return indent("\n".join(_service(f) for f in stack.functions), "  ")


def gateway_waits(stack: Stack) -> str:
    """What the gateway depends on: started, not healthy, or one ailing function would keep all others from being
    reached."""
    names = [f.name for f in stack.functions if f.routes]
    return "".join(f"      {name}: {{condition: service_started}}\n" for name in names)


def secrets(stack: Stack) -> str:
    """Every secret, each a file that deploy/secrets.sh makes."""
    return "".join(f"  {name}: {{file: ./secrets/{name}}}\n" for name in stack.secrets)


def _service(f: FunctionSpec) -> str:
    # The merge keys refer to anchors in the hand-written part; as YAML's own objects they would be copied out.
    body: dict[str, Any] = {
        "image": f.image,
        "build": {"context": ".", "dockerfile": "deploy/Dockerfile", "args": _arguments(f)},
        "networks": ["functions", *dict.fromkeys(NETWORKS[s] for s in f.secrets if s in NETWORKS)],
        "mem_limit": _compose_memory(f.limits.memory),
        "cpus": _compose_cpus(f.limits.cpu),
        "secrets": [{"source": s, "target": f"/var/openfaas/secrets/{s}"} for s in f.secrets],
    }
    head = f'{f.name}:\n  <<: *function\n  environment: {{<<: *environment, THREADS: "{f.concurrency}"}}\n'
    return head + indent(block(body), "  ")


def _arguments(f: FunctionSpec) -> dict[str, str]:
    packages = {"ADDITIONAL_PACKAGE": " ".join(f.packages)} if f.packages else {}
    return {"FUNCTION": f.module} | packages


def _compose_memory(quantity: str) -> str:
    return quantity.removesuffix("i").lower()


def _compose_cpus(quantity: str) -> float:
    return int(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)
