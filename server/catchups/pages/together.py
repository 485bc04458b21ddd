"""Accepting the next times of a routine at once, and what came of each."""

from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from server.catchups.actions.together import accept_coming
from server.catchups.pages.consent import shown_wording
from server.catchups.pages.form_fields import read_starts
from server.catchups.pages.routine import routine_page
from server.catchups.queries.together import AgreedPage, read_agreed_page, read_agreed_with_offer
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def accept(request: web.Request) -> web.Response:
    db, visitor, mentorship_id = request.app[DATABASE], visitor_of(request), id_of(request)
    form = await request.post()
    try:
        shown, starts = shown_wording(request, form, ChoiceKind.ACCEPTED), read_starts(form, "coming")
        if not starts:
            raise InvalidInput("coming", N_("Please tick at least one time."))
        await accept_coming(db, visitor, mentorship_id, starts, shown, request.app[CLOCK]())
    except DomainError as problem:
        return await routine_page(request, problem, form)
    return see_what_came(f"/mentorships/{mentorship_id}/routine", starts)


async def show(request: web.Request) -> web.Response:
    """What came of the times, on the way from the routine. Raises NotFound or TimeNotOffered."""
    starts, now = read_starts(request.query, "start"), request.app[CLOCK]()
    found = await read_agreed_page(request.app[DATABASE], visitor_of(request), id_of(request), starts, now)
    return _page(request, found)


async def show_with_offer(request: web.Request) -> web.Response:
    """The same, on the way from an offer."""
    starts, now = read_starts(request.query, "start"), request.app[CLOCK]()
    found = await read_agreed_with_offer(request.app[DATABASE], visitor_of(request), id_of(request), starts, now)
    return _page(request, found)


def see_what_came(path: str, starts: tuple[datetime, ...]) -> web.Response:
    """To the page that says what came of these times, below `path`."""
    return see_other(f"{path}/agreed?{urlencode([('start', start.isoformat()) for start in starts])}")


def _page(request: web.Request, found: AgreedPage) -> web.Response:
    return page(request, "catchups/together.html", **fields_of(found), back=request.path.removesuffix("/agreed"))
