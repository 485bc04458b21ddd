"""An offer's page: the recipient answers, the author waits, changes it or takes it back."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from server.catchups.pages.answer_form import AnswerForm
from server.catchups.queries.offer import read_offer_page
from server.catchups.rules.drafts import PAUSE_WEEKS
from server.errors import DomainError
from server.people.rules.phone_numbers import NumberUnconfirmed
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    return await offer_page(request)


async def offer_page(
    request: web.Request, problem: DomainError | None = None, form: Form | None = None
) -> web.Response:
    """The offer as it stands, with the problem of an answer and the form that comes back. Raises NotFound."""
    visitor, settings = visitor_of(request), request.app[SETTINGS]
    found = await read_offer_page(
        request.app[DATABASE],
        request.app[SEALER],
        visitor,
        id_of(request),
        settings.join_window,
        request.app[CLOCK](),
    )
    answer_form = AnswerForm() if form is None else AnswerForm.read(form)
    return page(
        request,
        "catchups/offer.html",
        status=status_of(problem),
        **fields_of(found),
        ticked=form.getall("coming", []) if form is not None else (),
        offer=found.view.offer,
        is_recipient=visitor.person.id == found.view.recipient.id,
        free_starts=found.free_starts,
        chosen_start=chosen_start(found.free_starts, answer_form),
        answer_form=answer_form,
        phone_typed=problem.number if isinstance(problem, NumberUnconfirmed) else answer_form.phone,
        problem=problem,
        pause_weeks=PAUSE_WEEKS,
    )


def chosen_start(free_starts: Sequence[datetime], form: AnswerForm) -> datetime | None:
    """The time that is selected: the one chosen before, or else the first that can be."""
    return next((start for start in free_starts if start.isoformat() == form.start), min(free_starts, default=None))
