"""What an offer's page needs to know beside the offer: which times are left, what was answered, what can be undone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.answers import may_undo
from server.catchups.rules.bookings import Booking
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer
from server.catchups.rules.times import PossibleTime, possible_times
from server.catchups.store.answers import OfferAnswer, answer_dependents, answer_to
from server.catchups.store.bookings import live_between
from server.catchups.store.offers import OfferView, read_offer
from server.people.rules.visitors import Visitor
from server.web.forms import Form, text


@dataclass(frozen=True, slots=True)
class Filled:
    """What had been chosen or written in an answer that comes back."""

    start: str = ""
    medium: str = ""
    weeks: str = ""
    words: str = ""
    phone_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """`times` are those of an offer that waits, as the visitor finds them; `moved` is the booking that it asks to move.

    `undo_id` is the offer whose answer the visitor can take back here: this one, or the one that it is the answer to.
    """

    times: tuple[PossibleTime, ...] = ()
    moved: Booking | None = None
    answer: OfferAnswer | None = None
    undo_id: int | None = None
    filled: Filled = field(default_factory=Filled)

    @property
    def left(self) -> tuple[PossibleTime, ...]:
        """The times that can be chosen."""
        return tuple(time for time in self.times if time.conflict is None)

    @property
    def chosen(self) -> datetime | None:
        """The time that stands chosen: the one that was, or else the first that is left."""
        starts = [time.start for time in self.left]
        return next((start for start in starts if start.isoformat() == self.filled.start), min(starts, default=None))


def filled(form: Form | None) -> Filled:
    """What stood in the form; nothing for a fresh page."""
    if form is None:
        return Filled()
    start, medium, weeks, words = (text(form, name) for name in ("start", "medium", "weeks", "words"))
    return Filled(start, medium, weeks, words, "phone_fallback" in form)


async def read_asked(
    connection: AsyncConnection, visitor: Visitor, view: OfferView, window: JoinWindow, now: datetime, form: Form | None
) -> Asked:
    offer, me = view.offer, visitor.person.id
    answered = offer if me == offer.recipient_id else await _superseded(connection, visitor, offer)
    built = await answer_dependents(connection, answered or offer)
    return Asked(
        times=await _times(connection, offer, me, now) if offer.waits(now) else (),
        moved=built.moved,
        answer=await answer_to(connection, offer),
        undo_id=answered.id if answered and may_undo(answered, me, built, window, now) else None,
        filled=filled(form),
    )


async def _superseded(connection: AsyncConnection, visitor: Visitor, offer: Offer) -> Offer | None:
    """What this offer suggests something else than."""
    view = await read_offer(connection, visitor, offer.supersedes_id) if offer.supersedes_id else None
    return view.offer if view else None


async def _times(connection: AsyncConnection, offer: Offer, me: int, now: datetime) -> tuple[PossibleTime, ...]:
    """What stands in the way of the one who was asked; of the author, only what they have agreed to themselves."""
    first, last = min(offer.starts), max(offer.starts) + timedelta(minutes=offer.minutes)
    own = await live_between(connection, (me,), first, last)
    asked = me == offer.recipient_id
    theirs = await live_between(connection, (offer.author_id,), first, last) if asked else ()
    return possible_times(offer, own, theirs, now)
