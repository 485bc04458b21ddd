"""Who may enter a call and when, and where a catch-up has come to."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from server.calls.rules.errors import CallCancelled, CallOver, ConsentMissing, NotByVideo, TooEarly
from server.catchups.rules.bookings import CALLED_OFF, LIVE, Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow


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
    booking: Booking, consenting: Collection[int], people: Collection[int], window: JoinWindow, now: datetime
) -> None:
    """Returns when the call is open to its `people`, else raises the CallClosed that says why.

    `consenting` are the ids of those whose consent stands in the ledger: it is never assumed.
    """
    check_open(booking, window, now)
    if not set(people) <= set(consenting):
        raise ConsentMissing


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
