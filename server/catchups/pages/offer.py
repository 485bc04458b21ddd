"""An offer's page: the one who was asked chooses, the one who asked waits, rewords it or takes it back."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.offers import withdraw_offer
from server.catchups.pages.asked import read_asked
from server.catchups.pages.consent import shown
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import PAUSE_WEEKS
from server.catchups.store.offers import OfferView, read_offer
from server.errors import DomainError, NotFound
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    return await offer_page(request)


async def withdraw(request: web.Request) -> web.Response:
    offer_id = id_of(request)
    try:
        means = shown(request, await request.post(), ChoiceKind.TOOK_BACK)
        await withdraw_offer(request.app[DATABASE], visitor_of(request), offer_id, means, request.app[CLOCK]())
    except DomainError as problem:
        return await offer_page(request, problem)
    return see_other(f"/offers/{offer_id}")


async def find_offer(request: web.Request) -> OfferView:
    """The offer of this address, when it is the visitor's. Raises NotFound."""
    async with request.app[DATABASE].reading() as connection:
        return await _find(connection, request)


async def _find(connection: AsyncConnection, request: web.Request) -> OfferView:
    view = await read_offer(connection, visitor_of(request), id_of(request))
    if view is None:
        raise NotFound
    return view


async def offer_page(
    request: web.Request,
    problem: DomainError | None = None,
    form: Form | None = None,
) -> web.Response:
    """The offer as it stands, with what stood in the way of a choice and what had been chosen or written in its form.

    Raises NotFound.
    """
    visitor, door, now = visitor_of(request), request.app[SETTINGS].door, request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        view = await _find(connection, request)
        asked = await read_asked(connection, visitor, view, door, now, form)
    return page(
        request,
        "catchups/offer.html",
        status=status_of(problem),
        view=view,
        offer=view.offer,
        is_recipient=visitor.person.id == view.recipient.id,
        asked=asked,
        problem=problem,
        pause_weeks=PAUSE_WEEKS,
    )
