"""The contexts that images are built from, as docker and faas-cli lay them out, and the Compose file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib.stack import FunctionSpec, Stack, load

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")
TEMPLATE = ROOT / "template" / "repitbot"
DOCKERFILES = (ROOT / "deploy" / "Dockerfile", ROOT / "deploy" / "compose" / "testing.Dockerfile")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.local.yml").read_text())
each_function = pytest.mark.parametrize("function", STACK.functions, ids=[f.module for f in STACK.functions])


def faas_context(function: FunctionSpec, folder: Path) -> Path:
    """What `faas-cli build` lays out: the template, over it the handler, over it what `copy` names."""
    template = yaml.safe_load((TEMPLATE / "template.yml").read_text())
    shutil.copytree(TEMPLATE, folder)
    handler = folder / template["handler_folder"]
    shutil.copytree(ROOT / "functions" / function.module, handler, dirs_exist_ok=True)
    for extra in yaml.safe_load((ROOT / "stack.yml").read_text())["configuration"]["copy"]:
        copy = shutil.copytree if (ROOT / extra).is_dir() else shutil.copy
        copy(ROOT / extra, handler / extra)
    return folder


def copied(dockerfile: str, function: FunctionSpec) -> list[str]:
    """The sources of every COPY, as patterns."""
    lines = re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
    return [word.replace("${FUNCTION}", function.module) for line in lines for word in line.split()]


@each_function
def test_faas_cli_builds_from_the_same_layout_as_docker(function: FunctionSpec, tmp_path: Path) -> None:
    for context in (faas_context(function, tmp_path / "context"), ROOT):
        dockerfile = (
            context / "Dockerfile" if context != ROOT else ROOT / "deploy" / "Dockerfile"
        ).read_text()
        for pattern in copied(dockerfile, function):
            if not pattern.endswith("[t]"):
                assert list(context.glob(pattern.rstrip("/"))), f"COPY {pattern} finds nothing"


def test_docker_ignores_everything_that_no_copy_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    needed = {
        word.rstrip("/")
        for f in STACK.functions
        for file in DOCKERFILES
        for word in copied(file.read_text(), f)
        if word.startswith("tests/")
    }
    needed |= {
        word.split("/")[0]
        for f in STACK.functions
        for file in DOCKERFILES
        for word in copied(file.read_text(), f)
    }
    # A folder can only be let in when those above it are.
    assert kept == needed | {"tests/compose"}


def test_the_images_that_look_at_the_stack_share_the_layers_of_the_functions() -> None:
    shared = [
        re.split(r"^FROM shared", file.read_text(), maxsplit=1, flags=re.MULTILINE)[0] for file in DOCKERFILES
    ]
    assert len({text[text.index("FROM ") :] for text in shared}) == 1


@each_function
def test_a_functions_own_packages_are_in_the_lock(function: FunctionSpec) -> None:
    wanted = [ROOT / "lib" / "requirements.txt", ROOT / "functions" / function.module / "requirements.txt"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines()}
    for path in filter(Path.exists, wanted):
        lines = [line for line in path.read_text().splitlines() if line[:1] not in {"", "#"}]
        assert {canonicalize_name(Requirement(line).name) for line in lines} <= locked


def test_the_lock_names_no_place_of_the_machine_that_made_it() -> None:
    assert not re.search(r"://|/home|/root|/opt|--", (ROOT / "requirements.lock").read_text())


def test_the_secrets_script_makes_every_file_that_compose_mounts_once(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(ROOT / "deploy" / "secrets.sh", tmp_path / "deploy")
    subprocess.run([script], check=True, env={"PATH": "/usr/bin:/bin", "POSTGRES_PASSWORD": "given"})
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    mounted = {Path(s["file"]).name for s in COMPOSE["secrets"].values()} | {"rabbitmq.conf"}
    assert set(made) == mounted
    assert set(stack.secrets) <= set(made)
    assert made["database-url"] == "postgresql://repitbot:given@postgres:5432/repitbot"
    assert len(made["jwt-secret-key"]) >= 64
    subprocess.run([script], check=True, env={"PATH": "/usr/bin:/bin"})
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
