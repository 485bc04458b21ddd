"""A demo pair with one booking that starts now, one offer that waits for an answer, and links to both."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.actions.accounts import NewAccount, make_account, make_account_link
from server.calls.rules.entering import check_open
from server.calls.rules.errors import CallClosed
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import LIVE, Booking, overlap
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.catchups.store import bookings, offers
from server.db.database import Database
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.accounts import Role
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose, secret_hash
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store import links

MENTOR = NewPerson("Maya Lindqvist", "maya@demo.invalid", "Europe/Stockholm")
MENTEE = NewPerson("Sam Okafor", "sam@demo.invalid", "Europe/London")
ADMIN = NewAccount("ada@demo.invalid", Role.ADMIN, MENTOR.zone, MENTOR.language, "Ada Obi")

MINUTES = 60
NOTE = (
    "Hi Sam, I changed jobs this month, so I know how the first weeks feel. "
    "I would like to hear how yours are going. Whatever suits you."
)


@dataclass(frozen=True, slots=True)
class DemoPaths:
    """The path of each link: `/l/` and its secret."""

    mentor: str
    mentee: str
    admin: str
    offer: str
    booking_mentor: str
    booking_mentee: str


async def prepare_demo(db: Database, window: JoinWindow, now: datetime) -> DemoPaths:
    """Makes the pair, the booking and the offer, or finds those that are there."""
    async with db.writing() as connection:
        mentor = await find_or_add_person(connection, MENTOR, now)
        mentee = await find_or_add_person(connection, MENTEE, now)
        mentorship_id = await find_or_add_mentorship(connection, mentor, mentee, now)
        as_mentor, mentor_path = await _home_link(connection, mentor, now)
        as_mentee, mentee_path = await _home_link(connection, mentee, now)
    booking = await _booking_now(db, window, as_mentor, as_mentee, mentorship_id, now)
    offer = await _open_offer(db, as_mentor, mentorship_id, now)
    async with db.writing() as connection:
        offer_path = await _catchup_link(connection, mentee, offer.catchup_id, f"/offers/{offer.id}", now)
        page = f"/bookings/{booking.id}"
        return DemoPaths(
            mentor=mentor_path,
            mentee=mentee_path,
            admin=await _admin_link(connection, now),
            offer=offer_path,
            booking_mentor=await _catchup_link(connection, mentor, booking.catchup_id, page, now),
            booking_mentee=await _catchup_link(connection, mentee, booking.catchup_id, page, now),
        )


async def _admin_link(connection: AsyncConnection, now: datetime) -> str:
    account = await make_account(connection, ADMIN, COMMAND_LINE, now)
    return f"/l/{await make_account_link(connection, account, now)}"


async def _home_link(connection: AsyncConnection, person: Person, now: datetime) -> tuple[Visitor, str]:
    secret = await make_link(connection, now, person_id=person.id, purpose=Purpose.HOME, path="/home")
    link = await links.find_link(connection, secret_hash(secret))
    if link is None:
        raise LinkNotFound
    visitor = Visitor(
        visit_id=0, person=person, link_id=link.id, home=True, account=None, catchups=frozenset(), csrf="", seen_at=now
    )
    return visitor, f"/l/{secret}"


async def _catchup_link(connection: AsyncConnection, person: Person, catchup_id: int, path: str, now: datetime) -> str:
    secret = await make_link(
        connection, now, person_id=person.id, purpose=Purpose.CATCHUP, path=path, catchup_id=catchup_id
    )
    return f"/l/{secret}"


async def _booking_now(
    db: Database, window: JoinWindow, mentor: Visitor, mentee: Visitor, mentorship_id: int, now: datetime
) -> Booking:
    async with db.reading() as connection:
        views = await bookings.bookings_of(connection, mentor, now)
    for view in views:
        if view.booking.state in LIVE:
            if overlap(now, MINUTES, view.booking):
                return view.booking
            with suppress(CallClosed):
                check_open(view.booking, window, now)
                return view.booking
    earlier = now - timedelta(hours=1)
    draft = Draft(NOTE, frozenset(Medium), (now,), MINUTES)
    offer = await make_offer(db, mentor, mentorship_id, draft, _shown(ChoiceKind.OFFERED), earlier)
    choice = Acceptance(now, Medium.VIDEO, _shown(ChoiceKind.ACCEPTED))
    return await accept_offer(db, mentee, offer.id, choice, earlier)


async def _open_offer(db: Database, mentor: Visitor, mentorship_id: int, now: datetime) -> Offer:
    async with db.reading() as connection:
        waiting = await offers.open_offers_of(connection, mentor)
    for view in waiting:
        if view.author.id == mentor.person.id and view.offer.expires_at > now:
            return view.offer
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    starts = (noon + timedelta(days=2), noon + timedelta(days=3, hours=2), noon + timedelta(days=5, hours=4))
    draft = Draft(NOTE, frozenset(Medium), starts, 30)
    return await make_offer(db, mentor, mentorship_id, draft, _shown(ChoiceKind.OFFERED), now)


def _shown(kind: ChoiceKind) -> ShownWording:
    return ShownWording(WORDINGS[kind], "en")
