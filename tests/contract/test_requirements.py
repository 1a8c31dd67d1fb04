"""An image has what its function imports, itself and through the library: the shared set and its own list."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from lib.stack import load

ROOT = Path(__file__).resolve().parents[2]
SERVER = "lib.runtime.serve"
MODULES = [f.module for f in load(ROOT / "stack.yml").functions]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, imports inside functions included."""
    return grimp.build_graph("lib", "functions", include_external_packages=True, cache_dir=None)


@cache
def brought_by(name: str, extras: frozenset[str]) -> frozenset[NormalizedName]:
    """The distributions that installing one brings, itself included."""
    found = {canonicalize_name(name)}
    for requirement in map(Requirement, requires(name) or []):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            found |= brought_by(requirement.name, frozenset(requirement.extras))
    return frozenset(found)


def installed(*paths: Path) -> set[NormalizedName]:
    lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    listed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {name for r in listed for name in brought_by(r.name, frozenset(r.extras))}


def imported(graph: grimp.ImportGraph, module: str) -> set[str]:
    """The foreign top-level packages that the function and its server reach."""
    reached = graph.find_upstream_modules(f"functions.{module}", as_package=True)
    reached |= graph.find_upstream_modules(SERVER)
    return {name for name in reached if "." not in name} - {"lib", "functions"} - sys.stdlib_module_names


@pytest.mark.parametrize("module", MODULES)
def test_an_image_has_what_its_function_imports(graph: grimp.ImportGraph, module: str) -> None:
    there = installed(ROOT / "lib" / "requirements.txt", ROOT / "functions" / module / "requirements.txt")
    distributions = packages_distributions()
    lacking = {
        package
        for package in imported(graph, module)
        if not {canonicalize_name(name) for name in distributions.get(package, [])} & there
    }
    assert lacking == set()
