"""What emails about a guest's seat say: to the two, and to the guest."""

import json

from server.catchups.calendar.event import invitation
from server.catchups.rules.bookings import Booking
from server.catchups.rules.invitations import invitation_from
from server.guests.calendar import guest_event
from server.guests.contact import GuestContact
from server.guests.rules.seats import ANSWERED_EMAIL, ASKED_EMAIL, TO_GUEST, GuestSeat
from server.i18n.catalog import Language
from server.mail import message
from server.mail.message import CalendarFile, Email
from server.mail.outbox import OutboxEntry
from server.people.emails import email_to
from server.people.rules.people import Person

# Each has its template in templates/guests/emails.
KINDS = TO_GUEST | {ASKED_EMAIL, ANSWERED_EMAIL}


def email_to_guest(
    entry: OutboxEntry,
    seat: GuestSeat,
    booking: Booking | None,
    both: tuple[Person, Person],
    guest: GuestContact,
    link: str,
    sender: str,
) -> Email:
    """`both` are the one who named the guest and the other. `link` is the guest's own, `sender` the organizer of the
    event."""
    values = {"seat": seat, "booking": booking, "asked_by": both[0], "other": both[1], "zone": guest.zone}
    calendar = _calendar(entry, seat, both, guest, link, sender)
    return Email(_template(entry.kind), guest.language, guest.name, guest.called, guest.email, link, values, calendar)


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


def _calendar(
    entry: OutboxEntry, seat: GuestSeat, both: tuple[Person, Person], guest: GuestContact, link: str, sender: str
) -> CalendarFile | None:
    """What the email changes in the guest's calendar."""
    if entry.invitation is None:
        return None
    told = invitation_from(json.loads(entry.invitation))
    event = guest_event(told, seat, guest, both, address=link, sender=sender, stamp=entry.made_at)
    return CalendarFile(event.method.value, invitation(event))
