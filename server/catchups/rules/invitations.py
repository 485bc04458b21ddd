"""What an email tells a calendar: the state of a catch-up's one event after a change (RFC 5545, 5546).

The event comes with the agreement: an offer may have several times, and a calendar shows one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.catchups.rules.drafts import Medium


class Status(StrEnum):
    """The STATUS of the event. TENTATIVE was that of an offer's event, which earlier versions sent."""

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
