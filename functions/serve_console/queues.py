"""How much waits in RabbitMQ. The embedded queue is counted with the database's other tables."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late

from lib.errors import Temporary
from lib.queue.rabbit import RabbitBroker

# The queues of stack.yml, which is not part of a function's image; a contract test compares both.
QUEUES = (
    "notifications.events",
    "notifications.email",
    "notifications.telegram",
    "analytics.events",
    "reports.requested",
    "telegram.updates",
)
DEADLINE_S = 2.0
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="depth")


def depths(url: str) -> dict[str, int]:
    """Messages that wait, by queue, those that wait for another try included; nothing while it is away."""
    try:
        return _pool.submit(_asked, url).result(DEADLINE_S)
    except (Late, Temporary):
        return {}


def _asked(url: str) -> dict[str, int]:
    broker = RabbitBroker(url)
    try:
        return {name: broker.depth(name) + broker.depth(f"{name}.retry") for name in QUEUES}
    finally:
        broker.close()
