"""The browser's own folder and process group: all of it can be taken away, whatever state it is in."""

import fcntl
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

PREFIX = "repitbot-drawing-"
LOCK = "in-use"


class Folder:
    """A folder for the page and the profile. Its lock ends with this process, however that ends."""

    def __init__(self) -> None:
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Delete it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep() -> None:
    """Delete the folders of processes that were killed before they could."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
        try:
            held = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(held)


def kaleido_in(folder: Path, *, deadline_s: float) -> Any:
    """An unopened Kaleido whose page, profile and processes are its own; nothing comes from a network."""
    # Imported here: plotly and the browser's driver are needed for pictures only, not for JSON.
    from choreographer.browsers import Chromium
    from kaleido import Kaleido, PageGenerator

    class Own(Chromium):
        """Chromium as the leader of a process group, so that one signal reaches every process of it."""

        def get_popen_args(self) -> dict[str, Any]:
            return {**super().get_popen_args(), "start_new_session": True}

        def get_env(self) -> dict[str, str]:
            return {**super().get_env(), "TMPDIR": str(folder)}

    page = folder / "index.html"
    # Without mathjax=False the page asks a CDN for it.
    page.write_text(PageGenerator(mathjax=False).generate_index(), encoding="utf-8")
    return Kaleido(n=1, timeout=deadline_s, page_generator=page, browser_cls=Own, tmp_dir=str(folder))


def kill(browser: Any) -> None:
    """End every process of a browser at once, stopped ones included."""
    process = getattr(browser, "subprocess", None)
    if process is None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
