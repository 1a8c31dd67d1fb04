"""The shape of stack.yml. faas-cli takes unknown keys and wrong names silently; here all are named."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lib.stack.model import SERVICES, Route

NAME = r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"
PREFIX = re.compile(r"/|(/[A-Za-z0-9._~-]+)+")
CRON_TOPIC = "cron-function"

Word = Annotated[str, StringConstraints(strict=True, min_length=1)]
Name = Annotated[str, StringConstraints(strict=True, pattern=NAME)]
Quantity = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]+(m|Mi|Gi)?$")]
Topic = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z]+([.-][a-z]+)*$")]
Cron = Annotated[str, StringConstraints(strict=True, pattern=r"^[-0-9*/,]+( [-0-9*/,]+){4}$")]
Count = Annotated[str, StringConstraints(strict=True, pattern=r"^[1-9][0-9]{0,3}$")]
IMAGE = r"^([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9._/-]+/[a-z0-9._-]+:[0-9A-Za-z._-]+$"
Image = Annotated[str, StringConstraints(strict=True, pattern=IMAGE)]
Replicas = Annotated[str, StringConstraints(strict=True, pattern=r"^[1-5]$")]


def _variables(values: dict[str, str]) -> dict[str, str]:
    for name in values:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            raise ValueError(f"{name} is no name for a variable: capital letters, digits and underscores")
        if name == "PORT" or name.startswith("K_"):
            raise ValueError(f"{name} belongs to the platform, which sets it itself")
    if not values.get("THREADS", "8").isdigit():
        raise ValueError("THREADS must be a whole number")
    return values


def _routes(text: str) -> str:
    for line in text.strip().splitlines():
        port, _, prefix = line.partition(" ")
        if not port.isdigit() or int(port) not in SERVICES:
            raise ValueError(f"“{line}” does not begin with one of the ports {', '.join(map(str, SERVICES))}")
        if not PREFIX.fullmatch(prefix):
            raise ValueError(f"“{prefix}” is no prefix: it begins with / and does not end with one")
    return text


class Part(BaseModel):
    """A part of the file in which every key must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Amounts(Part):
    memory: Quantity
    cpu: Quantity


class Annotations(Part):
    topic: Topic | None = None
    schedule: Cron | None = None
    routes: Annotated[Word, AfterValidator(_routes)] | None = Field(None, alias="repitbot/routes")
    timeout: Count = Field("30", alias="repitbot/timeout")
    sleeps: Literal["true"] | None = Field(None, alias="repitbot/sleeps")
    ready_path: Literal["/_/ready"] = Field("/_/ready", alias="com.openfaas.ready.http.path")

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        if (self.topic == CRON_TOPIC) != (self.schedule is not None):
            raise ValueError(
                f"a function has a queue or a schedule; with a schedule the topic is {CRON_TOPIC}"
            )
        return self

    def route_list(self) -> tuple[Route, ...]:
        lines = (self.routes or "").strip().splitlines()
        return tuple(Route(int(port), prefix) for port, prefix in (line.split(" ", 1) for line in lines))


class Labels(Part):
    """OpenFaaS' Community Edition refuses every other scaling label, and more than five replicas."""

    at_least: Replicas = Field(alias="com.openfaas.scale.min")
    at_most: Replicas = Field(alias="com.openfaas.scale.max")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError("com.openfaas.scale.min is more than com.openfaas.scale.max")
        return self


class BuildArguments(Part):
    function: Word = Field(alias="FUNCTION")
    packages: str = Field("", alias="ADDITIONAL_PACKAGE")


class Function(Part):
    lang: Literal["repitbot"]
    handler: Word
    image: Image
    build_args: BuildArguments
    readonly_root_filesystem: Literal[True]
    environment: Annotated[dict[str, Word], AfterValidator(_variables)] = Field(default_factory=dict)
    environment_file: list[Literal["deploy/settings.yml"]] = Field(min_length=1, max_length=1)
    secrets: list[Name] = Field(default_factory=list)
    limits: Amounts
    requests: Amounts
    labels: Labels
    annotations: Annotations = Annotations.model_validate({})


class Provider(Part):
    name: Literal["openfaas"]
    gateway: Word


class Configuration(Part):
    extra_paths: list[Word] = Field(default_factory=list, alias="copy")


class StackFile(Part):
    version: Literal["1.0"]
    provider: Provider
    configuration: Configuration
    functions: Annotated[dict[Name, Function], Field(min_length=1)]


class SettingsFile(Part):
    """deploy/settings.yml, as faas-cli reads an `environment_file`."""

    environment: Annotated[dict[str, Word], AfterValidator(_variables)]
