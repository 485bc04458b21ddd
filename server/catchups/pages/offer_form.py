"""An offer's form: what stands in it, what was typed or what the offer says so far, and reading it as a draft."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.catchups.rules.errors import MediumNotOffered, TimeNotOffered
from server.catchups.rules.offers import STARTS_LIMIT, Draft, Medium, Offer
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.i18n.zones import is_zone
from server.web.forms import Form, text, whole_number


@dataclass(frozen=True, slots=True)
class Typed:
    """As typed, unchecked. `starts` has one entry a row of the form."""

    note: str
    media: tuple[str, ...]
    starts: tuple[str, ...]
    minutes: str
    answer_by: str = ""
    phone_fallback: bool = False


def typed(form: Form | None, rows: int = STARTS_LIMIT) -> Typed:
    """What was typed; for a fresh form what it begins with: video, thirty minutes. `rows` is for how many times."""
    if form is None:
        return Typed("", (Medium.VIDEO.value,), ("",) * rows, "30")
    # Without scripts, free times that were checked come beside the fields.
    starts = [start for start in form.getall("starts", []) if start and isinstance(start, str)]
    return Typed(
        note=text(form, "note"),
        media=tuple(medium for medium in form.getall("media", []) if isinstance(medium, str)),
        starts=_rows(starts, rows),
        minutes=text(form, "minutes"),
        answer_by=text(form, "answer_by"),
        phone_fallback="phone_fallback" in form,
    )


def typed_before(offer: Offer, zone: str, now: datetime, rows: int = STARTS_LIMIT) -> Typed:
    """As somebody in this zone would type the offer: its times that are still to come, and until when to answer."""
    sooner = offer.expires_at < max(offer.starts)
    return replace(
        typed_like(offer, rows),
        starts=_rows([as_typed(start, zone) for start in offer.still_open(now)], rows),
        answer_by=as_typed(offer.expires_at, zone) if sooner else "",
        phone_fallback=offer.phone_fallback,
    )


def typed_like(offer: Offer, rows: int = STARTS_LIMIT) -> Typed:
    """A new offer like this one, its times still to be typed; and what allows the phone is to be read anew."""
    media = tuple(medium.value for medium in Medium if medium in offer.media)
    return Typed(offer.note, media, ("",) * rows, str(offer.minutes))


def as_typed(at: datetime, zone: str) -> str:
    """As a field for a time in this zone has it: 2026-11-24T16:00."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")


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
            field, N_("We cannot read one of the times. Please enter each with its date and time.")
        ) from error
    if naive.tzinfo is None and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise InvalidInput(
            field, N_("One of the times does not exist, because the clocks go forward then. Please choose another.")
        )
    return at


def _rows(starts: Iterable[str], rows: int) -> tuple[str, ...]:
    filled = list(starts)[:rows]
    return (*filled, *[""] * (rows - len(filled)))
