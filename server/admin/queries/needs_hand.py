"""Who needs a hand: pairs who have not met for long, offers that nobody answered, people who never got in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, cast, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.queries.people import EMAILS_OF, GIVEN_UP
from server.admin.rules.needs_hand import NEW_FOR, QUIET_AFTER, UNANSWERED_FOR
from server.admin.store.history import UNBOOKED
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.offers import OfferState
from server.catchups.store.catchups import mentees, mentors
from server.db.database import any_row
from server.db.tables import bookings, catchups, mentorships, offers, outbox, people
from server.people.rules.mentorships import MentorshipState
from server.people.rules.nudges import nudge_event

MOST = 20

# As literals: only then the index over the active ones is used.
ACTIVE = mentorships.c.state == literal(MentorshipState.ACTIVE.value, literal_execute=True)
its_catchup, its_offer, its_booking = (
    catchups.alias("its_catchup"),
    offers.alias("its_offer"),
    bookings.alias("its_booking"),
)
OPEN_OFFER = exists().where(
    its_catchup.c.mentorship_id == mentorships.c.id,
    its_offer.c.catchup_id == its_catchup.c.id,
    its_offer.c.state == OfferState.OPEN.value,
)
COMING = exists().where(
    its_catchup.c.mentorship_id == mentorships.c.id,
    its_booking.c.catchup_id == its_catchup.c.id,
    its_booking.c.state == BookingState.CONFIRMED.value,
    its_booking.c.start > bindparam("now", type_=bookings.c.start.type),
)
# The reminder of this week, if it was sent: see nudge_event.
NUDGED = exists().where(
    outbox.c.recipient_id == mentorships.c.mentor_id,
    outbox.c.event == func.replace(bindparam("event"), "#", cast(mentorships.c.id, String)),
)
PAIR = (
    mentorships.c.id.label("mentorship_id"),
    mentorships.c.mentee_id,
    mentorships.c.began_at,
    mentorships.c.quiet_since,
    mentors.c.name.label("mentor_name"),
    mentees.c.name.label("mentee_name"),
    NUDGED.label("nudged"),
)
HERE = and_(mentors.c.erased_at.is_(None), mentees.c.erased_at.is_(None))
NOTHING_PLANNED = and_(ACTIVE, ~OPEN_OFFER, ~COMING)
QUIET = (
    select(*PAIR)
    .join(mentors, mentors.c.id == mentorships.c.mentor_id)
    .join(mentees, mentees.c.id == mentorships.c.mentee_id)
    .where(NOTHING_PLANNED, HERE, mentorships.c.quiet_since < bindparam("limit", type_=mentorships.c.quiet_since.type))
    .order_by(mentorships.c.quiet_since, mentorships.c.id)
    .limit(MOST + 1)
)
later = offers.alias("later")
UNANSWERED = (
    select(*PAIR, offers.c.id.label("offer_id"), offers.c.made_at)
    .select_from(offers)
    .join(catchups, catchups.c.id == offers.c.catchup_id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .join(mentors, mentors.c.id == mentorships.c.mentor_id)
    .join(mentees, mentees.c.id == mentorships.c.mentee_id)
    .where(
        offers.c.state == literal(OfferState.EXPIRED.value, literal_execute=True),
        # In the words of the index that has them in order.
        UNBOOKED,
        offers.c.made_at > bindparam("limit", type_=offers.c.made_at.type),
        ~exists().where(later.c.catchup_id == offers.c.catchup_id, later.c.id > offers.c.id),
        or_(mentorships.c.quiet_since.is_(None), mentorships.c.quiet_since <= offers.c.made_at),
        HERE,
        NOTHING_PLANNED,
    )
    .order_by(offers.c.made_at.desc(), offers.c.id.desc())
    .limit(MOST + 1)
)


OUTSIDE = (
    select(people.c.id, people.c.name, people.c.added_at, exists().where(EMAILS_OF, GIVEN_UP).label("undelivered"))
    .where(
        people.c.opened_at.is_(None),
        people.c.erased_at.is_(None),
        people.c.added_at < bindparam("limit", type_=people.c.added_at.type),
        or_(
            any_row(people, mentorships.c.mentor_id == people.c.id, ACTIVE),
            any_row(people, mentorships.c.mentee_id == people.c.id, ACTIVE),
        ),
    )
    .order_by(people.c.added_at.desc(), people.c.id.desc())
    .limit(MOST + 1)
)


@dataclass(frozen=True, slots=True)
class QuietPair:
    """Two people who have nothing planned. `met_at` is when they met last, None when they never did; `offer_id` and
    `offered_at` are of the offer that nobody answered; `nudged`: the mentor was reminded this week."""

    mentorship_id: int
    mentee_id: int
    mentor_name: str
    mentee_name: str
    began_at: datetime
    met_at: datetime | None
    nudged: bool
    offer_id: int | None = None
    offered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonOutside:
    """Somebody who has never opened a link; `undelivered`: an email to them was given up."""

    id: int
    name: str
    added_at: datetime
    undelivered: bool


@dataclass(frozen=True, slots=True)
class NeedsHand:
    """Each list has up to MOST entries; the names of those with more are in `more`. The longest quiet pairs, the newest
    offers, and the people who were added last."""

    quiet: tuple[QuietPair, ...]
    unanswered: tuple[QuietPair, ...]
    outside: tuple[PersonOutside, ...]
    more: frozenset[str]


async def read_needs_hand(connection: AsyncConnection, now: datetime) -> NeedsHand:
    about = {"now": now, "event": nudge_event("#", now)}
    quiet = (await connection.execute(QUIET, about | {"limit": now - QUIET_AFTER})).all()
    unanswered = (await connection.execute(UNANSWERED, about | {"limit": now - UNANSWERED_FOR})).all()
    outside = (await connection.execute(OUTSIDE, {"limit": now - NEW_FOR})).all()
    lists = {"quiet": quiet, "unanswered": unanswered, "outside": outside}
    return NeedsHand(
        quiet=tuple(_pair(row) for row in quiet[:MOST]),
        unanswered=tuple(_pair(row, row.offer_id, row.made_at) for row in unanswered[:MOST]),
        outside=tuple(PersonOutside(row.id, row.name, row.added_at, row.undelivered) for row in outside[:MOST]),
        more=frozenset(name for name, rows in lists.items() if len(rows) > MOST),
    )


def _pair(row: Row[Any], offer_id: int | None = None, offered_at: datetime | None = None) -> QuietPair:
    return QuietPair(
        mentorship_id=row.mentorship_id,
        mentee_id=row.mentee_id,
        mentor_name=row.mentor_name,
        mentee_name=row.mentee_name,
        began_at=row.began_at,
        met_at=row.quiet_since if row.quiet_since and row.quiet_since > row.began_at else None,
        nudged=row.nudged,
        offer_id=offer_id,
        offered_at=offered_at,
    )
