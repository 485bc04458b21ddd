"""Taking back an offer that was not answered yet."""

from aiohttp import web

from server.catchups.actions.offers import withdraw_offer
from server.catchups.pages.consent import shown_wording
from server.catchups.pages.offer import offer_page
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def withdraw(request: web.Request) -> web.Response:
    offer_id = id_of(request)
    try:
        wording = shown_wording(request, await request.post(), ChoiceKind.TOOK_BACK)
        await withdraw_offer(request.app[DATABASE], visitor_of(request), offer_id, wording, request.app[CLOCK]())
    except DomainError as problem:
        return await offer_page(request, problem)
    return see_other(f"/offers/{offer_id}")
