"""What a machine of one's own takes besides the program: Nginx' site and systemd's unit."""

from __future__ import annotations

import configparser
import importlib.util
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from lib.local.servers.child import Child, answers, free_port
from tests.servers.echo import EchoServer
from tests.servers.nginx import PROGRAM

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "deploy" / "machine" / "nginx-site.conf"
UNIT = ROOT / "deploy" / "machine" / "repitbot.service"
FRAME = """
pid {home}/nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  {site}
}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A real Nginx with the site, in front of both services."""
    port = free_port()
    with EchoServer("notifications") as notifications, EchoServer("analytics") as analytics:
        text = SITE.read_text().replace("listen 80", f"listen 127.0.0.1:{port}")
        text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
        text = text.replace("127.0.0.1:8006", notifications.url.removeprefix("http://"))
        text = text.replace("127.0.0.1:8007", analytics.url.removeprefix("http://"))
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(FRAME.format(home=tmp_path, site=text))
        argv = [str(PROGRAM), "-p", str(tmp_path), "-c", str(configuration), "-g", "daemon off; user root;"]
        child = Child(argv, log=tmp_path / "error.log", ends_by=signal.SIGQUIT, cwd=tmp_path)
        child.wait_until(lambda: answers(port), seconds=10)
        yield f"http://127.0.0.1:{port}"
        child.stop()


@pytest.mark.parametrize(
    ("host", "name"), [("repitbot.example", "notifications"), ("analytics.repitbot.example", "analytics")]
)
def test_each_service_has_a_name_of_its_own_and_hears_that_someone_came_through_a_proxy(
    site: str, host: str, name: str
) -> None:
    answer = urllib3.request("GET", f"{site}/metrics?a=%20", headers={"Host": host}, timeout=10)
    told = answer.json()
    assert (told["name"], told["path"]) == (name, "/metrics?a=%20")
    # By this header the gateway behind refuses the metrics.
    assert told["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert told["headers"]["Host"] == host


def test_whoever_asks_for_another_name_is_not_answered(site: str) -> None:
    with pytest.raises(urllib3.exceptions.ProtocolError):
        urllib3.request("GET", site, headers={"Host": "other.example"}, timeout=10, retries=False)


def service_of(path: Path) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's keys have capitals
    unit.read_string(path.read_text())
    return unit["Service"]


@pytest.mark.parametrize("path", sorted(UNIT.parent.glob("*.service")), ids=lambda path: path.stem)
def test_a_unit_starts_a_program_of_ours_as_nobody_special(path: Path) -> None:
    service = service_of(path)
    python, dash_m, module, *options = service["ExecStart"].split()
    assert python == f"{service['WorkingDirectory']}/.venv/bin/python"
    assert (dash_m, importlib.util.find_spec(module) is not None) == ("-m", True)
    known = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [each for each in options if each.startswith("--") and each not in known] == []
    assert service["User"] == service_of(UNIT)["User"] != "root"
    assert service["NoNewPrivileges"] == "yes"


def test_the_system_runs_in_earnest_and_has_time_to_finish() -> None:
    service = service_of(UNIT)
    assert "ENVIRONMENT=production" in service["Environment"].split()
    # gunicorn drains for 27 s, and the stores end after it.
    assert int(service["TimeoutStopSec"]) >= 40
