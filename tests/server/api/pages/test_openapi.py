"""The OpenAPI document says what is served: every question that fits it, and many that do not, are answered as it says.

Each operation is tried on the real application, with a query or a body made at random from its own description.
"""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from server.api.pages.operations import OPERATIONS
from server.api.rules import resources
from server.routes import ROUTES
from server.web.access import Who

JSON_TYPE = {"Content-Type": "application/json"}
EXAMPLES = 25
ODD_TEXT = st.text(max_size=40)
ODD = st.one_of(ODD_TEXT, st.integers().map(str), st.datetimes().map(lambda at: at.isoformat()), st.just("null"))
ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=6,
)


def of_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema allows."""
    if "anyOf" in schema:
        return st.one_of(*map(of_schema, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "null":
        return st.none()
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda at: at.isoformat() + "Z")
    return st.text(min_size=schema.get("minLength", 0), max_size=40) | st.emails().filter(lambda it: len(it) < 255)


@pytest.fixture
async def document(site) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{site.base_url}/api/v1/openapi.json") as answer:
        assert answer.status == 200
        return await answer.json()


def test_every_route_for_tokens_is_an_operation_and_every_operation_has_a_route() -> None:
    routed = [route.handler for route in ROUTES if route.who is Who.PROGRAMS]
    assert len(routed) == len(set(routed)) == len(OPERATIONS)
    assert set(routed) == set(OPERATIONS)
    assert all(route.who in (Who.PROGRAMS, Who.UNASKED) for route in ROUTES if route.path.startswith("/api/"))


async def test_the_document_names_what_is_served_with_its_scope(document) -> None:
    assert document["openapi"] == "3.1.0"
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == len(OPERATIONS)
    assert all({"200", "401", "403", "429", "500", "503"} <= set(each["responses"]) for each in operations)
    references = set(_references(document))
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


@pytest.mark.parametrize("name", sorted(each.name for each in OPERATIONS.values()))
async def test_every_answer_is_one_that_the_document_names(site, token, document, name) -> None:
    [(path, method, described)] = [
        (path, method, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
        if each["operationId"] == name
    ]
    in_path = {each["name"]: each["schema"] for each in described["parameters"] if each["in"] == "path"}
    in_query = {each["name"]: each["schema"] for each in described["parameters"] if each["in"] == "query"}
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    allowed = body and document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    questions = st.fixed_dictionaries(
        {
            "path": st.fixed_dictionaries({key: of_schema(schema) | ODD_TEXT for key, schema in in_path.items()}),
            "query": st.fixed_dictionaries({}, optional={key: of_schema(each) | ODD for key, each in in_query.items()}),
            "body": _bodies(allowed) if allowed else st.none(),
        }
    )
    seen: set[int] = set()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:

        async def ask(question: dict[str, Any]) -> tuple[int, str, bytes]:
            filled = path
            for key, value in question["path"].items():
                filled = filled.replace(f"{{{key}}}", quote(str(value), safe=""))
            query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in question["query"].items())
            sent = {} if question["body"] is None else {"data": question["body"], "headers": JSON_TYPE}
            url = URL(f"{site.base_url}{filled}" + (f"?{query}" if query else ""), encoded=True)
            async with session.request(method, url, **sent) as answer:
                return answer.status, answer.content_type, await answer.read()

        for question in examples_of(questions):
            status, kind, said = await ask(question)
            assert str(status) in described["responses"], (question, status, said)
            assert status < 500, (question, said)
            [(documented, content)] = described["responses"][str(status)]["content"].items()
            assert kind == documented
            shape = getattr(resources, content["schema"]["$ref"].rpartition("/")[2])
            msgspec.json.decode(said, type=shape)
            seen.add(status)
    assert seen & {200, 201, 404} or in_path


def _bodies(schema: dict[str, Any]) -> st.SearchStrategy[bytes]:
    required = set(schema["required"])
    fields = {key: of_schema(each) for key, each in schema["properties"].items()}
    good = st.fixed_dictionaries(
        {key: fields[key] for key in fields if key in required},
        optional={key: fields[key] for key in fields if key not in required},
    )
    odd = ODD_JSON | st.fixed_dictionaries(dict.fromkeys(fields, ODD_JSON))
    return st.one_of(good, good, odd).map(lambda it: json.dumps(it).encode()) | st.binary(max_size=40)


def examples_of(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """So many at random: they are drawn first, because hypothesis runs no coroutines."""
    drawn: list[Any] = []

    @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(example: Any) -> None:
        drawn.append(example)

    draw()
    return drawn


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [each for value in part.values() for each in _references(value)]
    return [each for value in part for each in _references(value)] if isinstance(part, list) else []
