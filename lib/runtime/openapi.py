"""The OpenAPI 3.1 document of a service, made from the models that validate its requests."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter

from lib.runtime.function import Function, Route
from lib.runtime.problems import PROBLEM
from lib.runtime.settings import VERSION

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
REF = "#/components/schemas/{model}"
TITLES = {"notification": "RepitBot Notification Service", "analytics": "RepitBot Analytics Service"}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"loc": {"type": "string"}, "msg": {"type": "string"}},
            },
        },
    },
}


def document(service: str, operations: Iterable[tuple[Function, Route]]) -> dict[str, Any]:
    """All operations of one service as one document; `x-function` names who answers."""
    schemas: dict[str, Any] = {"Problem": PROBLEM_SCHEMA}
    paths: dict[str, dict[str, Any]] = {}
    for function, route in operations:
        if route.page:
            continue
        path = PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(function, route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLES[service], "version": VERSION},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(function: Function, route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{function.name}.{route.handler.__name__}",
        "summary": route.summary or (route.handler.__doc__ or "").strip().split("\n")[0],
        "description": _paragraphs(route.handler.__doc__),
        "tags": [function.name],
        "x-function": function.name,
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_key(route)],
        "responses": _responses(route, schemas),
        "security": [] if route.open else [{"bearer": []}],
    }
    if route.roles is not None:
        operation["x-roles"] = list(route.roles)
    if content := _request(route, schemas):
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _paragraphs(text: str | None) -> str:
    return " ".join(line.strip() for line in (text or "").splitlines()).strip()


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=REF)
    schemas.update(schema.pop("$defs", {}))
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema.get("properties", {}).items()
    ]


def _key(route: Route) -> list[dict[str, Any]]:
    if not route.write:
        return []
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key and body give the same answer, for 7 days at least.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    ]


def _request(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if route.body is not None:
        return {"application/json": {"schema": _schema(route.body, schemas)}}
    return {media: {"schema": {}} for media in route.consumes}


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success"}
    if route.answer is not None:
        success["content"] = {"application/json": {"schema": _schema(route.answer, schemas)}}
    elif route.produces:
        success["content"] = {media: {"schema": {}} for media in route.produces}
    problem = {"schema": {"$ref": REF.format(model="Problem")}}
    return {
        str(route.status): success,
        "default": {"description": "A problem", "content": {PROBLEM: problem}},
    }


def _schema(model: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(model).json_schema(ref_template=REF)
    schemas.update(schema.pop("$defs", {}))
    if isinstance(model, type) and issubclass(model, BaseModel):
        schemas[model.__name__] = schema
        return {"$ref": REF.format(model=model.__name__)}
    return schema
