"""What was typed into an offer's form, to be shown again."""

from dataclasses import dataclass

from server.domain.offers import STARTS_LIMIT, Medium
from server.web.forms import Form, text


@dataclass(frozen=True, slots=True)
class Typed:
    """As typed, unchecked. `starts` has one entry a row of the form."""

    note: str
    media: tuple[str, ...]
    starts: tuple[str, ...]
    minutes: str


def typed(form: Form | None) -> Typed:
    """What was typed; for a fresh form what it begins with: video, thirty minutes."""
    if form is None:
        return Typed("", (Medium.VIDEO.value,), ("",) * STARTS_LIMIT, "30")
    starts = [start for start in form.getall("starts", []) if isinstance(start, str)][:STARTS_LIMIT]
    return Typed(
        note=text(form, "note"),
        media=tuple(medium for medium in form.getall("media", []) if isinstance(medium, str)),
        starts=(*starts, *[""] * (STARTS_LIMIT - len(starts))),
        minutes=text(form, "minutes"),
    )
