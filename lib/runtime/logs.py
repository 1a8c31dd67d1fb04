"""Structured logs: one JSON object a line in containers, readable lines on a terminal."""

import logging
import sys

import structlog

from lib.runtime.settings import Settings

# httpx logs full URLs at INFO, and the Bot API's URLs hold the bot's token.
QUIET = (
    "httpx",
    "httpcore",
    "urllib3",
    "pika",
    "werkzeug",
    "fontTools",
    "weasyprint",
)


def configure(settings: Settings) -> None:
    """Set structlog and the standard library's logging up for this process."""
    level = getattr(logging, settings.log_level)
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    on_terminal = settings.log_format == "console"
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if on_terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
