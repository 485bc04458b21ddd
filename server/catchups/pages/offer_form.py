"""The form of an offer: its fields as typed, or as they begin; and the pages that have it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from server.catchups.pages.form_fields import zone_typed_in
from server.catchups.queries.offer_forms import NextCatchup, OwnSide
from server.catchups.rules.common_times import weeks_of
from server.catchups.rules.drafts import LENGTHS, NOTE_LIMIT, STARTS_LIMIT, Caller, Medium
from server.catchups.rules.offers import Offer
from server.errors import DomainError
from server.i18n.dates import field_time
from server.people.rules.people import Person
from server.people.rules.phone_numbers import NumberUnconfirmed
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, text
from server.web.rendering import language_for, page


@dataclass(frozen=True, slots=True)
class OfferForm:
    """As typed, unchecked. `starts` has one entry for each row of the form."""

    note: str
    media: tuple[str, ...]
    starts: tuple[str, ...]
    minutes: str
    answer_by: str = ""
    phone_fallback: bool = False
    caller: str = Caller.MENTOR.value
    phone: str = ""

    @classmethod
    def read(cls, form: Form, rows: int = STARTS_LIMIT) -> "OfferForm":
        """The form as it was sent; `rows` is how many times it has room for."""
        # Without scripts, free times that were checked come in addition to the fields.
        starts = [start for start in form.getall("starts", []) if start and isinstance(start, str)]
        return cls(
            note=text(form, "note"),
            media=tuple(medium for medium in form.getall("media", []) if isinstance(medium, str)),
            starts=_rows(starts, rows),
            minutes=text(form, "minutes"),
            answer_by=text(form, "answer_by"),
            phone_fallback="phone_fallback" in form,
            caller=text(form, "caller"),
            phone=text(form, "phone"),
        )

    @classmethod
    def empty(cls, rows: int = STARTS_LIMIT) -> "OfferForm":
        """A new form: video, thirty minutes."""
        return cls("", (Medium.VIDEO.value,), ("",) * rows, "30")

    @classmethod
    def like(cls, offer: Offer, rows: int = STARTS_LIMIT) -> "OfferForm":
        """The form of a new offer like this one, without its times: they are to be typed, and the phone is to be
        allowed again."""
        media = tuple(medium.value for medium in Medium if medium in offer.media)
        return cls(offer.note, media, ("",) * rows, str(offer.minutes), caller=offer.caller.value)

    @classmethod
    def after(cls, found: NextCatchup, zone: str, rows: int = STARTS_LIMIT) -> "OfferForm":
        """The form of an offer of the next catch-up, in this zone: as long as the last one, and the same way."""
        booking = found.view.booking
        starts = [] if found.start is None else [field_time(found.start, zone)]
        caller = found.view.caller.value
        return cls("", (booking.medium.value,), _rows(starts, rows), str(booking.minutes), caller=caller)

    @classmethod
    def of(cls, offer: Offer, zone: str, now: datetime, rows: int = STARTS_LIMIT) -> "OfferForm":
        """The form that says what the offer says, in this zone: without times that have passed."""
        sooner = offer.expires_at < max(offer.starts)
        return replace(
            cls.like(offer, rows),
            starts=_rows([field_time(start, zone) for start in offer.still_open(now)], rows),
            answer_by=field_time(offer.expires_at, zone) if sooner else "",
            phone_fallback=offer.phone_fallback,
        )


def offer_form_page(
    request: web.Request,
    template: str,
    typed: OfferForm,
    other: Person,
    times: OwnSide,
    is_mentor: bool,
    problem: DomainError | None = None,
    form: Form | None = None,
    **more: Any,
) -> web.Response:
    """The page with the form as `typed`, for the `other` to answer. `is_mentor`: the visitor is the mentor.

    A form that comes back keeps its time zone.
    """
    zone, language = zone_typed_in(form, visitor_of(request).person.zone), language_for(request)
    return page(
        request,
        template,
        status=status_of(problem),
        zone=zone,
        typed=typed,
        other=other,
        basis=times.common.basis,
        week_list=weeks_of(times.common, zone, other.zone, language.locale.first_week_day),
        chosen_week=text(form, "week") if form is not None else "",
        agreed=times.agreed,
        has_number=times.has_number,
        phone_typed=problem.number if isinstance(problem, NumberUnconfirmed) else typed.phone,
        is_mentor=is_mentor,
        problem=problem,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
        **more,
    )


def _rows(starts: Iterable[str], rows: int) -> tuple[str, ...]:
    filled = list(starts)[:rows]
    return (*filled, *[""] * (rows - len(filled)))
