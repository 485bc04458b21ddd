"""A catch-up as the entry of a guest's calendar. It has no contact data but the guest's own."""

import uuid
from datetime import datetime
from email.utils import parseaddr

from server.catchups.calendar.event import CalendarEvent, Party
from server.catchups.rules.invitations import Invitation
from server.guests.contact import GuestContact
from server.guests.rules.seats import GuestSeat
from server.i18n.texts import N_
from server.people.rules.people import Person


def guest_event(
    invitation: Invitation,
    seat: GuestSeat,
    owner: GuestContact,
    both: tuple[Person, Person],
    *,
    address: str,
    sender: str,
    stamp: datetime,
) -> CalendarEvent:
    """`both` hold the catch-up, and are named only if neither of them minds. `address` is the guest's own link.
    `sender` is the server's own mail address, `stamp` when this was decided."""
    language = owner.language
    return CalendarEvent(
        uid=uid_of(seat),
        sequence=invitation.sequence,
        start=invitation.start,
        minutes=invitation.minutes,
        status=invitation.status,
        summary=_title(owner, both),
        description="\n\n".join(
            (
                language.gettext("Video"),
                language.say(N_("Open your page:\n%(address)s"), address=address),
                language.gettext(
                    "An answer that you give in your calendar reaches nobody. "
                    "If you cannot come, open this address. It is only for you."
                ),
            )
        ),
        location=address,
        url=address,
        organizer=Party(*parseaddr(sender)),
        attendee=Party(owner.name, owner.email),
        stamp=stamp,
    )


def uid_of(seat: GuestSeat) -> str:
    """Not the one that the two have: the guest's event has a SEQUENCE and an end of its own."""
    return f"{uuid.uuid5(uuid.NAMESPACE_OID, f'guest:{seat.id}:{seat.key}')}@fireside"


def _title(owner: GuestContact, both: tuple[Person, Person]) -> str:
    if owner.discreet or any(each.discreet for each in both):
        return owner.language.gettext("Catch-up")
    return owner.language.say(N_("Catch-up of %(one)s and %(other)s"), one=both[0].called, other=both[1].called)
