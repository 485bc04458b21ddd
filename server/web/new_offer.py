"""Offering a catch-up."""

from aiohttp import web

from server.actions.offers import make_offer
from server.domain.consents import ChoiceKind
from server.domain.errors import DomainError, NotFound
from server.domain.offers import LENGTHS, NOTE_LIMIT, STARTS_LIMIT
from server.domain.people import Person
from server.keys import CLOCK, DATABASE
from server.storage.people import mentorships_of
from server.web.consent import shown
from server.web.entry import visitor_of
from server.web.forms import Form, read_draft
from server.web.free_times import free_times_of
from server.web.offer_form import typed
from server.web.render import page, see_other


async def show(request: web.Request) -> web.Response:
    return await _form(request, await _other(request))


async def send(request: web.Request) -> web.Response:
    visitor = visitor_of(request)
    other = await _other(request)
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        means = shown(request, form, ChoiceKind.OFFERED)
        offer = await make_offer(
            request.app[DATABASE], visitor, int(request.match_info["id"]), draft, means, request.app[CLOCK]()
        )
    except DomainError as problem:
        return await _form(request, other, form, problem)
    return see_other(f"/offers/{offer.id}")


async def _other(request: web.Request) -> Person:
    """The other person of the mentorship, behind the visitor's home."""
    visitor = visitor_of(request)
    async with request.app[DATABASE].reading() as connection:
        rows = await mentorships_of(connection, visitor.person)
    for row in rows:
        if visitor.home and row.id == int(request.match_info["id"]):
            return row.other
    raise NotFound


async def _form(
    request: web.Request, other: Person, form: Form | None = None, problem: DomainError | None = None
) -> web.Response:
    return page(
        request,
        "new_offer.html",
        status=problem.status if problem else 200,
        other=other,
        mentorship_id=request.match_info["id"],
        typed=typed(form),
        problem=problem,
        free=await free_times_of(request, (other.id,)),
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
        starts_limit=STARTS_LIMIT,
    )
