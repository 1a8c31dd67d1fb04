"""What differs between Knative and OpenFaaS for the pods that stand beside the functions."""

from dataclasses import dataclass

from lib.stack.model import FunctionSpec
from lib.stack.render.nginx import Place

NAMESPACE = "repitbot"
"""Of the gateway and the bridge, and with Knative of the functions as well."""


@dataclass(frozen=True)
class Cluster:
    """`function_url` is what FUNCTION_URL says to whoever calls a function; `place` is how the gateway does.

    A function's pods are in `namespace`, told apart by `label`; a request reaches them through one of `routers`,
    which are namespaces, on one of `ports`.
    """

    function_url: str
    place: Place
    namespace: str
    label: str
    routers: tuple[str, ...]
    ports: tuple[int, ...]


def knative_host(f: FunctionSpec) -> str:
    """The name under which the cluster knows a function."""
    return f"{f.name}.{NAMESPACE}.svc.cluster.local"


KNATIVE = Cluster(
    function_url=f"http://{{name}}.{NAMESPACE}.svc.cluster.local",
    # Knative's router finds the function by the Host header, whatever address was called.
    place=Place(address=lambda f: f"{knative_host(f)}:80", listen=str, host=knative_host),
    namespace=NAMESPACE,
    label="serving.knative.dev/service",
    routers=("knative-serving", "kourier-system", "istio-system", "contour-internal"),
    # The queue-proxy beside each function, with and without TLS, and its own metrics.
    ports=(8012, 8112, 9090, 9091),
)

OPENFAAS = Cluster(
    function_url="http://gateway.openfaas.svc.cluster.local:8080/function/{name}",
    place=Place(
        address=lambda _: "gateway.openfaas.svc.cluster.local:8080",
        listen=str,
        path=lambda f: f"/function/{f.name}$request_uri",
    ),
    namespace="openfaas-fn",
    label="faas_function",
    routers=("openfaas",),
    ports=(8080,),
)
