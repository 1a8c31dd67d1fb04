"""What the health checks last said, as a metric: a scrape every few seconds must not knock at the mail server."""

import threading
import time
from functools import lru_cache

from prometheus_client.core import GaugeMetricFamily, Metric

from functions.serve_console import health
from lib.runtime.function import Call
from lib.runtime.settings import Settings

GOOD_FOR_S = 30.0


class Answers:
    """The last answers of one system's dependencies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed: dict[str, bool] = {}
        self._good_until = 0.0

    def of(self, call: Call) -> dict[str, bool]:
        """Whether each check passed, for what is configured; asked anew when the last answers are 30 s old."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                checks = health.checked(call).items()
                self._passed = {name: check.status == "up" for name, check in checks if check.status != "off"}
                self._good_until = time.monotonic() + GOOD_FOR_S
            return self._passed


@lru_cache(maxsize=4)
def _answers(_settings: Settings) -> Answers:
    return Answers()


def looked_at(call: Call) -> Metric:
    """1 or 0 for each dependency."""
    metric = GaugeMetricFamily("dependency_up", "1 when the health check passed.", labels=["dependency"])
    for name, passed in _answers(call.settings).of(call).items():
        metric.add_metric([name], float(passed))
    return metric
