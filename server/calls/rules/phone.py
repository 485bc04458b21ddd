"""A phone number is shown for one catch-up: to the other of the two, and around its time only."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catchups.rules.bookings import LIVE, Booking
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow
from server.people.rules.people import BothPeople

# People agree to this wording: it does not depend on how early a call opens.
EARLIEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number as people read it, and as a telephone dials it; both empty when none was given."""

    typed: str
    dialled: str


def by_phone(booking: Booking) -> bool:
    """Whether the two agreed to the phone, from the start or if video fails, and did not call it off or move it."""
    return booking.state in LIVE and (booking.medium is Medium.PHONE or booking.phone_fallback)


def is_lent(both: BothPeople, booking: Booking, person_id: int, window: JoinWindow, now: datetime) -> bool:
    """Whether `person_id` may see the other's number now.

    It is shown from `lent_from` until the booking's end, to the two people of a catch-up by phone.
    """
    if person_id not in (both.mentor.id, both.mentee.id) or not by_phone(booking):
        return False
    return lent_from(booking, window) <= now < booking.end


def lent_from(booking: Booking, window: JoinWindow) -> datetime:
    """From when the numbers are shown: when the call opens, at most a quarter of an hour before the start."""
    return booking.start - min(window.early, EARLIEST)


def dialled(typed: str) -> str:
    """The number with only its digits, and the plus before a country code.

    A zero in brackets after the country code is for calls from within the country, so it is left out.
    """
    return re.sub(r"[^+0-9]", "", typed.replace("(0)", "") if typed.startswith("+") else typed)
