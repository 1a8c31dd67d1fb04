"""The OpenAPI documents, and the files the pages need: what is declared, and nothing else."""

import importlib
import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from lib.runtime.function import Function
from lib.runtime.openapi import PARAMETER
from lib.runtime.settings import Settings
from lib.stack import Stack
from tests.clients import Client

PORTS = {"notification": 8006, "analytics": 8007}


@pytest.fixture(scope="module")
def console() -> Client:
    """The console; its pages need no server."""
    return Client("serve_console", Settings(environment="test"))


def document(console: Client, service: str) -> dict[str, Any]:
    answer = console.get("/openapi.json", role="", headers={"X-Service": service})
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    told: dict[str, Any] = answer.json
    return told


def declared(stack: Stack, port: int) -> set[tuple[str, str, str]]:
    """(function, method, path) of every route that this port leads to."""
    found = set()
    for spec in stack.functions:
        target = getattr(importlib.import_module(f"functions.{spec.module}.main"), spec.module)
        function: Function = target.function
        for route in function.routes:
            path = PARAMETER.sub(r"{\1}", route.path)
            if not route.page and any(each.port == port and each.takes(route.path) for each in spec.routes):
                found.add((spec.module, route.method.lower(), path))
    return found


@pytest.mark.parametrize("service", PORTS)
def test_the_document_is_valid_openapi_3_1(console: Client, service: str) -> None:
    told = document(console, service)
    assert told["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(told).validate()


@pytest.mark.parametrize("service", PORTS)
def test_every_declared_route_but_peoples_pages_stands_in_it_with_who_answers(
    console: Client, stack: Stack, service: str
) -> None:
    written = {
        (operation["x-function"], method, path)
        for path, operations in document(console, service)["paths"].items()
        for method, operation in operations.items()
    }
    assert written == declared(stack, PORTS[service])
    assert len(written) > 10


@pytest.mark.parametrize("service", PORTS)
def test_every_operation_tells_its_name_its_errors_and_whether_a_token_is_needed(
    console: Client, service: str
) -> None:
    names = []
    for operations in document(console, service)["paths"].values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            assert operation["security"] in ([], [{"bearer": []}])
    assert len(names) == len(set(names))


def test_nothing_but_strict_json_is_in_them(console: Client) -> None:
    for service in PORTS:
        json.dumps(document(console, service), allow_nan=False)


def test_a_service_without_a_document_has_none(console: Client) -> None:
    assert console.get("/openapi.json", role="", headers={"X-Service": "bot"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("ui.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("docs.js", "text/javascript; charset=utf-8"),
        ("swagger-ui/swagger-ui.css", "text/css; charset=utf-8"),
        ("swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("swagger-ui/favicon-32x32.png", "image/png"),
    ],
)
def test_the_pages_files_are_served(console: Client, name: str, content_type: str) -> None:
    answer = console.get(f"/assets/{name}", role="")
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert len(answer.data) > 100
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../main.py",
        "..%2Fmain.py",
        "%2e%2e/main.py",
        "....//main.py",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "swagger-ui/../../main.py",
        "swagger-ui/index.html",
        "swagger-ui/swagger-ui.css.map",
        "ui.css%00.png",
        "ui.css/",
        "UI.CSS",
        "",
        ".",
    ],
)
def test_no_other_file_is(console: Client, name: str) -> None:
    answer = console.get(f"/assets/{name}", role="")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert "root:" not in answer.text
