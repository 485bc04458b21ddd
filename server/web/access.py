"""Access to every page: who may open it, by the visit's cookie; and no forms from other sites."""

import hmac
from contextlib import suppress
from datetime import datetime
from enum import Enum

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from server.config import Settings
from server.db.database import Database, Unavailable
from server.errors import DomainError, Forbidden, NotFound
from server.i18n.texts import N_
from server.people.actions.links import find_visitor, note_seen
from server.people.rules.errors import HomeLinkNeeded
from server.people.rules.links import SEEN_WITHIN, VISIT_LASTS
from server.people.rules.visitors import Visitor
from server.web.forms import Form
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE, FOREIGN_ORIGINS, SETTINGS, VISITOR

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Who(Enum):
    """Who may open a route. What a visitor may see there is checked by the queries."""

    UNASKED = "everyone, without looking up who it is"
    PROGRAMS = "the scheme's own systems, by a token that their handler looks at"
    EVERYONE = "everyone"
    VISITOR = "people who opened a personal link"
    OWNER = "people who opened a link to all of their pages, not only to one catch-up"
    COORDINATOR = "coordinators and admins"
    ADMIN = "admins"


class UnreadableRequest(DomainError):
    sentence = N_(
        "We could not read what your browser sent. Go back, reload the page and send it again; nothing was changed."
    )


class SlowRequest(UnreadableRequest):
    """The request did not come within the time that there is for it."""


class ForeignAddress(Forbidden):
    """The page was opened under another address than that of the settings."""

    sentence = N_("These pages are at %(address)s. Please open your link there; nothing was changed.")


class ForeignForm(Forbidden):
    sentence = N_("This form was open for too long or came from elsewhere. Go back, reload the page and send it again.")


def guarded(handler: Handler, who: Who, form_limit: int | None = None) -> Handler:
    """The handler with its access check: the page is not found for anyone who may not open it.

    `form_limit` is how many bytes its form may have, None for as many as any other: so nobody else may send more.
    """
    if who in (Who.UNASKED, Who.PROGRAMS):
        return handler

    async def check_access(request: web.Request) -> web.StreamResponse:
        visitor = await _visitor_of(request)
        request[VISITOR] = visitor
        if who is Who.EVERYONE:
            return await handler(request)
        if visitor is None or not _in_role(visitor, who):
            raise NotFound
        if who is Who.OWNER and not visitor.owner:
            raise HomeLinkNeeded
        if form_limit is not None:
            request = request.clone(client_max_size=form_limit)
        if request.method not in SAFE_METHODS:
            await _check_form(request, visitor)
        return await handler(request)

    return check_access


def _in_role(visitor: Visitor, who: Who) -> bool:
    """Whether the visitor's account may open pages of this kind, if they are for accounts only."""
    if who not in (Who.COORDINATOR, Who.ADMIN):
        return True
    return visitor.account is not None and (who is Who.COORDINATOR or visitor.account.is_admin)


def visitor_of(request: web.Request) -> Visitor:
    """The visitor, on a page that only visitors may open. Raises NotFound."""
    visitor: Visitor | None = request.get(VISITOR)
    if visitor is None:
        raise NotFound
    return visitor


async def find_visitor_again(request: web.Request) -> Visitor:
    """The visitor as they are now, for what goes on after the request was let in. Raises NotFound when it is over."""
    request[VISITOR] = await _visitor_of(request)
    return visitor_of(request)


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
    """Whether the browser says that one of our own pages sent this (Origin; also for sockets).

    One of a visitor, or to the host that its page is from, is noted: our pages were opened under another address.
    """
    origin, own = request.headers.get("Origin"), request.app[SETTINGS].base_url
    if origin is None or origin == own:
        return origin == own
    if request.get(VISITOR) is not None or origin.partition("://")[2] == request.host:
        request.app[FOREIGN_ORIGINS].note(origin, own)
    return False


async def form_of(request: web.Request) -> Form:
    """The form. It is parsed once: handlers get the same from `request.post()`. Raises UnreadableRequest."""
    try:
        return await request.post()
    except TimeoutError as error:
        raise SlowRequest from error
    except (ValueError, LookupError, HttpProcessingError, ConnectionError) as error:
        raise UnreadableRequest from error


async def _visitor_of(request: web.Request) -> Visitor | None:
    token = token_of(request)
    if token is None:
        return None
    database, now = request.app[DATABASE], request.app[CLOCK]()
    visitor = await find_visitor(database, token, now)
    if visitor is not None and now - visitor.seen_at >= SEEN_WITHIN:
        request.app[BACKGROUND_TASKS].start(_note_seen(database, visitor, now))
    return visitor


async def _note_seen(database: Database, visitor: Visitor, now: datetime) -> None:
    """Pages open also while nothing can be saved."""
    with suppress(Unavailable):
        await note_seen(database, visitor, now)


async def _check_form(request: web.Request, visitor: Visitor) -> None:
    """Raises ForeignForm when the form is not from a page of this visit, ForeignAddress, or UnreadableRequest."""
    foreign = request.headers.get("Origin") is not None and not from_own_pages(request)
    field = (await form_of(request)).get("csrf", "")
    if not isinstance(field, str) or not hmac.compare_digest(field.encode(), visitor.csrf.encode()):
        raise ForeignForm
    if foreign:
        raise ForeignAddress(address=request.app[SETTINGS].base_url)
