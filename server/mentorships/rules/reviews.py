"""Twice a year both are asked, each alone, whether medium, hour, length and needs still fit.

Whatever anybody answers, or nobody does, a round is open for OPEN and ends then for both at once. Only then is it known
what both would like to change: that alone is kept, and shown to both. What one of them said alone is deleted with the
round and told to nobody. So neither when a round ends nor what follows shows what the other said, or whether they did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.people.rules.mentorships import HALF_YEAR

EVERY = HALF_YEAR
OPEN = timedelta(days=21)
# How long both are shown what both would like to change.
SHOWN = timedelta(days=56)
# In the last of the planned catch-ups other things are asked.
LOOK_AGAIN = timedelta(days=7)

STILL_FITS = "still_fits"


class Matter(StrEnum):
    MEDIUM = "medium"
    HOUR = "hour"
    LENGTH = "length"
    NEEDS = "needs"


class Answer(StrEnum):
    FITS = "fits"
    CHANGE = "change"


class ReviewClosed(DomainError):
    sentence = N_("This question is closed. Nothing was kept; you are asked again in some months.")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one of the two said, about as many matters as they liked. `not_now`: they would rather not say."""

    by_matter: Mapping[Matter, Answer] = field(default_factory=dict)
    not_now: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A round: open `until` then, and once it is closed, what both would like to change, shown `until` then."""

    until: datetime
    shared: tuple[Matter, ...] | None = None

    def is_open(self, now: datetime) -> bool:
        return self.shared is None and now < self.until


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """`planned` is when the next round was planned for, None before the first; `last_catchups`: the end of the planned
    ones is near."""

    began_at: datetime
    planned: datetime | None
    last_catchups: bool


def asks_at(facts: ReviewFacts, now: datetime) -> datetime:
    """From when on both are asked, as things stand: now, or when to look again. The mentorship must be active.

    One that is looked at first is asked at the next half year of its own: else all old ones of a server would be asked
    in the same minutes.
    """
    half_years = max(1, -((facts.began_at - now) // EVERY))
    at = max(now, facts.planned or facts.began_at + half_years * EVERY)
    return now + LOOK_AGAIN if facts.last_catchups and at == now else at


def shared_wishes(one: Answers, other: Answers) -> tuple[Matter, ...]:
    """What both would like to change."""
    both = (one.by_matter, other.by_matter)
    return tuple(matter for matter in Matter if all(said.get(matter) is Answer.CHANGE for said in both))


def checked_answers(typed: Mapping[Matter, str]) -> Answers:
    """What was chosen, empty where nothing was. Raises InvalidInput."""
    try:
        chosen = {matter: Answer(said) for matter, said in typed.items() if said}
    except ValueError as error:
        raise InvalidInput(Matter.MEDIUM, N_("Please choose one from the list.")) from error
    if not chosen:
        raise InvalidInput(Matter.MEDIUM, N_("Please answer at least one, or choose 'Not now'."))
    return Answers(chosen)
