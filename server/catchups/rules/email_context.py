"""What a letter tells of: one catch-up, as its reader is to hear of it."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.bookings import Booking
from server.catchups.rules.offers import Offer
from server.people.rules.people import BothPeople, Person


@dataclass(frozen=True, slots=True)
class Matter(BothPeople):
    """A catch-up as it stands when a letter about it is written.

    `booking` is what the letter is about; None when that is the offer. `moved` is the booking that the offer asks to
    move, or that gave way to it. `chosen_by` is the id of who made the choice that the letter tells of, `words` what
    they said with it, `again_at` from when they may be asked again. `late` is by how many minutes the other runs late.
    """

    uid: str
    mentor: Person
    mentee: Person
    offer: Offer
    booking: Booking | None = None
    moved: Booking | None = None
    chosen_by: int | None = None
    words: str = ""
    again_at: datetime | None = None
    late: int | None = None
