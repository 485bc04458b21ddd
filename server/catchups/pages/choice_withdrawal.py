"""Withdrawing a consent from the list of one's own choices."""

from aiohttp import web

from server.calls.pages.ending import end_call
from server.catchups.actions.consents import withdraw_consent
from server.catchups.pages.choices import choices_page
from server.catchups.pages.consent import shown_wording
from server.catchups.queries.choices import find_withdrawal
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, NotFound
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def withdraw(request: web.Request) -> web.Response:
    db, visitor, now = request.app[DATABASE], visitor_of(request), request.app[CLOCK]()
    form = await request.post()
    try:
        choice, kind = await find_withdrawal(db, visitor, id_of(request), now)
        await withdraw_consent(db, visitor, choice, kind, shown_wording(request, form, kind), now)
    except NotFound:
        raise
    except DomainError as problem:
        return await choices_page(request, problem)
    if kind is ChoiceKind.WITHDREW and choice.booking_id is not None and choice.other_id is not None:
        await end_call(request, choice.booking_id, visitor.person.id, choice.other_id)
    return see_other("/me/choices")
