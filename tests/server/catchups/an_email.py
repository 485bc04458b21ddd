"""Maya and Sam's catch-up, and the emails about it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from server.catchups.emails import email_of
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.email_context import EmailContext
from server.catchups.rules.invitations import Invitation, Status, as_data
from server.catchups.rules.offers import Offer, OfferState
from server.mail.message import write_email
from server.mail.outbox import OutboxEntry
from server.people.rules.people import Person

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
LINK = "https://fireside.example/l/secret"
BASE, SENDER = "https://fireside.example", "Fireside <f@example.org>"

MAYA = Person(1, "Maya Lindqvist", "Europe/Stockholm", "en", "", True, preferred_name="Maya")
SAM = Person(2, "Sam Okafor", "Europe/London", "en", "", True)
EMAILS = {1: "maya@example.org", 2: "sam@example.org"}
OFFER = Offer(
    id=7,
    catchup_id=4,
    author_id=1,
    recipient_id=2,
    note="I moved house.\nAll is new.",
    media=frozenset(Medium),
    starts=(FIRST, SECOND),
    minutes=30,
    state=OfferState.OPEN,
    made_at=NOW,
    expires_at=SECOND,
)
BOOKING = Booking(9, 4, 7, FIRST, 30, Medium.VIDEO, BookingState.CONFIRMED)
MOVED = Booking(8, 4, 6, FIRST - timedelta(days=1, hours=-3), 30, Medium.PHONE, BookingState.CONFIRMED)
CONTEXT = EmailContext(
    uid="5d2f@fireside",
    mentor=MAYA,
    mentee=SAM,
    offer=OFFER,
    booking=BOOKING,
    chosen_by=2,
    words="I am away then.",
    again_at=NOW + timedelta(weeks=4),
    late=10,
)
INVITATION = Invitation(Status.CONFIRMED, 3, FIRST, 30, Medium.VIDEO)


def written(
    kind: str,
    reader: Person = SAM,
    context: EmailContext = CONTEXT,
    invitation: Invitation | None = None,
    number: int = 31,
    link: str = LINK,
    contact: str = "",
) -> EmailMessage:
    """The message to `reader`."""
    context = replace(context, **{"mentor" if reader.id == MAYA.id else "mentee": reader})
    data = json.dumps(as_data(invitation)) if invitation else None
    entry = OutboxEntry(number, reader.id, "booking:9:", kind, 4, None, "/catchups/4", data, NOW, NOW, 0)
    email = email_of(entry, context, EMAILS[reader.id], link, SENDER)
    return write_email(email, entry, BASE, SENDER, NOW, contact)
