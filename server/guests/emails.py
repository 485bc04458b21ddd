"""What emails about a guest's seat say: to the two, and to the guest."""

from server.catchups.rules.bookings import Booking
from server.guests.rules.seats import ANSWERED_EMAIL, ASKED_EMAIL, TO_GUEST, GuestSeat
from server.i18n.catalog import Language, language_of
from server.mail import message
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.emails import email_to
from server.people.rules.people import Person

# Each has its template in templates/guests/emails.
KINDS = TO_GUEST | {ASKED_EMAIL, ANSWERED_EMAIL}


def email_to_guest(
    entry: OutboxEntry, seat: GuestSeat, booking: Booking | None, asked_by: Person, other: Person, link: str
) -> Email:
    """In the language that was chosen for the guest, with times in the zone of who named them. `link` is theirs."""
    values = {"seat": seat, "booking": booking, "asked_by": asked_by, "other": other, "zone": asked_by.zone}
    return Email(_template(entry.kind), language_of(seat.language), seat.name, seat.name, seat.email, link, values)


def email_to_third(
    entry: OutboxEntry,
    seat: GuestSeat,
    booking: Booking | None,
    both: tuple[Person, Person],
    third: Person,
    address: str,
    link: str,
) -> Email:
    """To somebody who was introduced, at their `address`, in their own language and zone; `link` is their own."""
    values = {"seat": seat, "booking": booking, "asked_by": both[0], "other": both[1], "zone": third.zone}
    return email_to(third, _template(entry.kind), address, link, values)


def email_to_one(
    entry: OutboxEntry,
    seat: GuestSeat,
    booking: Booking | None,
    reader: Person,
    other: Person,
    address: str,
    link: str,
    *,
    joins: bool = False,
) -> Email:
    """To one of the two, at their `address`; `link` is their own. `joins`: the third person has said yes to a call of
    three."""
    values = {"seat": seat, "booking": booking, "other": other, "zone": reader.zone, "joins": joins}
    return email_to(reader, _template(entry.kind), address, link, values)


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where nobody is named."""
    return message.subject_of(_template(kind), language)


def _template(kind: str) -> str:
    return f"guests/emails/{kind}.email"
