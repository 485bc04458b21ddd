"""The page of an introduction: for its mentor, and for each of the two who are asked."""

from aiohttp import web

from server.errors import DomainError
from server.guests.rules.links import PURPOSE, guest_token
from server.introductions.queries.introduction import IntroductionPage, read_introduction_page
from server.introductions.rules.introductions import Part
from server.introductions.rules.proposals import BLOCKS
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SECRET
from server.web.rendering import page


async def show(request: web.Request) -> web.Response:
    return await introduction_page(request)


async def introduction_page(request: web.Request, problem: DomainError | None = None) -> web.Response:
    """As it stands, with a problem. Raises NotFound."""
    app, visitor = request.app, visitor_of(request)
    found = await read_introduction_page(
        app[DATABASE], app[SEALER], visitor, id_of(request), block_key(request), app[CLOCK]()
    )
    return page(
        request,
        "introductions/introduction.html",
        status=status_of(problem),
        problem=problem,
        where=found.status.value,
        found=found,
        seat_link=_seat_link(request, found),
    )


def _seat_link(request: web.Request, found: IntroductionPage) -> str:
    """Where the third person goes in to a call of three that they have agreed to; empty for all others."""
    if found.part is not Part.THIRD or found.three is None or not found.three.joins:
        return ""
    seat = found.three.seat
    return f"/g/{guest_token(request.app[SECRET].key(PURPOSE), seat.id, seat.key)}"


def block_key(request: web.Request) -> bytes:
    """What hides which addresses do not want to be asked."""
    return request.app[SECRET].key(BLOCKS)
