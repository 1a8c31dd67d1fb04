"""The post office as tests use it: started in a thread or as a process, asked over HTTP either way."""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from lib.testing.mailbox.security import Security
from lib.testing.mailbox.server import LOCAL_TOKEN, MailboxServer, Place

Json = dict[str, Any]
_READY_S = 20.0


class PostOffice:
    """`with PostOffice(folder) as office:`; the ports stay the same when it is started again."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str = LOCAL_TOKEN,
        process: bool = False,
        security: Security | None = None,
    ) -> None:
        """With `process` it is a program of its own, which `kill` can end the hard way.

        `security` is of the mail server, when it is not to be spoken with in the clear and by anybody.
        """
        if process and security:
            raise ValueError("the program takes mail in the clear only")
        self.folder, self.token, self._security = folder, token, security or Security()
        self.smtp_host, self.smtp_port, self.http_port = "127.0.0.1", 0, 0
        self._run: _InThread | _AsProcess = _AsProcess() if process else _InThread()
        self._http = urllib3.PoolManager(retries=False)

    def __enter__(self) -> "PostOffice":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the pages are; also what stands for https://api.telegram.org."""
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> None:
        """Start, or start again on the same ports with everything accepted before."""
        place = Place(self.folder, self.smtp_port, self.http_port, token=self.token, security=self._security)
        self.smtp_port, self.http_port = self._run.start(place)

    def stop(self) -> None:
        """Stop cleanly."""
        self._http.clear()
        self._run.stop()

    def kill(self) -> None:
        """SIGKILL; for a process only."""
        self._run.kill()

    def script(self, **order: Any) -> Json:
        """Order faults: `smtp=[…]`, `bot_api=[…]`, `chats=[…]`, `replace=True`, as in `POST /script`."""
        answer: Json = self._ask("POST", "/script", order)
        return answer

    def clear_script(self) -> None:
        """Forget every ordered fault."""
        self._ask("DELETE", "/script")

    def mail(self, *, at_least: int = 0, after: int = 0, timeout: float = 10.0) -> list[Json]:
        """Accepted mail, oldest first; waits up to `timeout` seconds until there is so much of it."""
        return self._list("/api/mail", at_least, after, timeout)

    def telegram(self, *, at_least: int = 0, after: int = 0, timeout: float = 10.0) -> list[Json]:
        """Accepted messages of the bot, oldest first; waits as `mail` does."""
        return self._list("/api/telegram", at_least, after, timeout)

    def ledger(self, channel: str | None = None, what: str | None = None) -> list[Json]:
        """What was attempted and accepted, oldest first."""
        return [
            entry
            for entry in self._list("/api/ledger", 0, 0, 0)
            if channel in (None, entry["channel"]) and what in (None, entry["what"])
        ]

    def say(self, chat_id: int, text: str) -> Json:
        """Someone writes to the bot; returns the update."""
        update: Json = self._ask("POST", "/api/telegram/say", {"chat_id": chat_id, "text": text})
        return update

    def press(self, n: int, data: str) -> Json:
        """Someone presses a button under message `n`; returns the update."""
        update: Json = self._ask("POST", "/api/telegram/press", {"n": n, "data": data})
        return update

    def update(self, **body: Any) -> Json:
        """An update as it stands reaches the bot, numbered: what no client of Telegram's would send, for one."""
        update: Json = self._ask("POST", "/api/telegram/updates", body)
        return update

    def _list(self, path: str, at_least: int, after: int, timeout: float) -> list[Json]:
        query = urlencode({"at_least": at_least, "after": after, "timeout": timeout})
        items: list[Json] = self._ask("GET", f"{path}?{query}")
        if len(items) < at_least:
            raise TimeoutError(f"{path} has {len(items)} items after {timeout} s, not {at_least}")
        return items

    def _ask(self, verb: str, path: str, body: Json | None = None) -> Any:
        response = self._http.request(verb, self.url + path, json=body, timeout=urllib3.Timeout(70.0))
        if response.status != 200:
            raise RuntimeError(f"{verb} {path}: {response.status} {response.data.decode()}")
        return json.loads(response.data)


class _InThread:
    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: MailboxServer | None = None
        self._thread: threading.Thread | None = None

    def start(self, place: Place) -> tuple[int, int]:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox", daemon=True)
        self._thread.start()
        server = self._call(self._started(place))
        self._server = server
        return server.smtp_port, server.http_port

    def stop(self) -> None:
        if self._loop is None or self._thread is None or self._server is None:
            return
        self._call(self._stopped(self._server))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_READY_S)
        self._loop.close()
        self._loop = None

    def kill(self) -> None:
        raise RuntimeError("only a post office started with process=True can be killed")

    def _call(self, work: Any) -> Any:
        assert self._loop is not None  # noqa: S101 - set by start
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_READY_S)

    async def _started(self, place: Place) -> MailboxServer:
        server = MailboxServer(place)
        await server.start()
        return server

    async def _stopped(self, server: MailboxServer) -> None:
        await server.stop()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _AsProcess:
    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self, place: Place) -> tuple[int, int]:
        options = {
            "--dir": str(place.folder),
            "--smtp-port": str(place.smtp_port),
            "--http-port": str(place.http_port),
            "--token": place.token,
        }
        command = [
            sys.executable,
            "-m",
            "lib.testing.mailbox",
            *(word for pair in options.items() for word in pair),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        line = self._process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"the mailbox did not start: exit code {self._process.wait(_READY_S)}")
        facts = dict(word.split("=", 1) for word in line.split()[1:3])
        return int(facts["smtp"].rsplit(":", 1)[1]), int(facts["http"].rsplit(":", 1)[1])

    def stop(self) -> None:
        self._end(kill=False)

    def kill(self) -> None:
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(_READY_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
