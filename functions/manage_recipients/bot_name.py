"""The bot's name, which `t.me` links need. One plain request; the whole client would cost 20 MiB."""

import json
import logging
import threading

import urllib3

TIMEOUT_S = 3.0
_names: dict[tuple[str, str], str] = {}
_asking = threading.Lock()


def username(api_url: str, token: str) -> str | None:
    """The bot's user name, asked for once a process; None while it cannot be learnt."""
    if not token:
        return None
    with _asking:
        if (api_url, token) not in _names:
            name = _asked(api_url, token)
            if name is None:
                return None
            _names[api_url, token] = name
        return _names[api_url, token]


def _asked(api_url: str, token: str) -> str | None:
    # The token is part of the path, which urllib3 logs at DEBUG.
    logging.getLogger("urllib3").setLevel(logging.INFO)
    timeout = urllib3.Timeout(connect=TIMEOUT_S, read=TIMEOUT_S)
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "GET", f"{api_url.rstrip('/')}/bot{token}/getMe", timeout=timeout, retries=False
            )
        return str(json.loads(answer.data)["result"]["username"])
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError):
        return None
