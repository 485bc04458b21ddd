"""The pages where times are typed: a new offer, new times, a change, a suggestion, and the wish to move a booking."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.queries.free_times import taken_between
from server.calls.queries.booking_phone import would_phone
from server.catchups.queries.booking_news import booking_for, wish_to_move
from server.catchups.queries.common_times import read_common_times
from server.catchups.queries.offer import offer_for
from server.catchups.rules.common_times import CommonTimes
from server.catchups.rules.drafts import FURTHEST
from server.catchups.rules.offers import Offer
from server.catchups.rules.proposals import check_ended
from server.catchups.rules.times import same_hour
from server.catchups.store.bookings import BookingView, has_live_booking, live_between, read_booking
from server.catchups.store.catchups import mentorship_of
from server.catchups.store.offers import OfferView, has_new_times_since, read_offer
from server.catchups.store.pauses import pauses_of
from server.db.database import Database
from server.errors import DomainError
from server.mentorships.queries.situations import situation_of
from server.mentorships.rules.situations import Situation
from server.people.rules.mentorships import check_active
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.contacts import reachable_by_phone
from server.people.store.people import mentorship_of_visitor
from server.room.sealing import Sealer

Span = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OwnSide:
    """What the visitor sees next to what they type: times to choose by a tap; the start and end of their coming
    catch-ups, in ISO 8601, for the page's script; and whether they have given a phone number."""

    common: CommonTimes
    agreed: tuple[Span, ...]
    has_number: bool


@dataclass(frozen=True, slots=True)
class NextCatchup:
    """After this catch-up with the same person; `start` is the same hour in a week that is free, None for no such."""

    view: BookingView
    start: datetime | None


@dataclass(frozen=True, slots=True)
class NewOfferPage:
    """`pause` is from when the `other` would like to be asked again, where they said so. `like` is the visitor's
    earlier offer to them that the new one begins as, `after` the catch-up that it follows. `is_mentor`: the visitor is.
    `situation` is how things are with the other.
    """

    mentorship_id: int
    other: Person
    is_mentor: bool
    pause: datetime | None
    like: Offer | None
    after: NextCatchup | None
    times: OwnSide
    situation: Situation | None


@dataclass(frozen=True, slots=True)
class NewTimesPage:
    """`renewable`: the offer came to nothing, and nothing was offered or agreed since. `pause` and `is_mentor` as in
    NewOfferPage."""

    view: OfferView
    other: Person
    is_mentor: bool
    pause: datetime | None
    renewable: bool
    times: OwnSide


@dataclass(frozen=True, slots=True)
class OfferFormPage:
    """The page of a suggestion, or of a change, with the offer that it is about."""

    view: OfferView
    times: OwnSide


@dataclass(frozen=True, slots=True)
class MovePage:
    """`move` is the wish to move the booking that waits for an answer. `by_phone`: the visitor would go on by phone
    where the video fails."""

    view: BookingView
    move: Offer | None
    by_phone: bool
    times: OwnSide


async def read_new_offer_page(
    db: Database,
    sealer: Sealer,
    visitor: Visitor,
    mentorship_id: int,
    now: datetime,
    like: int | None = None,
    after: int | None = None,
    *,
    was_sent: bool = False,
) -> NewOfferPage:
    """`was_sent`: the form comes back, also where the mentorship has come to rest since it was opened.

    Raises NotFound, or MentorshipAtRest.
    """
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        if not was_sent:
            check_active(row.state)
        other = row.other
        return NewOfferPage(
            mentorship_id=mentorship_id,
            other=other,
            is_mentor=row.role == "mentor",
            pause=await _pause_of(connection, mentorship_id, other),
            like=None if like is None else await _own_offer(connection, visitor, mentorship_id, like),
            after=None if after is None else await _next(connection, visitor, mentorship_id, after, now),
            times=await _own_times(connection, visitor.person, other, mentorship_id, now),
            situation=await situation_of(connection, sealer, mentorship_id, other, now),
        )


async def read_new_times_page(db: Database, visitor: Visitor, offer_id: int, now: datetime) -> NewTimesPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await offer_for(connection, visitor, offer_id)
        other = view.other(visitor.person.id)
        return NewTimesPage(
            view=view,
            other=other,
            is_mentor=visitor.person.id == view.mentor.id,
            pause=await _pause_of(connection, view.mentorship_id, other),
            renewable=await _is_renewable(connection, view.offer, now),
            times=await _own_times(connection, visitor.person, other, view.mentorship_id, now),
        )


async def read_suggestion_page(db: Database, visitor: Visitor, offer_id: int, now: datetime) -> OfferFormPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await offer_for(connection, visitor, offer_id)
        offer, pair = view.offer, view.mentorship_id
        times = await _own_times(connection, visitor.person, view.author, pair, now, offer.moves_id)
        return OfferFormPage(view, times)


async def read_wording_page(db: Database, visitor: Visitor, offer_id: int, now: datetime) -> OfferFormPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await offer_for(connection, visitor, offer_id)
        offer, pair = view.offer, view.mentorship_id
        times = await _own_times(connection, visitor.person, view.recipient, pair, now, offer.moves_id)
        return OfferFormPage(view, times)


async def read_move_page(db: Database, visitor: Visitor, booking_id: int, now: datetime) -> MovePage:
    """Raises NotFound."""
    person = visitor.person
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        return MovePage(
            view=view,
            move=await wish_to_move(connection, view.booking, now),
            by_phone=person.id in await would_phone(connection, view.booking),
            times=await _own_times(connection, person, view.other(person.id), view.mentorship_id, now, booking_id),
        )


async def _own_times(
    connection: AsyncConnection,
    person: Person,
    other: Person,
    mentorship_id: int,
    now: datetime,
    moves_id: int | None = None,
) -> OwnSide:
    """The booking that an offer asks to move, `moves_id`, gives way, so its time is not taken."""
    common = await read_common_times(connection, person, other, mentorship_id, now)
    agreed = await live_between(connection, (person.id,), now, now + FURTHEST)
    spans = [(booking.start.isoformat(), booking.end.isoformat()) for booking in agreed if booking.id != moves_id]
    return OwnSide(common, tuple(spans), person.id in await reachable_by_phone(connection, (person.id,)))


async def _pause_of(connection: AsyncConnection, mentorship_id: int, other: Person) -> datetime | None:
    return (await pauses_of(connection, (mentorship_id,))).get((mentorship_id, other.id))


async def _own_offer(connection: AsyncConnection, visitor: Visitor, mentorship_id: int, offer_id: int) -> Offer | None:
    """The visitor's own offer in this mentorship; None for any other."""
    view = await read_offer(connection, visitor, offer_id)
    if view is None or view.author.id != visitor.person.id or view.mentorship_id != mentorship_id:
        return None
    return view.offer


async def _next(
    connection: AsyncConnection, visitor: Visitor, mentorship_id: int, booking_id: int, now: datetime
) -> NextCatchup | None:
    """None for a booking that is not of this mentorship."""
    view = await read_booking(connection, visitor, booking_id)
    if view is None or view.mentorship_id != mentorship_id:
        return None
    me = visitor.person
    taken = await taken_between(connection, me.id, (view.other(me.id).id,), now, now + FURTHEST)
    return NextCatchup(view, same_hour(view.booking, me.zone, taken, now))


async def _is_renewable(connection: AsyncConnection, offer: Offer, now: datetime) -> bool:
    try:
        check_ended(offer, now)
        check_active((await mentorship_of(connection, offer.catchup_id)).state)
    except DomainError:
        return False
    if await has_new_times_since(connection, offer):
        return False
    return not await has_live_booking(connection, offer.catchup_id)
