"""Refusals and faults as pages, in one place: what is wrong and how to go on; never a stack trace."""

import logging
import math

from aiohttp import web
from aiohttp.typedefs import Handler

from server.db.database import OutcomeUnknown, Unavailable
from server.errors import DomainError, NotFound, TooManyTries
from server.i18n.texts import N_, Text
from server.web.keys import CLOCK
from server.web.rendering import page

RETRY_AFTER_S = 5
log = logging.getLogger(__name__)

TOO_LARGE = N_("What you sent is too large. Go back and shorten it; nothing was changed.")
NO_SUCH_WAY = N_("This address does not allow that. Please start again from your link.")
AWAY = N_("We cannot reach our database right now. Nothing was changed; please try again in a moment.")
UNSURE = N_(
    "We could not reach our database while saving this. Reload the page in a moment to see whether it was saved."
)
OUR_FAULT = N_("Something went wrong on our side. Reload the page to see how things stand, then try again.")


@web.middleware
async def errors_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except TooManyTries as error:
        return _try_again_at(request, error)
    except DomainError as error:
        return refuse(request, error.status, error.sentence, **error.values)
    except web.HTTPRequestEntityTooLarge as error:
        return refuse(request, error.status, TOO_LARGE)
    except web.HTTPNotFound as error:
        return refuse(request, error.status, NotFound.sentence)
    except web.HTTPClientError as error:
        return refuse(request, error.status, NO_SUCH_WAY)
    except Unavailable as error:
        log.error("%s %s: the database is away: %s", request.method, request.match_info.route.resource, error)
        return _try_again_soon(request, UNSURE if isinstance(error, OutcomeUnknown) else AWAY)
    except Exception:
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        return refuse(request, 500, OUR_FAULT)


def refuse(request: web.Request, status: int, sentence: str, **values: object) -> web.Response:
    """The page that says why not."""
    return page(request, "web/error.html", status=status, refusal=Text(sentence, values), status_code=status)


def _try_again_at(request: web.Request, error: TooManyTries) -> web.Response:
    wait = math.ceil((error.again_at - request.app[CLOCK]()).total_seconds())
    response = page(
        request, "web/error.html", status=error.status, refusal=error, status_code=error.status, again_at=error.again_at
    )
    response.headers["Retry-After"] = str(max(1, wait))
    return response


def _try_again_soon(request: web.Request, sentence: str) -> web.Response:
    response = refuse(request, 503, sentence)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
