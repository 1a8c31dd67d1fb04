"""Each image holds lib/ and one function folder: a hidden import of a sibling would fail here."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import urllib3

from lib.local.servers.child import Child, free_port
from lib.stack import FunctionSpec, load

ROOT = Path(__file__).resolve().parents[2]
STACK = load(ROOT / "stack.yml")
LEFT_OUT = shutil.ignore_patterns("local")


def bundle(function: FunctionSpec, folder: Path) -> Path:
    """What deploy/Dockerfile copies, below an empty folder."""
    shutil.copytree(ROOT / "lib", folder / "lib", ignore=LEFT_OUT)
    (folder / "functions").mkdir()
    shutil.copy(ROOT / "functions" / "__init__.py", folder / "functions")
    shutil.copytree(
        ROOT / "functions" / function.module, folder / "functions" / function.module, ignore=LEFT_OUT
    )
    return folder


@pytest.mark.parametrize("function", STACK.functions, ids=[f.module for f in STACK.functions])
def test_a_function_starts_and_is_healthy_with_nothing_but_the_library_beside_it(
    function: FunctionSpec, tmp_path: Path
) -> None:
    port = free_port()
    child = Child(
        [sys.executable, "-m", "lib.runtime.serve", function.module, "--farewell", "0"],
        log=tmp_path / "log",
        cwd=bundle(function, tmp_path / "app"),
        env={"PORT": str(port), "HOST": "127.0.0.1", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    try:
        child.wait_until(lambda: healthy(port), seconds=30)
    finally:
        child.stop()


def healthy(port: int) -> bool:
    try:
        return (
            urllib3.request("GET", f"http://127.0.0.1:{port}/_/health", retries=False, timeout=5).status
            == 200
        )
    except urllib3.exceptions.HTTPError:
        return False
