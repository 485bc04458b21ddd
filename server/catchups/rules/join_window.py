"""When the calls are open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catchups.rules.bookings import Booking


@dataclass(frozen=True, slots=True)
class JoinWindow:
    """How long before a catch-up's start and after its end its call is open."""

    early: timedelta = timedelta(minutes=15)
    late: timedelta = timedelta(minutes=60)

    def opens_at(self, booking: Booking) -> datetime:
        return booking.start - self.early

    def closes_at(self, booking: Booking) -> datetime:
        return booking.end + self.late
