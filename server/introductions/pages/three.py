"""What the third person of an introduction answers to a call of three."""

from aiohttp import web

from server.calls.pages.ending import end_guest
from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, NotFound
from server.introductions.actions.three import join_three, leave_three
from server.introductions.pages.introduction import introduction_page
from server.introductions.saving import path_of
from server.web.access import visitor_of
from server.web.forms import id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def answer(request: web.Request) -> web.Response:
    """`answer` is yes, or else no; who takes a yes back in the call is out of it at once."""
    app, form = request.app, await request.post()
    says_yes, visitor, introduction_id = text(form, "answer") == "yes", visitor_of(request), id_of(request)
    try:
        seat_id = whole_number(form, "seat")
        shown = shown_wording(request, form, ChoiceKind.TOOK_SEAT if says_yes else ChoiceKind.LEFT_SEAT)
        if says_yes:
            await join_three(app[DATABASE], visitor, introduction_id, seat_id, shown, app[CLOCK]())
        else:
            seat, booking = await leave_three(app[DATABASE], visitor, introduction_id, seat_id, shown, app[CLOCK]())
            await end_guest(request, booking.id, seat.person)
    except NotFound:
        raise
    except DomainError as problem:
        return await introduction_page(request, problem)
    return see_other(f"{path_of(introduction_id)}#three")
