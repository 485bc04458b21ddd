"""What an e-mail tells a calendar: the state of a catch-up's one event after a change (RFC 5545, 5546)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.catchups.rules.drafts import Medium


class Status(StrEnum):
    """The STATUS of the event."""

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
