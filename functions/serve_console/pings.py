"""One ping a dependency: True when it answered, False when none is configured, an exception otherwise."""

import smtplib
from collections.abc import Callable

import urllib3
from sqlalchemy import text

from lib.errors import Temporary
from lib.queue.rabbit import RabbitBroker
from lib.runtime.function import Call
from lib.storage.opening import opened

TIMEOUT_S = 1.8


def database(call: Call) -> bool:
    """A statement that touches no table."""
    with call.db.connect() as conn:
        conn.execute(text("SELECT 1"))
    return True


def queue(call: Call) -> bool:
    """RabbitMQ opens a connection; the embedded queue's table can be read."""
    if call.settings.rabbitmq_url:
        RabbitBroker(call.settings.rabbitmq_url).ping()
        return True
    with call.db.connect() as conn:
        conn.execute(text("SELECT 1 FROM queue_messages LIMIT 1"))
    return True


def cache(call: Call) -> bool:
    """PING."""
    if not call.settings.redis_url:
        return False
    call.cache.ping()
    return True


def storage(call: Call) -> bool:
    """The folder takes a byte, or the bucket answers us."""
    opened(call.settings, tries=1).ping()
    return True


def smtp(call: Call) -> bool:
    """A greeting and NOOP, without signing in."""
    settings = call.settings
    if not settings.email_host:
        return False
    kind = smtplib.SMTP_SSL if settings.email_port == 465 else smtplib.SMTP
    with kind(settings.email_host, settings.email_port, timeout=TIMEOUT_S) as session:
        session.noop()
    return True


def telegram(call: Call) -> bool:
    """getMe. The URL holds the token: it is never logged, and errors are not shown."""
    settings = call.settings
    if not settings.bot_token:
        return False
    url = f"{settings.telegram_api_url.rstrip('/')}/bot{settings.bot_token}/getMe"
    answer = urllib3.request("GET", url, timeout=TIMEOUT_S, retries=False)
    if answer.status != 200:
        raise Temporary("The Bot API does not accept us.")
    return True


PINGS: dict[str, Callable[[Call], bool]] = {
    "database": database,
    "queue": queue,
    "cache": cache,
    "storage": storage,
    "smtp": smtp,
    "telegram": telegram,
}
