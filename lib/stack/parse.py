"""Reads stack.yml, strictly: what a platform would silently ignore is refused here with a sentence."""

from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from lib.stack.model import FunctionSpec, Resources, Route, Scale, Stack
from lib.stack.shape import CRON_TOPIC, Function, SettingsFile, StackFile

Shape = TypeVar("Shape", StackFile, SettingsFile)


class StackError(ValueError):
    """stack.yml is wrong; the sentence says where and how."""


def load(path: Path) -> Stack:
    """Read the file. Raises StackError, or OSError when there is no such file."""
    return parse(path.read_text(encoding="utf-8"))


def load_settings(path: Path) -> dict[str, str]:
    """The variables that all functions have on a platform. Raises StackError, or OSError."""
    try:
        return _read(path.read_text(encoding="utf-8"), SettingsFile).environment
    except StackError as error:
        raise StackError(f"{path.name}: {error}") from None


def _read(text: str, shape: type[Shape]) -> Shape:
    if "$" in text:
        raise StackError(
            "There is a dollar sign in it: faas-cli would put an environment variable in its place."
        )
    try:
        return shape.model_validate(yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader, and stricter
    except yaml.YAMLError as error:
        raise StackError(f"This is not YAML: {error}") from None
    except ValidationError as error:
        raise StackError(_sentence(error)) from None


def parse(text: str) -> Stack:
    """Read the text of a stack file. Raises StackError."""
    file = _read(text, StackFile)
    stack = Stack(tuple(_function(name, f) for name, f in file.functions.items()))
    _check_overlaps(stack)
    return stack


class _Loader(yaml.SafeLoader):
    """A later key of the same name would win without a word, and a function would be gone."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise StackError(f"“{twice[0]}” stands twice in the mapping at line {node.start_mark.line + 1}.")
        return super().construct_mapping(node, deep)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part != "[key]")
    known = {
        "extra_forbidden": "is not a key that is known here",
        "missing": "is missing",
        "string_type": "must be text; put it in quotes",
    }
    return f"{place} {known.get(first['type'], 'is wrong: ' + first['msg'].removeprefix('Value error, '))}."


def _function(name: str, f: Function) -> FunctionSpec:
    module = name.replace("-", "_")
    if f.handler != f"./functions/{module}":
        raise StackError(f"functions.{name}.handler must be ./functions/{module}, the function's name.")
    if f.build_args.function != module:
        raise StackError(f"functions.{name}.build_args.FUNCTION must be {module}.")
    topic = f.annotations.topic
    return FunctionSpec(
        name=name,
        module=module,
        image=f.image,
        routes=f.annotations.route_list(),
        queue=None if topic == CRON_TOPIC else topic,
        schedule=f.annotations.schedule,
        concurrency=int(f.environment.get("THREADS", "8")),
        timeout_seconds=int(f.annotations.timeout),
        secrets=tuple(f.secrets),
        environment=tuple(f.environment.items()),
        packages=tuple(f.build_args.packages.split()),
        limits=Resources(f.limits.memory, f.limits.cpu),
        requests=Resources(f.requests.memory, f.requests.cpu),
        scale=Scale(int(f.labels.at_least), int(f.labels.at_most), f.annotations.sleeps is not None),
    )


def _check_overlaps(stack: Stack) -> None:
    routes = [(route, f.name) for f in stack.functions for route in f.routes]
    for (one, first), (other, second) in combinations(routes, 2):
        if one == other or (first != second and _share(one, other)):
            both = f"{one.port} {one.prefix} of {first} and {other.port} {other.prefix} of {second}"
            raise StackError(f"Two routes overlap: {both}.")
    for queue in stack.queues:
        if stack.queues.count(queue) > 1:
            raise StackError(f"Two functions take messages from {queue}, so that each would get only some.")


def _share(one: Route, other: Route) -> bool:
    return one.port == other.port and (one.takes(other.prefix) or other.takes(one.prefix))
