"""What stands in an offer's form: what was typed, or what the offer says so far."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from server.catchups.rules.drafts import STARTS_LIMIT, Medium
from server.catchups.rules.offers import Offer
from server.web.forms import Form, text


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


def _rows(starts: Iterable[str], rows: int) -> tuple[str, ...]:
    filled = list(starts)[:rows]
    return (*filled, *[""] * (rows - len(filled)))
