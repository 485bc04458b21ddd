"""The guides for mentors and mentees: a page for each, and putting away what is shown beside a mentorship."""

from aiohttp import web

from server.mentorships.actions.guides import dismiss_guide, show_guides
from server.mentorships.posting import path_of
from server.mentorships.rules.guides import RECOMMENDATIONS, Guide
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import entry_number, text
from server.web.keys import DATABASE
from server.web.rendering import page, see_other


async def show_for_mentors(request: web.Request) -> web.Response:
    return _page(request, "mentor", "mentee")


async def show_for_mentees(request: web.Request) -> web.Response:
    return _page(request, "mentee", "mentor")


async def dismiss(request: web.Request) -> web.Response:
    """`mentorship` is the one whose page it was on."""
    form = await request.post()
    mentorship_id = entry_number({"id": text(form, "mentorship")}, "id")
    try:
        guide = Guide(text(form, "guide"))
    except ValueError as error:
        raise UnreadableRequest from error
    await dismiss_guide(request.app[DATABASE], visitor_of(request), guide)
    return see_other("/home" if mentorship_id is None else path_of(mentorship_id))


async def show_again(request: web.Request) -> web.Response:
    """`role` says on which page it was asked for."""
    form = await request.post()
    await show_guides(request.app[DATABASE], visitor_of(request))
    return see_other(f"/guides/{'mentor' if text(form, 'role') == 'mentor' else 'mentee'}?done=shown")


def _page(request: web.Request, role: str, other: str) -> web.Response:
    done = request.query.get("done", "")
    return page(request, "mentorships/guide.html", role=role, other=other, recommendations=RECOMMENDATIONS, done=done)
