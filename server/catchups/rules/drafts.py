"""The draft of an offer: what its author typed, and what it must hold to before it becomes an offer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import InvalidInput
from server.i18n.texts import N_

NOTE_LIMIT = 2000
STARTS_LIMIT = 5
SUGGESTIONS_LIMIT = 3
PAUSE_WEEKS = (2, 4, 8, 12)
LENGTHS = (15, 30, 45, 60, 90)
FURTHEST = timedelta(days=366)


class Medium(StrEnum):
    """A way to meet."""

    VIDEO = "video"
    PHONE = "phone"


class Caller(StrEnum):
    """Who of the two rings the other when they speak by phone: the mentor, unless the offer says otherwise."""

    MENTOR = "mentor"
    MENTEE = "mentee"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author of an offer typed. `starts` are aware UTC datetimes, `minutes` the length.

    `answer_by` is when the offer runs out (None: with its last possible time); `phone_fallback` says that the author
    would go on by phone where video fails. `caller` is who rings whom by phone.
    """

    note: str
    media: frozenset[Medium]
    starts: tuple[datetime, ...]
    minutes: int
    answer_by: datetime | None = None
    phone_fallback: bool = False
    caller: Caller = Caller.MENTOR

    def still_open(self, now: datetime) -> tuple[datetime, ...]:
        """Its possible times that are still to come."""
        return tuple(start for start in self.starts if start > now)


def check_draft(draft: Draft, now: datetime, most: int = STARTS_LIMIT) -> Draft:
    """The draft with its times sorted, each once; at most `most` of them.

    Raises InvalidInput with the field to correct: note, media, starts, minutes or answer_by.
    """
    _check_length(draft.note, "note")
    if not draft.media:
        raise InvalidInput("media", N_("Please choose video, phone or both."))
    starts = _check_starts(draft.starts, now, most)
    if draft.minutes not in LENGTHS:
        raise InvalidInput("minutes", N_("Please choose a length of 15, 30, 45, 60 or 90 minutes."))
    if draft.answer_by is not None and draft.answer_by <= now:
        raise InvalidInput("answer_by", N_("The time to answer by has already passed. Please choose a later one."))
    return replace(draft, starts=starts)


def check_suggestion(draft: Draft, answered: Draft, now: datetime) -> Draft:
    """The draft of a counter-offer: up to three other times, or the `answered` offer's own times by another medium.

    Raises InvalidInput as `check_draft` does, and when nothing is suggested that differs from that offer.
    """
    only_times = draft.media == answered.media and draft.minutes == answered.minutes
    if (not draft.starts and draft.media == answered.media) or (
        only_times and set(draft.starts) <= set(answered.starts)
    ):
        raise InvalidInput("starts", N_("Please enter at least one other time, or choose another way to meet."))
    if not draft.starts:
        draft = replace(draft, starts=answered.still_open(now)[:SUGGESTIONS_LIMIT])
    return check_draft(draft, now, SUGGESTIONS_LIMIT)


def check_words(words: str) -> str:
    """What somebody says with a choice, stripped. Raises InvalidInput when it is too long."""
    words = words.strip()
    _check_length(words, "words")
    return words


def expiry(draft: Draft) -> datetime:
    """When an offer of this draft runs out: when it is to be answered by, at the latest with its last possible time."""
    last = max(draft.starts)
    return min(last, draft.answer_by) if draft.answer_by else last


def pause_until(weeks: int, now: datetime) -> datetime:
    """From when somebody may be asked again. Raises InvalidInput for a number of weeks that is not on offer."""
    if weeks not in PAUSE_WEEKS:
        raise InvalidInput("weeks", N_("Please choose in how many weeks you would like to be asked again."))
    return now + timedelta(weeks=weeks)


def _check_starts(typed: tuple[datetime, ...], now: datetime, most: int) -> tuple[datetime, ...]:
    """The times sorted, each once. Raises InvalidInput."""
    starts = tuple(sorted(set(typed)))
    if not starts:
        raise InvalidInput("starts", N_("Please enter at least one time."))
    if len(starts) > most:
        raise InvalidInput("starts", N_("Please enter at most %(most)s times."), most=most)
    if starts[0] <= now:
        raise InvalidInput("starts", N_("One of the times has already passed. Please choose times in the future."))
    if starts[-1] > now + FURTHEST:
        raise InvalidInput("starts", N_("One of the times is more than a year ahead. Please choose a nearer one."))
    return starts


def _check_length(text: str, field: str) -> None:
    """Raises InvalidInput when there are too many words."""
    if len(text) > NOTE_LIMIT:
        raise InvalidInput(
            field,
            N_("Please shorten this to %(limit)s characters; it has %(length)s."),
            limit=NOTE_LIMIT,
            length=len(text),
        )
