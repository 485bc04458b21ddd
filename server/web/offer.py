"""An offer's page: the one who was asked chooses, the one who asked waits or takes it back."""

from collections.abc import Awaitable

from aiohttp import web

from server.actions.offers import accept_offer, decline_offer, withdraw_offer
from server.domain.errors import DomainError, NotFound
from server.keys import CLOCK, DATABASE
from server.storage.offers import OfferView, read_offer
from server.web.entry import visitor_of
from server.web.forms import read_medium, read_start, text
from server.web.render import page, see_other


async def show(request: web.Request) -> web.Response:
    return _page(request, await find_offer(request))


async def accept(request: web.Request) -> web.Response:
    view = await find_offer(request)
    form = await request.post()
    try:
        booking = await accept_offer(
            request.app[DATABASE],
            visitor_of(request),
            view.offer.id,
            read_start(form),
            read_medium(form),
            request.app[CLOCK](),
        )
    except DomainError as problem:
        return _page(request, await find_offer(request), problem, chosen=(text(form, "start"), text(form, "medium")))
    return see_other(f"/bookings/{booking.id}")


async def decline(request: web.Request) -> web.Response:
    words = text(await request.post(), "words")
    offer_id = int(request.match_info["id"])
    return await _decide(
        request,
        decline_offer(request.app[DATABASE], visitor_of(request), offer_id, words, request.app[CLOCK]()),
        words,
    )


async def withdraw(request: web.Request) -> web.Response:
    offer_id = int(request.match_info["id"])
    return await _decide(
        request, withdraw_offer(request.app[DATABASE], visitor_of(request), offer_id, request.app[CLOCK]())
    )


async def find_offer(request: web.Request) -> OfferView:
    """The offer of this address, when it is the visitor's. Raises NotFound."""
    async with request.app[DATABASE].reading() as connection:
        view = await read_offer(connection, visitor_of(request), int(request.match_info["id"]))
    if view is None:
        raise NotFound
    return view


async def _decide(request: web.Request, decision: Awaitable[None], words: str = "") -> web.Response:
    try:
        await decision
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, await find_offer(request), problem, words)
    return see_other(f"/offers/{request.match_info['id']}")


def _page(
    request: web.Request,
    view: OfferView,
    problem: DomainError | None = None,
    words: str = "",
    chosen: tuple[str, str] = ("", ""),
) -> web.Response:
    return page(
        request,
        "offer.html",
        status=problem.status if problem else 200,
        view=view,
        offer=view.offer,
        is_recipient=visitor_of(request).person.id == view.recipient.id,
        problem=problem,
        words=words,
        chosen_start=chosen[0],
        chosen_medium=chosen[1],
    )
