"""What every operation of the API has in common: the token, what is asked for, and the answer as JSON.

An operation says all about itself, so that its handler and the OpenAPI document are made from the same words.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler
from msgspec import Struct

from server.api.actions.tokens import find_token, note_used
from server.api.rules.tokens import CALLS, ApiToken, TokenScope
from server.db.database import Database, Unavailable
from server.errors import ForPrograms, TokenNeeded
from server.people.rules.rate_limits import BucketState, full_bucket, take_token
from server.web.access import SlowRequest, UnreadableRequest
from server.web.forms import id_of
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE

JSON = "application/json"
DIGITS = re.compile(r"[0-9]{1,10}")
BEARER = "Bearer "
# Of each token's calls, in this process.
BUCKETS: web.AppKey[dict[int, BucketState]] = web.AppKey("api_buckets")

Asked = TypeVar("Asked", bound=Struct)


class UnreadableQuestion(ForPrograms, UnreadableRequest):
    """The query or the body is not what the operation takes."""


@dataclass(frozen=True, slots=True)
class ApiCall(Generic[Asked]):
    """A call by a token that may make it. `asked` is its query, or its body."""

    request: web.Request
    token: ApiToken
    asked: Asked
    now: datetime

    @property
    def database(self) -> Database:
        return self.request.app[DATABASE]

    @property
    def id(self) -> int:
        """The number in the address."""
        return id_of(self.request)

    @property
    def external_id(self) -> str:
        """The external id in the address."""
        return self.request.match_info["external_id"]


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What is answered: 201 says that it was made now."""

    said: Struct
    status: int = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """`asks` is the type of its query, or of its body if it `takes_body`; `says` that of each good answer, by status.

    `refusals` are the statuses of refusals that not every operation has.
    """

    name: str
    summary: str
    scope: TokenScope
    asks: type[Struct]
    says: Mapping[int, type[Struct]]
    refusals: Sequence[int]
    takes_body: bool


# By its handler.
OPERATIONS: dict[Handler, Operation] = {}


def operation(
    summary: str,
    scope: TokenScope,
    asks: type[Asked],
    says: Mapping[int, type[Struct]],
    *,
    refusals: Sequence[int] = (),
    takes_body: bool = False,
) -> Callable[[Callable[[ApiCall[Asked]], Awaitable[ApiAnswer]]], Handler]:
    """Makes a handler of what answers a call."""

    def handler_of(answer: Callable[[ApiCall[Asked]], Awaitable[ApiAnswer]]) -> Handler:
        integers = _integers_in(asks)

        async def handle(request: web.Request) -> web.StreamResponse:
            now = request.app[CLOCK]()
            token = await _token_of(request, scope, now)
            asked = await _body_of(request, asks) if takes_body else _query_of(request, asks, integers)
            answered = await answer(ApiCall(request, token, asked, now))
            body = msgspec.json.encode(answered.said)
            return web.Response(body=body, status=answered.status, content_type=JSON)

        OPERATIONS[handle] = Operation(answer.__name__, summary, scope, asks, says, refusals, takes_body)
        return handle

    return handler_of


def properties_of(asks: type[Struct]) -> Mapping[str, Any]:
    """The JSON Schema of each thing that can be asked for, by its name."""
    properties: Mapping[str, Any] = msgspec.json.schema(asks)["$defs"][asks.__name__]["properties"]
    return properties


def _integers_in(asks: type[Struct]) -> frozenset[str]:
    """The names of what is asked for as a number."""
    kinds = {name: [schema, *schema.get("anyOf", ())] for name, schema in properties_of(asks).items()}
    return frozenset(name for name, schemas in kinds.items() if any(each.get("type") == "integer" for each in schemas))


async def _token_of(request: web.Request, scope: TokenScope, now: datetime) -> ApiToken:
    """Raises TokenNeeded, ScopeMissing or TooManyTries."""
    shown = request.headers.get("Authorization", "")
    if not shown.startswith(BEARER) or not shown.isascii():
        raise TokenNeeded
    database = request.app[DATABASE]
    token = await find_token(database, shown.removeprefix(BEARER).strip(), scope, now)
    buckets = request.app[BUCKETS]
    buckets[token.id] = take_token(buckets.get(token.id) or full_bucket(CALLS, now), CALLS, now)
    if token.use_is_news(now):
        request.app[BACKGROUND_TASKS].start(_note_used(database, token, now))
    return token


async def _note_used(database: Database, token: ApiToken, now: datetime) -> None:
    """Reading works also while nothing can be saved."""
    with suppress(Unavailable):
        await note_used(database, token, now)


def _query_of(request: web.Request, asks: type[Asked], integers: frozenset[str]) -> Asked:
    """Raises UnreadableQuestion."""
    twice = [name for name in request.query if len(request.query.getall(name)) > 1]
    if twice:
        raise UnreadableQuestion(f"Given more than once: {', '.join(sorted(set(twice)))}.")
    # Only digits are a number here, and only where one is asked for: no moment is a number of seconds.
    given = {
        name: int(value) if name in integers and DIGITS.fullmatch(value) else value
        for name, value in request.query.items()
    }
    try:
        return msgspec.convert(given, asks)
    except msgspec.ValidationError as error:
        raise UnreadableQuestion(f"{error}.") from error


async def _body_of(request: web.Request, asks: type[Asked]) -> Asked:
    """Raises UnreadableQuestion."""
    if request.query:
        raise UnreadableQuestion("This takes no query.")
    if request.content_type != JSON:
        raise UnreadableQuestion("Send the body as Content-Type: application/json.")
    try:
        return msgspec.json.decode(await request.read(), type=asks)
    except TimeoutError as error:
        raise SlowRequest from error
    except (msgspec.DecodeError, web.RequestPayloadError, HttpProcessingError, ConnectionError) as error:
        raise UnreadableQuestion(f"{error}.") from error
