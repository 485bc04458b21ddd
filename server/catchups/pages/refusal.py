"""Declining an offer, for good or for some weeks."""

from aiohttp import web

from server.catchups.actions.answers import decline_offer, postpone_offer
from server.catchups.pages.consent import shown_wording
from server.catchups.pages.offer import offer_page
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def decline(request: web.Request) -> web.Response:
    db, visitor, offer_id = request.app[DATABASE], visitor_of(request), id_of(request)
    form = await request.post()
    try:
        wording = shown_wording(request, form, ChoiceKind.DECLINED)
        await decline_offer(db, visitor, offer_id, text(form, "words"), wording, request.app[CLOCK]())
    except DomainError as problem:
        return await offer_page(request, problem, form)
    return see_other(f"/offers/{offer_id}")


async def postpone(request: web.Request) -> web.Response:
    db, visitor, offer_id = request.app[DATABASE], visitor_of(request), id_of(request)
    form = await request.post()
    try:
        wording = shown_wording(request, form, ChoiceKind.POSTPONED)
        weeks, words = whole_number(form, "weeks"), text(form, "words")
        await postpone_offer(db, visitor, offer_id, weeks, words, wording, request.app[CLOCK]())
    except DomainError as problem:
        return await offer_page(request, problem, form)
    return see_other(f"/offers/{offer_id}")
