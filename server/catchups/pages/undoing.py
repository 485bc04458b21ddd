"""Taking an answer back."""

from aiohttp import web

from server.catchups.actions.answers import undo_answer
from server.catchups.pages.consent import shown_wording
from server.catchups.pages.offer import offer_page
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def undo(request: web.Request) -> web.Response:
    app, offer_id = request.app, id_of(request)
    form = await request.post()
    try:
        wording = shown_wording(request, form, ChoiceKind.UNDID)
        await undo_answer(
            app[DATABASE], visitor_of(request), offer_id, wording, app[SETTINGS].join_window, app[CLOCK]()
        )
    except DomainError as problem:
        return await offer_page(request, problem, form)
    return see_other(f"/offers/{offer_id}")
