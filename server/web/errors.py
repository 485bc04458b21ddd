"""Refusals and faults become pages here: what is wrong and how to go on, never a stack trace."""

import logging
import math
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from server.db.database import COMMITS, Commits, OutcomeUnknown, Unavailable
from server.errors import DomainError, Forbidden, Gone, InvalidChoice, InvalidInput, NotFound, TokenNeeded, TooManyTries
from server.i18n.texts import N_, Text
from server.people.rules.errors import HomeLinkNeeded
from server.web.access import SAFE_METHODS, SlowRequest, UnreadableRequest
from server.web.keys import CLOCK
from server.web.rendering import page

# The HTTP status of each kind of refusal. The most specific kind counts.
STATUSES: Mapping[type[DomainError], int] = {
    UnreadableRequest: 400,
    SlowRequest: 408,
    TokenNeeded: 401,
    Forbidden: 403,
    NotFound: 404,
    DomainError: 409,
    Gone: 410,
    InvalidInput: 422,
    InvalidChoice: 422,
    TooManyTries: 429,
}
RETRY_AFTER_S = 5
# nginx's status for a request whose browser left before it was answered. Nobody gets it; the metrics count it.
CLIENT_GONE = 499
log = logging.getLogger(__name__)

TOO_LARGE = N_("What you sent is too large. Go back and shorten it; nothing was changed.")
NO_SUCH_WAY = N_("This address does not allow that. Please start again from your link.")
AWAY = N_("We cannot reach our database right now. Nothing was changed; please try again in a moment.")
# A page may be read right after something was saved: of that it says nothing.
AWAY_READING = N_("We cannot reach our database right now. Please try again in a moment.")
UNSURE = N_(
    "We could not reach our database while saving this. Reload the page in a moment to see whether it was saved."
)
OUR_FAULT = N_("Something went wrong on our side. Reload the page to see how things stand, then try again.")


@web.middleware
async def errors_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    COMMITS.set(Commits())
    try:
        return await handler(request)
    except TooManyTries as error:
        return _try_again_at(request, error)
    except HomeLinkNeeded as error:
        return page(request, "people/home_link_needed.html", status=status_of(error), refusal=error)
    except DomainError as error:
        return refuse(request, status_of(error), error.sentence, **error.values)
    except web.HTTPRequestEntityTooLarge as error:
        return refuse(request, error.status, TOO_LARGE)
    except web.HTTPNotFound as error:
        return refuse(request, error.status, NotFound.sentence)
    except web.HTTPClientError as error:
        return refuse(request, error.status, NO_SUCH_WAY)
    except Unavailable as error:
        unsure = note_away(request, error)
        reading = request.method in SAFE_METHODS
        return _try_again_soon(request, AWAY_READING if reading else UNSURE if unsure else AWAY)
    except Exception as error:
        if isinstance(error, ConnectionError) and request.transport is None:
            return web.Response(status=CLIENT_GONE, reason="Client Closed Request")
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        return refuse(request, 500, OUR_FAULT)


def status_of(problem: DomainError | None) -> int:
    """The status of a page that shows this problem; 200 when there is none."""
    return 200 if problem is None else next(STATUSES[kind] for kind in type(problem).__mro__ if kind in STATUSES)


def note_away(request: web.Request, error: Unavailable) -> bool:
    """Logs that the database cannot be used; whether something may have been saved before."""
    log.error("%s %s: the database cannot be used: %s", request.method, request.match_info.route.resource, error)
    commits = COMMITS.get()
    return isinstance(error, OutcomeUnknown) or (commits is not None and commits.made)


def seconds_until_again(request: web.Request, error: TooManyTries) -> int:
    """How long to wait before the next try, for Retry-After; 1 at least."""
    return max(1, math.ceil((error.again_at - request.app[CLOCK]()).total_seconds()))


def refuse(request: web.Request, status: int, sentence: str, **values: object) -> web.Response:
    """The page that says why it was refused."""
    return page(request, "web/error.html", status=status, refusal=Text(sentence, values), status_code=status)


def _try_again_at(request: web.Request, error: TooManyTries) -> web.Response:
    status = status_of(error)
    response = page(
        request, "web/error.html", status=status, refusal=error, status_code=status, again_at=error.again_at
    )
    response.headers["Retry-After"] = str(seconds_until_again(request, error))
    return response


def _try_again_soon(request: web.Request, sentence: str) -> web.Response:
    response = refuse(request, 503, sentence)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
