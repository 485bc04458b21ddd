"""The OpenAPI 3.1 document, made from the operations that are served."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from server.api.pages.operations import JSON, OPERATIONS, Operation, properties_of
from server.api.pages.problems import PROBLEM
from server.api.rules.resources import ExternalId, Id, Problem
from server.web.keys import SETTINGS

VERSION = "3.1.0"
# Of every operation: what cannot be read, no good token, a token that may not, too many calls, and faults of ours.
REFUSALS = (400, 401, 403, 429, 500, 503)
WITH_BODY = (408, 413)
SCHEMAS = "#/components/schemas/{name}"
IN_PATH = {"id": Id, "external_id": ExternalId}
DESCRIPTION = (
    "Read people, mentorships, sessions and counts, and add people and pairs. Never what people say or write to each "
    "other."
)


async def show(request: web.Request) -> web.Response:
    body = msgspec.json.encode(document(_served(request.app), request.app[SETTINGS].base_url))
    return web.Response(body=body, content_type=JSON)


def document(served: Iterable[tuple[str, str, Operation]], base_url: str) -> dict[str, Any]:
    """`served` are the method, the path and the operation of each route."""
    served = tuple(served)
    paths: dict[str, dict[str, Any]] = {}
    for method, path, operation in served:
        paths.setdefault(path, {})[method.lower()] = _described(path, operation)
    return {
        "openapi": VERSION,
        "info": {"title": "Fireside", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(each for _, _, each in served),
        },
    }


def _served(app: web.Application) -> Iterable[tuple[str, str, Operation]]:
    for route in app.router.routes():
        found = OPERATIONS.get(route.handler) if route.method != "HEAD" else None
        if found is not None and route.resource is not None:
            yield route.method, route.resource.canonical, found


def _described(path: str, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Needs the scope `{operation.scope}`.",
        "parameters": [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", path)],
        "responses": {str(status): _answer(status, says) for status, says in operation.says.items()},
    }
    refusals = {*REFUSALS, *operation.refusals, *(WITH_BODY if operation.takes_body else ())}
    if "{" in path:
        refusals.add(HTTPStatus.NOT_FOUND)
    described["responses"] |= {str(int(status)): _refusal(status) for status in sorted(refusals)}
    if operation.takes_body:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(operation.asks)}}}
    else:
        described["parameters"] += _query_parameters(operation.asks)
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(IN_PATH[name])}


def _query_parameters(asks: type[Struct]) -> list[dict[str, Any]]:
    asked = properties_of(asks).items()
    return [{"name": name, "in": "query", "schema": _without_null(schema)} for name, schema in asked]


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter of an address is there or not: it is never null."""
    kept = {key: value for key, value in schema.items() if key != "default" or value is not None}
    branches = [branch for branch in kept.pop("anyOf", []) if branch != {"type": "null"}]
    for branch in branches:
        kept |= branch
    if "enum" in kept:
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    return kept


def _answer(status: int, says: type[Struct]) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {JSON: {"schema": _reference(says)}}}


def _refusal(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": _reference(Problem)}}}


def _reference(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": SCHEMAS.format(name=kind.__name__)}


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    kinds: dict[type[Struct], None] = {Problem: None}
    for operation in operations:
        kinds |= dict.fromkeys(operation.says.values())
        if operation.takes_body:
            kinds[operation.asks] = None
    _, components = msgspec.json.schema_components(kinds, ref_template=SCHEMAS)
    return dict(components)
