"""A new function is three files: main.py (with an empty __init__.py), an entry in stack.yml, a test."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lib.runtime.settings import VERSION
from lib.stack import FunctionSpec, load

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")
DECLARED = """
import importlib, json, sys
app = importlib.import_module(f"functions.{sys.argv[1]}.main").app
rules = [list(rule) for rule in app.rules]
print(json.dumps({"name": app.name, "rules": rules, "queue": app.queue, "scheduled": app.scheduled}))
"""

each_function = pytest.mark.parametrize("function", STACK.functions, ids=[f.module for f in STACK.functions])


def declared(function: FunctionSpec) -> dict[str, Any]:
    """What main.py declares, imported alone: platforms load one function a process."""
    done = subprocess.run(
        [sys.executable, "-c", DECLARED, function.module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def folders() -> list[str]:
    names = (path.name for path in (ROOT / "functions").iterdir() if path.is_dir())
    return sorted(name for name in names if not name.startswith("__"))


def missing(name: str) -> list[str]:
    """Which of its three files a function lacks."""
    files = [f"functions/{name}/main.py", f"functions/{name}/__init__.py"]
    lacks = [file for file in files if not (ROOT / file).exists()]
    if name not in {f.module for f in STACK.functions}:
        lacks.append(f"an entry {name.replace('_', '-')} in stack.yml")
    if not any(name in f"{path}{path.read_text()}" for path in other_tests()):
        lacks.append(f"a test that has {name} in its path or its text")
    return lacks


def other_tests() -> list[Path]:
    """Every test but those that look at all functions alike."""
    return [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent != Path(__file__).parent]


@pytest.mark.parametrize("name", sorted({*folders(), *(f.module for f in STACK.functions)}))
def test_a_function_has_its_three_files(name: str) -> None:
    assert missing(name) == []


def test_the_init_files_of_functions_are_empty() -> None:
    assert [path for path in (ROOT / "functions").glob("*/__init__.py") if path.read_text()] == []


@each_function
def test_a_function_declares_what_stack_yml_says_of_it(function: FunctionSpec) -> None:
    told = declared(function)
    assert told["name"] == function.module
    assert told["queue"] == function.queue
    assert told["scheduled"] == (function.schedule is not None)


@each_function
def test_every_route_of_a_function_is_reachable_and_every_prefix_leads_somewhere(
    function: FunctionSpec,
) -> None:
    paths = {path for _, path in declared(function)["rules"]}
    for path in paths:
        assert any(route.takes(path) for route in function.routes), f"no prefix in stack.yml takes {path}"
    for route in function.routes:
        assert any(route.takes(path) for path in paths), f"no route of main.py is below {route.prefix}"


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {project["version"], *(f.image.rsplit(":", 1)[1] for f in STACK.functions)} == {VERSION}


def test_git_has_the_library() -> None:
    listed = subprocess.run(["git", "ls-files", "lib"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert listed.stdout.splitlines()
