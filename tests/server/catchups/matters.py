"""Maya and Sam's catch-up, as letters tell of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.catchups.emails import Letter
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.email_context import Matter
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.rules.offers import Offer, OfferState
from server.people.rules.people import Person

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
LINK = "https://fireside.example/l/secret"

MAYA = Person(1, "Maya Lindqvist", "maya@example.org", "", "Europe/Stockholm", "en", "", True)
SAM = Person(2, "Sam Okafor", "sam@example.org", "", "Europe/London", "en", "", True)
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
MATTER = Matter(
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


def a_letter(kind: str, recipient: Person = SAM, **changes: object) -> Letter:
    """One to `recipient`; only a fresh link is about no catch-up."""
    matter = None if kind == "fresh_link" else MATTER
    return replace(Letter(31, kind, recipient, LINK, NOW, matter), **changes)
