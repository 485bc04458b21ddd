"""What an e-mail tells a calendar: the one event of a catch-up as it stands after a change (RFC 5545, 5546)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

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


def as_data(invitation: Invitation) -> dict[str, Any]:
    """The invitation as JSON has it: this is how the outbox keeps it."""
    return {
        "status": invitation.status.value,
        "sequence": invitation.sequence,
        "start": invitation.start.isoformat(),
        "minutes": invitation.minutes,
        "medium": invitation.medium.value if invitation.medium else None,
    }


def invitation_from(data: Mapping[str, Any]) -> Invitation:
    """What as_data made of an invitation."""
    return Invitation(
        status=Status(data["status"]),
        sequence=data["sequence"],
        start=datetime.fromisoformat(data["start"]),
        minutes=data["minutes"],
        medium=Medium(data["medium"]) if data["medium"] else None,
    )
