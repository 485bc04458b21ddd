"""Refusals and faults as pages, in one place: what is wrong and how to go on; never a stack trace."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from server.domain.errors import DomainError, NotFound
from server.domain.texts import Said, message
from server.web.render import page

log = logging.getLogger(__name__)

TOO_LARGE = message("What you sent is too large. Go back and shorten it; nothing was changed.")
NO_SUCH_WAY = message("That cannot be done with this address. Please start again from your link.")
OUR_FAULT = message("Something went wrong on our side. Reload the page to see how things stand, then try again.")


@web.middleware
async def errors_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except DomainError as error:
        return refuse(request, error.status, error.sentence, **error.values)
    except web.HTTPRequestEntityTooLarge as error:
        return refuse(request, error.status, TOO_LARGE)
    except web.HTTPNotFound as error:
        return refuse(request, error.status, NotFound.sentence)
    except web.HTTPClientError as error:
        return refuse(request, error.status, NO_SUCH_WAY)
    except Exception:
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        return refuse(request, 500, OUR_FAULT)


def refuse(request: web.Request, status: int, sentence: str, **values: object) -> web.Response:
    """The page that says why not."""
    return page(request, "error.html", status=status, refusal=Said(sentence, values), status_code=status)
