"""What an email about a catch-up tells its reader."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Caller
from server.catchups.rules.offers import Offer
from server.people.rules.people import BothPeople, Person


@dataclass(frozen=True, slots=True)
class EmailContext(BothPeople):
    """A catch-up as it stands when an email about it is sent.

    `booking` is what the email is about; None when that is the offer. `moved` is the booking that the offer asks to
    move, or that gave way to it. `chosen_by` is the id of the person who made the choice that the email tells about,
    `words` what they said with it, `again_at` from when they may be asked again. `late` is by how many minutes the
    other is late. `reachable` are the ids of those who have given a phone number.
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
    reachable: frozenset[int] = frozenset()

    def rings(self, person_id: int) -> bool:
        """Whether this one of the two rings the other, where they speak by phone."""
        return (person_id == self.mentor.id) == (self.offer.caller is Caller.MENTOR)

    def reader(self, person_id: int) -> Person:
        """The one of the two who is `person_id`."""
        return self.mentor if person_id == self.mentor.id else self.mentee
