"""The form of an offer: its fields as typed, or as they begin; and the pages that have it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from server.catchups.queries.offer_forms import OwnTimes
from server.catchups.rules.errors import MediumNotOffered, TimeNotOffered
from server.catchups.rules.offers import LENGTHS, NOTE_LIMIT, STARTS_LIMIT, Draft, Medium, Offer
from server.errors import DomainError, InvalidInput
from server.i18n.dates import field_time
from server.i18n.texts import N_
from server.i18n.zones import is_zone
from server.people.rules.people import Person
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, text, whole_number
from server.web.rendering import page


@dataclass(frozen=True, slots=True)
class OfferForm:
    """As typed, unchecked. `starts` has one entry for each row of the form."""

    note: str
    media: tuple[str, ...]
    starts: tuple[str, ...]
    minutes: str
    answer_by: str = ""
    phone_fallback: bool = False

    @classmethod
    def read(cls, form: Form, rows: int = STARTS_LIMIT) -> "OfferForm":
        """The form as it was sent; `rows` is how many times it has room for."""
        # Without scripts, free times that were checked come beside the fields.
        starts = [start for start in form.getall("starts", []) if start and isinstance(start, str)]
        return cls(
            note=text(form, "note"),
            media=tuple(medium for medium in form.getall("media", []) if isinstance(medium, str)),
            starts=_rows(starts, rows),
            minutes=text(form, "minutes"),
            answer_by=text(form, "answer_by"),
            phone_fallback="phone_fallback" in form,
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
        return cls(offer.note, media, ("",) * rows, str(offer.minutes))

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
    times: OwnTimes,
    problem: DomainError | None = None,
    form: Form | None = None,
    **more: object,
) -> web.Response:
    """The page with the form as `typed`, for the `other` to answer. A form that comes back keeps its time zone."""
    return page(
        request,
        template,
        status=status_of(problem),
        zone=zone_typed_in(form, visitor_of(request).person.zone),
        typed=typed,
        other=other,
        free=times.free,
        agreed=times.agreed,
        problem=problem,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
        **more,
    )


def read_draft(form: Form, zone: str) -> Draft:
    """The draft of an offer; its times are in the zone that the form says, or else in `zone`. Raises InvalidInput."""
    zone = zone_typed_in(form, zone)
    return Draft(
        note=text(form, "note").strip(),
        media=frozenset(medium for medium in Medium if medium.value in form.getall("media", [])),
        starts=tuple(_local_time(typed, zone) for typed in form.getall("starts", []) if typed),
        minutes=whole_number(form, "minutes"),
        answer_by=_answer_by(form, zone),
        phone_fallback="phone_fallback" in form,
    )


def read_start(form: Form) -> datetime:
    """The chosen time, as the page sent it. Raises TimeNotOffered."""
    try:
        start = datetime.fromisoformat(text(form, "start"))
    except ValueError as error:
        raise TimeNotOffered from error
    if start.tzinfo is None:
        raise TimeNotOffered
    return start


def read_medium(form: Form) -> Medium:
    """The chosen medium. Raises MediumNotOffered."""
    try:
        return Medium(text(form, "medium"))
    except ValueError as error:
        raise MediumNotOffered from error


def zone_typed_in(form: Form | None, zone: str) -> str:
    """The zone that the form asked for its times in: one's own may have changed since. `zone` where it says none."""
    said = text(form, "typed_in") if form else ""
    return said if is_zone(said) else zone


def _rows(starts: Iterable[str], rows: int) -> tuple[str, ...]:
    filled = list(starts)[:rows]
    return (*filled, *[""] * (rows - len(filled)))


def _answer_by(form: Form, zone: str) -> datetime | None:
    typed = text(form, "answer_by")
    return _local_time(typed, zone, "answer_by") if typed else None


def _local_time(typed: Any, zone: str, field: str = "starts") -> datetime:
    try:
        naive = datetime.fromisoformat(typed)
        local = naive.replace(tzinfo=ZoneInfo(zone)) if naive.tzinfo is None else naive
        at = local.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(
            field, N_("One of the times cannot be read. Please give each with its date and time.")
        ) from error
    if naive.tzinfo is None and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise InvalidInput(
            field, N_("One of the times does not exist: the clocks go forward then. Please choose another.")
        )
    return at
