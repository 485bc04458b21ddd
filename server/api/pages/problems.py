"""Refusals and faults of the API as JSON (RFC 9457), in English: programs and those who write them read it."""

import logging
from http import HTTPStatus

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.api.rules.resources import Problem
from server.db.database import Unavailable
from server.errors import DomainError, InvalidInput, NotFound, TokenNeeded, TooManyTries
from server.web.access import SAFE_METHODS, SlowRequest
from server.web.errors import RETRY_AFTER_S, note_away, seconds_until_again, status_of

PREFIX = "/api/"
PROBLEM = "application/problem+json"
NOTHING_HERE = "There is nothing at this address, or nothing with this id."
SLOW = "The request did not come within the time that there is for it."
AWAY = "The database cannot be reached right now. Nothing was changed; please try again in a moment."
UNSURE = "The database could not be reached while this was saved. Send the same again in a moment: it is done once."
OUR_FAULT = "Something went wrong on our side."

log = logging.getLogger(__name__)


@web.middleware
async def problems_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets the errors of pages through: they become pages."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    try:
        return await handler(request)
    except DomainError as error:
        return _refusal(request, error)
    except web.HTTPNotFound as error:
        return problem(error.status, NOTHING_HERE)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem(error.status, f"Allowed here: {allowed}.", {"Allow": allowed})
    except web.HTTPRequestEntityTooLarge as error:
        return problem(error.status, "The body is too large.")
    except Unavailable as error:
        unsure = note_away(request, error)
        detail = UNSURE if unsure and request.method not in SAFE_METHODS else AWAY
        return problem(503, detail, {"Retry-After": str(RETRY_AFTER_S)})
    except web.HTTPException:
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        return problem(500, OUR_FAULT)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    body = msgspec.json.encode(Problem(HTTPStatus(status).phrase, status, detail))
    return web.Response(body=body, status=status, content_type=PROBLEM, headers=headers)


def _refusal(request: web.Request, error: DomainError) -> web.Response:
    status = status_of(error)
    if isinstance(error, TokenNeeded):
        return problem(status, str(error), {"WWW-Authenticate": "Bearer"})
    if isinstance(error, TooManyTries):
        detail = "This token has made too many calls: please wait a little."
        return problem(status, detail, {"Retry-After": str(seconds_until_again(request, error))})
    if isinstance(error, NotFound):
        return problem(status, NOTHING_HERE)
    if isinstance(error, SlowRequest):
        return problem(status, SLOW)
    detail = f"{error.field}: {error}" if isinstance(error, InvalidInput) else str(error)
    return problem(status, detail)
