"""Erasing a person from the page of what rests about them."""

from aiohttp import web

from server.calls.pages.ending import start_ending_closed_calls
from server.errors import DomainError, InvalidInput, NotFound
from server.people.actions.audit import acting
from server.privacy.actions.erasing import erase_person
from server.privacy.pages.person_data import person_data_page
from server.privacy.rules.erasure import TO_GIVE, ErasureReason
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, Form, id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def erase(request: web.Request) -> web.Response:
    """The files are rewritten by the next round of the jobs."""
    app, form, person_id = request.app, await request.post(), id_of(request)
    try:
        await erase_person(
            app[DATABASE],
            person_id,
            text(form, "typed"),
            _reason(form),
            acting(visitor_of(request)),
            app[SETTINGS].kept_emails,
            app[CLOCK](),
        )
    except NotFound:
        raise
    except DomainError as problem:
        return await person_data_page(request, problem)
    start_ending_closed_calls(app)
    return see_other(f"/admin/people/{person_id}/data")


def _reason(form: Form) -> ErasureReason:
    """Raises InvalidInput for a reason that the page does not list."""
    given = text(form, "why")
    if given not in TO_GIVE:
        raise InvalidInput("why", NOT_LISTED)
    return ErasureReason(given)
