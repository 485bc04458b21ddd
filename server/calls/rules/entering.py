"""Who may enter a call and when, and where a catch-up has come to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.errors import CallCancelled, CallOver, ConsentMissing, NotByVideo, TooEarly
from server.catchups.rules.bookings import CALLED_OFF, LIVE, Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow

# What a guest is called in the live call begins so.
GUEST_PREFIX = "guest-"
# Two browsers that were left open are not a talk.
LONGEST_OVERTIME = timedelta(hours=6)


class Stage(StrEnum):
    """Where a catch-up has come to: still before it, about to begin or going on, or over."""

    BEFORE = "before"
    WAITING = "waiting"
    OVER = "over"


def stage_of(booking: Booking, window: JoinWindow, now: datetime) -> Stage:
    """By phone it is over with its end, by video when its call closes, and at once when it was called off or moved."""
    ends = window.closes_at(booking) if booking.medium is Medium.VIDEO else booking.end
    if booking.state not in LIVE or now >= ends:
        return Stage.OVER
    return Stage.BEFORE if now < window.opens_at(booking) else Stage.WAITING


def may_enter(
    booking: Booking,
    consenting: Collection[int],
    people: Collection[int],
    window: JoinWindow,
    now: datetime,
    talking: bool = False,
) -> None:
    """Returns when the call is open to its `people`, else raises the CallClosed that says why.

    `consenting` are the ids of those whose consent stands in the ledger: it is never assumed. `talking`: its two people
    are in the call; who loses the connection comes back to it, also when its time is over.
    """
    try:
        check_open(booking, window, now)
    except CallOver:
        if not talking or is_over(booking, window, now, talking):
            raise
    if not set(people) <= set(consenting):
        raise ConsentMissing


def is_over(booking: Booking, window: JoinWindow, now: datetime, talking: bool) -> bool:
    """Whether nobody may stay in the call: its time is over. Nobody is cut off in the middle of a sentence, so two who
    are `talking` may stay, for hours."""
    return now >= window.closes_at(booking) + (LONGEST_OVERTIME if talking else timedelta(0))


def check_open(booking: Booking, window: JoinWindow, now: datetime) -> None:
    """Returns when the call's time has come and is not over, else raises the CallClosed that says why."""
    if booking.state in CALLED_OFF:
        raise CallCancelled
    if booking.medium is not Medium.VIDEO:
        raise NotByVideo
    if now < window.opens_at(booking):
        raise TooEarly(window.opens_at(booking))
    if now >= window.closes_at(booking) or booking.state is BookingState.MISSED:
        raise CallOver
