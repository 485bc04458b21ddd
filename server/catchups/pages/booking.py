"""A booking's page: when, how and with whom; joining, asking for another time, and withdrawing."""

from aiohttp import web

from server.calls.rules.reports import Outcome
from server.catchups.queries.booking import read_booking_page
from server.catchups.rules.bookings import DELAYS
from server.errors import DomainError, InvalidInput
from server.guests.rules.seats import GuestDraft, GuestRole
from server.i18n.catalog import LANGUAGES
from server.people.rules.phone_numbers import NumberUnconfirmed
from server.room.pages.content import SEALER, content_config
from server.room.queries.contents import content_part
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    return await booking_page(request)


async def booking_page(
    request: web.Request,
    problem: DomainError | None = None,
    words: str = "",
    phone: str | None = None,
    reflection: str | None = None,
    guest: GuestDraft | None = None,
) -> web.Response:
    """The booking as it stands, with a problem and what was typed: `words`, one's own `phone` number, `reflection`, or
    `guest`.

    Raises NotFound.
    """
    app, settings, visitor = request.app, request.app[SETTINGS], visitor_of(request)
    found = await read_booking_page(
        app[DATABASE],
        app[SEALER],
        visitor,
        id_of(request),
        settings.join_window,
        settings.base_url,
        settings.mail_from,
        app[CLOCK](),
    )
    return page(
        request,
        "catchups/booking.html",
        status=status_of(problem),
        **fields_of(found) | {"reflection": reflection or found.reflection},
        **fields_of(found.news),
        problem=problem,
        words=words,
        phone_typed=found.phone.own
        if phone is None
        else problem.number
        if isinstance(problem, NumberUnconfirmed)
        else phone,
        delays=DELAYS,
        outcomes=tuple(Outcome),
        guest_typed=guest,
        guest_roles=tuple(GuestRole),
        guest_languages=LANGUAGES.values(),
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        room=content_config(content_part(found.view, visitor.person.id), visitor.csrf),
    )
