"""deploy/openfaas: what stands beside the functions, which faas-cli deploys from stack.yml."""

from lib.stack.model import Stack
from lib.stack.render.kubernetes import beside, policies, scaling
from lib.stack.render.kubernetes.cluster import OPENFAAS
from lib.stack.render.yaml_text import block, documents


def manifests(stack: Stack, settings: dict[str, str]) -> dict[str, str]:
    """File name → text. What stands in `variants/` is to be chosen, not to be applied with the rest."""
    return {
        "00-namespace.yaml": documents([beside.namespace(), beside.settings(settings)]),
        "01-migrate.yaml": block(beside.migration(stack, OPENFAAS)),
        "02-network-policies.yaml": documents(policies.network_policies(stack, OPENFAAS)),
        "bridge.yaml": documents(beside.bridge(stack, OPENFAAS)),
        "gateway.yaml": documents(beside.gateway(stack, OPENFAAS)),
        "variants/keda.yaml": documents(scaling.bridge_by_queue_length(stack)),
    }
