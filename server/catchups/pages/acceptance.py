"""Accepting an offer."""

from aiohttp import web

from server.calls.pages.ending import end_call
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.together import accept_with_coming
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_medium, read_number, read_start, read_starts
from server.catchups.pages.offer import offer_page
from server.catchups.pages.together import see_what_came
from server.catchups.queries.offer import find_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import Form, id_of, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def accept(request: web.Request) -> web.Response:
    db, visitor, offer_id = request.app[DATABASE], visitor_of(request), id_of(request)
    form = await request.post()
    # Read before: after the commit nothing is read that could fail.
    offer = (await find_offer(db, visitor, offer_id)).offer
    try:
        choice, number = _acceptance(request, form), read_number(form, visitor.person)
        coming = read_starts(form, "coming")
        if coming:
            await accept_with_coming(db, visitor, offer_id, choice, coming, request.app[CLOCK](), number)
            return see_what_came(f"/offers/{offer_id}", (choice.start, *coming))
        booking = await accept_offer(db, visitor, offer_id, choice, request.app[CLOCK](), number)
    except DomainError as problem:
        return await offer_page(request, problem, form)
    if offer.moves_id:
        # Somebody may wait in the call of the time that was given up.
        await end_call(request, offer.moves_id, offer.author_id, offer.recipient_id)
    return see_other(f"/bookings/{booking.id}")


def _acceptance(request: web.Request, form: Form) -> Acceptance:
    return Acceptance(
        start=read_start(form),
        medium=read_medium(form),
        shown=shown_wording(request, form, ChoiceKind.ACCEPTED),
        revision=whole_number(form, "revision"),
        phone=shown_phone_wording(request, form),
    )
