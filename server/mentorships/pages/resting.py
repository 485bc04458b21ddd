"""Pausing one's own mentorship, letting it go on, and ending it."""

from aiohttp import web

from server.calls.pages.ending import end_call
from server.errors import DomainError
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.pages.home import form_name, mentorship_page
from server.mentorships.posting import path_of
from server.mentorships.queries.home import read_mentorship_home
from server.mentorships.rules.farewells import READY_WORDS
from server.mentorships.rules.messages import TEXT_LIMIT
from server.people.rules.mentorships import MentorshipEvent
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def pause(request: web.Request) -> web.Response:
    return await _change(request, MentorshipEvent.PAUSE)


async def end(request: web.Request) -> web.Response:
    return await _change(request, MentorshipEvent.END)


async def resume(request: web.Request) -> web.Response:
    return await _change(request, MentorshipEvent.RESUME)


async def _change(request: web.Request, event: MentorshipEvent) -> web.Response:
    """Who is in the call of a booking that is called off leaves it."""
    form, app = await request.post(), request.app
    words, ready = text(form, "words"), text(form, "ready")
    try:
        rested = await change_own_mentorship(
            app[DATABASE],
            app[SEALER],
            visitor_of(request),
            id_of(request),
            event,
            text(form, "form") or form_name(),
            words,
            app[CLOCK](),
            ready=ready,
            call_off=text(form, "bookings") == "call_off",
        )
    except DomainError as problem:
        if event is MentorshipEvent.RESUME:
            return await mentorship_page(request, id_of(request), problem)
        return await _page(request, problem, words, ready)
    mentorship = rested.mentorship
    for booking in rested.called_off:
        await end_call(request, booking.id, mentorship.mentor_id, mentorship.mentee_id)
    return see_other(path_of(mentorship.id))


async def _page(
    request: web.Request, problem: DomainError | None = None, words: str = "", ready: str = ""
) -> web.Response:
    """Raises NotFound."""
    app = request.app
    found = await read_mentorship_home(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), app[CLOCK]())
    return page(
        request,
        "mentorships/rest.html",
        status=status_of(problem),
        row=found.row,
        coming=found.coming,
        problem=problem,
        words=words,
        words_limit=TEXT_LIMIT,
        ready_words=READY_WORDS,
        ready=ready,
        form_name=form_name(),
    )
