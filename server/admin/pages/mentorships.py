"""Pausing a mentorship, ending it, and bringing it back, from the page of one of its two people."""

from aiohttp import web

from server.admin.actions.mentorships import arrange
from server.admin.pages.person import path_of
from server.calls.pages.ending import end_call
from server.people.rules.mentorships import MentorshipEvent
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def pause(request: web.Request) -> web.Response:
    return await _arrange(request, MentorshipEvent.PAUSE)


async def end(request: web.Request) -> web.Response:
    return await _arrange(request, MentorshipEvent.END)


async def resume(request: web.Request) -> web.Response:
    return await _arrange(request, MentorshipEvent.RESUME)


async def _arrange(request: web.Request, event: MentorshipEvent) -> web.Response:
    """Who is in the call of a booking that is called off leaves it."""
    form = await request.post()
    arranged = await arrange(
        request.app[DATABASE],
        visitor_of(request),
        id_of(request),
        event,
        request.app[CLOCK](),
        call_off=text(form, "bookings") == "call_off",
    )
    mentorship = arranged.mentorship
    for booking in arranged.called_off:
        await end_call(request, booking.id, mentorship.mentor_id, mentorship.mentee_id)
    from_mentee = text(form, "person") == str(mentorship.mentee_id)
    person_id = mentorship.mentee_id if from_mentee else mentorship.mentor_id
    return see_other(f"{path_of(person_id)}?done={arranged.state.value}")
