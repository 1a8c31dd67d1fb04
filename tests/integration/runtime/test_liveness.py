"""What a process without routes says of itself."""

import urllib3

from lib.runtime import liveness


def test_it_is_healthy_while_nothing_is_missing_and_names_what_is() -> None:
    gone: list[str] = []
    server = liveness.serve(0, lambda: gone, host="127.0.0.1")
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        healthy = urllib3.request("GET", f"{url}/_/health", timeout=5)
        gone.append("relay")
        ill = urllib3.request("GET", f"{url}/_/health", timeout=5, retries=False)
        metrics = urllib3.request("GET", f"{url}/_/metrics", timeout=5)
        other = urllib3.request("GET", f"{url}/", timeout=5)
    finally:
        server.shutdown()
        server.server_close()
    assert (healthy.status, healthy.json()) == (200, {"status": "healthy"})
    assert (ill.status, ill.json()) == (503, {"status": "unhealthy", "missing": ["relay"]})
    assert b"notification_processing_seconds" in metrics.data
    assert other.status == 404
