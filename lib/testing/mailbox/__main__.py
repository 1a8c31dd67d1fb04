"""The local post office as a program: an SMTP server, a Bot API and the pages that show what arrived.

`python -m lib.testing.mailbox --dir D --smtp-port P --http-port P [--token T]` prints a line when ready.
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from lib.testing.mailbox.server import LOCAL_TOKEN, MailboxServer, Place


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C; 1 when a port is taken or the folder can't be written."""
    try:
        asyncio.run(_serve(_place(arguments)))
    except OSError as error:
        print(f"The mailbox can't start: {error}", file=sys.stderr)
        return 1
    return 0


def _place(arguments: list[str] | None) -> Place:
    parser = argparse.ArgumentParser(prog="python -m lib.testing.mailbox", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where messages are kept")
    parser.add_argument("--smtp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--token", default=LOCAL_TOKEN, help="the bot's token")
    parser.add_argument("--timezone", default="Europe/Moscow", help="of the times on the pages")
    given = parser.parse_args(arguments)
    return Place(given.dir, given.smtp_port, given.http_port, given.host, given.token, given.timezone)


async def _serve(place: Place) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = MailboxServer(place)
    await server.start()
    smtp, http = f"{place.host}:{server.smtp_port}", f"http://{place.host}:{server.http_port}"
    print(f"ready smtp={smtp} http={http} dir={place.folder}", flush=True)
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    sys.exit(main())
