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
    answer_by: str = ""
    phone_fallback: bool = False


def typed(form: Form | None, rows: int = STARTS_LIMIT) -> Typed:
    """What was typed; for a fresh form what it begins with: video, thirty minutes. `rows` is for how many times."""
    if form is None:
        return Typed("", (Medium.VIDEO.value,), ("",) * rows, "30")
    # Without scripts, free times that were checked come beside the fields.
    starts = [start for start in form.getall("starts", []) if start and isinstance(start, str)][:rows]
    return Typed(
        note=text(form, "note"),
        media=tuple(medium for medium in form.getall("media", []) if isinstance(medium, str)),
        starts=(*starts, *[""] * (rows - len(starts))),
        minutes=text(form, "minutes"),
        answer_by=text(form, "answer_by"),
        phone_fallback="phone_fallback" in form,
    )
