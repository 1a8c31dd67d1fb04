"""GET /metrics of a whole service: what the database knows, and what each function's process counted."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import exc

from functions.serve_console import dependencies, documents, queues
from functions.serve_console.ages import measured
from functions.serve_console.counts import counted
from lib.errors import BadInput, Temporary
from lib.runtime.function import Call, Reply
from lib.runtime.metrics import TEXT

SCRAPE_S = 2.0
_pool = ThreadPoolExecutor(max_workers=12, thread_name_prefix="scrape")


def answer(call: Call, service: str) -> Reply:
    """One page in Prometheus' text format. A function that is away is missing, and `function_up` says so.

    Where functions have several instances, asking one of them by chance would tell a sum that jumps, and asking one
    that sleeps would wake it: there only what all know together is told, and Prometheus asks the instances.
    """
    names = documents.functions_of(service) if call.settings.metrics_gathered else ()
    looked = _pool.submit(dependencies.looked_at, call)
    pages = dict(zip(names, _pool.map(lambda name: _scrape(call, name), names), strict=True))
    running = InfoMetricFamily("service", "What is running.", {"version": call.settings.version})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed([*_counts(call), *_cache(call), looked.result(), running, *merged(pages)]))
    return Reply(generate_latest(registry), 200, TEXT)


def _scrape(call: Call, name: str) -> str | None:
    # Our own page would ask us again, without end.
    path = "/_/metrics" if name == "serve-console" else "/metrics"
    try:
        return call.peers.get(name, path, timeout_s=SCRAPE_S).data.decode()
    except (Temporary, BadInput):
        return None


def _counts(call: Call) -> list[Metric]:
    try:
        with call.db.connect() as conn:
            families = [*counted(conn, embedded=not call.settings.rabbitmq_url), *measured(conn, call)]
    except (exc.SQLAlchemyError, Temporary):
        return []
    if call.settings.rabbitmq_url:
        sizes = next(family for family in families if family.name == "notification_queue_size")
        for name, depth in queues.depths(call.settings.rabbitmq_url).items():
            sizes.add_sample(sizes.name, {"queue": name}, depth)
    return families


def _cache(call: Call) -> list[Metric]:
    size = call.cache.size()
    return [] if size is None else [GaugeMetricFamily("cache_bytes", "Memory the cache holds.", value=size)]


def merged(pages: dict[str, str | None]) -> list[Metric]:
    """Each function's page, its samples told apart by the label `function`."""
    up = GaugeMetricFamily("function_up", "1 when the function answered the scrape.", labels=["function"])
    families: dict[str, Metric] = {"function_up": up} if pages else {}
    for name, page in pages.items():
        up.add_metric([name.replace("-", "_")], float(page is not None))
        for family in text_string_to_metric_families(page or ""):
            target = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                labels = {"function": name.replace("-", "_"), **sample.labels}
                target.samples.append(sample._replace(labels=labels))
    return list(families.values())


class _Fixed:
    """A collector of what is collected already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
