"""An offer, and its page: which times are left, what was answered, and what can be undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.queries.routine import early_times
from server.catchups.rules.answers import may_undo
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Caller
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer
from server.catchups.rules.routines import MOST_TOGETHER
from server.catchups.rules.times import PossibleTime, possible_times
from server.catchups.store.answers import OfferAnswer, answer_dependents, answer_to
from server.catchups.store.bookings import live_between
from server.catchups.store.catchups import mentorship_of
from server.catchups.store.mutes import muted_in
from server.catchups.store.offers import OfferView, read_offer
from server.db.database import Database
from server.errors import NotFound
from server.guests.store.seats import live_seat_in
from server.mentorships.queries.situations import situation_of
from server.mentorships.rules.situations import Situation
from server.people.rules.visitors import Visitor
from server.people.store.contacts import reachable_by_phone
from server.room.sealing import Sealer


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`possible_times` are those of an offer that waits, as the visitor finds them; `moved` is the booking that it asks
    to move. `undo_id` is the offer whose answer the visitor can take back here: this one, or the one that it answers.
    `muted`: new offers of the other bring the visitor no emails.
    `rings`: the visitor would ring the other by phone. `has_number`: they have given their own number.
    `situation` is how things are with the other. `coming` are the next times of the routine that made the offer, which
    the visitor can accept along with it. `together` names the third person of a call of three, empty without one.
    """

    view: OfferView
    possible_times: tuple[PossibleTime, ...]
    moved: Booking | None
    answer: OfferAnswer | None
    undo_id: int | None
    muted: bool
    rings: bool
    has_number: bool
    situation: Situation | None
    coming: tuple[datetime, ...]
    together: str

    @property
    def free_starts(self) -> tuple[datetime, ...]:
        """The times that can be chosen."""
        return tuple(time.start for time in self.possible_times if time.conflict is None)


async def find_offer(db: Database, visitor: Visitor, offer_id: int) -> OfferView:
    """The offer, if it is the visitor's. Raises NotFound."""
    async with db.reading() as connection:
        return await offer_for(connection, visitor, offer_id)


async def read_offer_page(
    db: Database, sealer: Sealer, visitor: Visitor, offer_id: int, window: JoinWindow, now: datetime
) -> OfferPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await offer_for(connection, visitor, offer_id)
        offer, me = view.offer, visitor.person.id
        answered = offer if me == offer.recipient_id else await _superseded(connection, visitor, offer)
        dependents = await answer_dependents(connection, answered or offer)
        return OfferPage(
            view=view,
            possible_times=await _times(connection, offer, me, now) if offer.waits(now) else (),
            moved=dependents.moved,
            answer=await answer_to(connection, offer),
            undo_id=answered.id if answered and may_undo(answered, me, dependents, window, now) else None,
            muted=me in await muted_in(connection, offer.catchup_id),
            rings=(me == view.mentor.id) == (offer.caller is Caller.MENTOR),
            has_number=me in await reachable_by_phone(connection, (me,)),
            situation=await situation_of(connection, sealer, view.mentorship_id, view.other(me), now),
            coming=await _coming(connection, view, me, now),
            together=await _together(connection, offer),
        )


async def offer_for(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> OfferView:
    """The offer, if it is the visitor's. Raises NotFound."""
    view = await read_offer(connection, visitor, offer_id)
    if view is None:
        raise NotFound
    return view


async def _superseded(connection: AsyncConnection, visitor: Visitor, offer: Offer) -> Offer | None:
    """The offer that this one answers."""
    view = await read_offer(connection, visitor, offer.supersedes_id) if offer.supersedes_id else None
    return view.offer if view else None


async def _together(connection: AsyncConnection, offer: Offer) -> str:
    seat = await live_seat_in(connection, offer.catchup_id)
    return seat.name if seat is not None and seat.third_id is not None else ""


async def _coming(connection: AsyncConnection, view: OfferView, me: int, now: datetime) -> tuple[datetime, ...]:
    offer = view.offer
    if not offer.by_routine or me != offer.recipient_id or not offer.waits(now):
        return ()
    state = (await mentorship_of(connection, offer.catchup_id)).state
    found = await early_times(connection, view.mentorship_id, state, (view.mentor, view.mentee), now)
    return found[: MOST_TOGETHER - 1]


async def _times(connection: AsyncConnection, offer: Offer, me: int, now: datetime) -> tuple[PossibleTime, ...]:
    """The recipient sees what stands in the way of either; the author, only what they have agreed to themselves."""
    first, last = min(offer.starts), max(offer.starts) + timedelta(minutes=offer.minutes)
    own = await live_between(connection, (me,), first, last)
    asked = me == offer.recipient_id
    theirs = await live_between(connection, (offer.author_id,), first, last) if asked else ()
    return possible_times(offer, own, theirs, now)
