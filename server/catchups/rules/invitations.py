"""What a letter tells a calendar: the one event of a catch-up as it stands after a change (RFC 5545, 5546)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.catchups.rules.bookings import Booking
from server.catchups.rules.offers import Medium, Offer


class Status(StrEnum):
    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One state of the event. `start` is aware UTC; the UID and both people are the catch-up's."""

    status: Status
    sequence: int
    start: datetime
    minutes: int
    medium: Medium | None


def of_offer(offer: Offer, status: Status, sequence: int, now: datetime) -> Invitation:
    """The event of an offer: at its earliest time that is still to come, by its medium if it has only one."""
    start = min(offer.still_open(now), default=offer.earliest)
    medium = next(iter(offer.media)) if len(offer.media) == 1 else None
    return Invitation(status, sequence, start, offer.minutes, medium)


def of_booking(booking: Booking, status: Status, sequence: int) -> Invitation:
    return Invitation(status, sequence, booking.start, booking.minutes, booking.medium)
