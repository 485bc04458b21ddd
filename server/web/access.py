"""The door of every page: who may enter, by the visit's cookie; and no deciding from elsewhere."""

import hmac
from collections.abc import Awaitable, Callable
from enum import Enum

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from server.config import Settings
from server.errors import DomainError, NotFound
from server.i18n.texts import N_
from server.people.actions.visits import find_visitor
from server.people.rules.links import VISIT_LASTS
from server.people.rules.visitors import Visitor
from server.web.forms import Form
from server.web.keys import CLOCK, DATABASE, SETTINGS, VISITOR

Page = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]
SAFE_METHODS = frozenset({"GET", "HEAD"})


class Who(Enum):
    """Who may enter a route. What a visitor may see there, the storage's doors say."""

    EVERYONE = "everyone"
    VISITOR = "somebody who opened a personal link"
    ADMIN = "the admin"


class Unreadable(DomainError):
    status = 400
    sentence = N_(
        "We could not read what your browser sent. Go back, reload the page and send it again; nothing was changed."
    )


class FromElsewhere(DomainError):
    status = 403
    sentence = N_("This form was open for too long or came from elsewhere. Go back, reload the page and send it again.")


def guarded(handler: Handler, who: Who) -> Handler:
    """The handler behind its door: whoever may not enter finds nothing."""

    async def enter(request: web.Request) -> web.StreamResponse:
        visitor = await _visitor_of(request)
        request[VISITOR] = visitor
        if who is Who.EVERYONE:
            return await handler(request)
        if visitor is None or (who is Who.ADMIN and not visitor.admin):
            raise NotFound
        if request.method not in SAFE_METHODS:
            await _refuse_elsewhere(request, visitor)
        return await handler(request)

    return enter


def visitor_of(request: web.Request) -> Visitor:
    """Who is asking, behind a door that lets only visitors in. Raises NotFound."""
    visitor: Visitor | None = request.get(VISITOR)
    if visitor is None:
        raise NotFound
    return visitor


def cookie_name(settings: Settings) -> str:
    return "__Host-fireside" if settings.secure else "fireside"


def token_of(request: web.Request) -> str | None:
    return request.cookies.get(cookie_name(request.app[SETTINGS]))


def set_cookie(response: web.StreamResponse, settings: Settings, token: str) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(VISIT_LASTS.total_seconds()),
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
        path="/",
    )


def drop_cookie(response: web.StreamResponse, settings: Settings) -> None:
    response.del_cookie(cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="Lax")


def from_own_pages(request: web.Request) -> bool:
    """Whether the browser says that one of our own pages asks (Origin; for the socket, too)."""
    return request.headers.get("Origin") == request.app[SETTINGS].base_url


async def form_of(request: web.Request) -> Form:
    """The form, parsed once: handlers get the same again from `request.post()`."""
    try:
        return await request.post()
    except (ValueError, LookupError, HttpProcessingError) as error:
        raise Unreadable from error


async def _visitor_of(request: web.Request) -> Visitor | None:
    token = token_of(request)
    if token is None:
        return None
    return await find_visitor(request.app[DATABASE], token, request.app[CLOCK]())


async def _refuse_elsewhere(request: web.Request, visitor: Visitor) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and not from_own_pages(request):
        raise FromElsewhere
    field = (await form_of(request)).get("csrf", "")
    if not isinstance(field, str) or not hmac.compare_digest(field.encode(), visitor.csrf.encode()):
        raise FromElsewhere
