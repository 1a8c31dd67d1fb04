"""What docker-compose.local.yml promises of every service. `make compose-test` starts it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib.runtime.serve import DRAIN_S
from lib.stack import FunctionSpec, load
from lib.stack.render.compose import NETWORKS

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")
FILE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.local.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
# They do their work and end.
PASSING = {"migrate", "tests", "load-tester"}
each_service = pytest.mark.parametrize("name", SERVICES)
each_function = pytest.mark.parametrize("function", STACK.functions, ids=[f.module for f in STACK.functions])


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


@each_service
def test_a_service_is_bounded_in_memory_processor_processes_and_log(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]


@each_service
def test_a_service_comes_back_and_says_how_it_is_or_ends_for_good(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("no" if name in PASSING else "unless-stopped")
    assert service["healthcheck"].get("disable", False) == (name in PASSING)


@each_service
def test_a_service_gains_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert not service.get("cap_add")
    # The one exception stands in the file with its reason.
    assert service.get("cap_drop") == (None if name == "pgadmin" else ["ALL"])


@each_service
def test_an_image_of_others_has_a_whole_version(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", service["image"])


@each_service
def test_a_name_of_a_network_volume_or_secret_is_known(name: str) -> None:
    service = SERVICES[name]
    assert set(service["networks"]) <= set(FILE["networks"])
    mounted = {v.split(":")[0] for v in service.get("volumes", [])}
    assert {v for v in mounted if not v.startswith((".", "/"))} <= set(FILE["volumes"])
    asked = {s if isinstance(s, str) else s["source"] for s in service.get("secrets", [])}
    assert asked <= set(FILE["secrets"])


def test_ports_are_published_on_the_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert {int(port.split(":")[1]) for port in published} == {
        3000, 5050, 7070, 8000, 8006, 8007, 8025, 9090, 9093, 15672,
    }  # fmt: skip


def test_no_network_leads_out_and_whoever_is_published_is_alone_in_a_door_of_its_own() -> None:
    doors = {name for name in FILE["networks"] if name.endswith("-door")}
    assert doors == {f"{name}-door" for name, service in SERVICES.items() if service.get("ports")}
    for name, network in FILE["networks"].items():
        if name in doors:
            assert network["driver_opts"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"
            assert [f"{s}-door" for s, service in SERVICES.items() if name in service["networks"]] == [name]
        else:
            assert network == {"internal": True}


@each_function
def test_a_function_is_locked_in_with_its_own_secrets_and_the_stores_that_they_open(
    function: FunctionSpec,
) -> None:
    service = SERVICES[function.name]
    assert service["read_only"]
    assert "ports" not in service
    assert [secret["source"] for secret in service["secrets"]] == list(function.secrets)
    assert set(service["networks"]) == {"functions"} | {
        NETWORKS[s] for s in function.secrets if s in NETWORKS
    }
    assert service["environment"]["FUNCTION_URL"] == "http://{name}:8080"


@pytest.mark.parametrize("name", ["bridge", *(f.name for f in STACK.functions)])
def test_whoever_finishes_its_work_after_sigterm_is_given_the_time(name: str) -> None:
    assert seconds(SERVICES[name]["stop_grace_period"]) > DRAIN_S


def test_everybody_starts_after_what_it_cannot_do_without() -> None:
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert waits["migrate"]["postgres"]["condition"] == "service_healthy"
    for name in ("bridge", *(f.name for f in STACK.functions)):
        assert waits[name]["migrate"]["condition"] == "service_completed_successfully"
    assert set(waits["gateway"]) == {f.name for f in STACK.functions if f.routes}


def test_every_mounted_file_of_ours_is_there() -> None:
    mounted = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", []) if v.startswith("./")}
    there = {path for path in mounted if not path.startswith("./secrets/")}
    assert there
    assert [path for path in there if not (ROOT / path).exists()] == []
