"""How things are with somebody: a short line for the other of a mentorship, with the day until which it holds."""

from dataclasses import dataclass
from datetime import date, timedelta

from server.errors import InvalidInput
from server.i18n.texts import N_

SITUATION_LIMIT = 300
USUAL = timedelta(days=14)
LONGEST = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Situation:
    """`until` is the last day on which it is shown."""

    text: str
    until: date


def checked_situation(text: str, until: str, today: date) -> Situation | None:
    """What was typed, on one line; None when nothing was. `until` is a day in ISO 8601. Raises InvalidInput."""
    text = " ".join(text.split())
    if not text:
        return None
    if len(text) > SITUATION_LIMIT:
        limit = SITUATION_LIMIT
        raise InvalidInput("situation", N_("Please shorten this to at most %(limit)s characters."), limit=limit)
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise InvalidInput("until", N_("Please choose a day.")) from error
    if not today <= day <= today + LONGEST:
        raise InvalidInput("until", N_("Please choose a day within the next half year."))
    return Situation(text, day)
