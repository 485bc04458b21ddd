"""Pausing a mentorship, ending it, and bringing it back."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.changes.resting import call_off_bookings, take_back_offers
from server.catchups.rules.bookings import Booking
from server.catchups.store import catchups
from server.db.database import Database
from server.errors import NotFound
from server.mentorships.actions.reviews import stop_review
from server.mentorships.store.courses import forget_wishes
from server.people.actions.audit import acting
from server.people.actions.mentorships import change_state_for_scheme
from server.people.rules.mentorships import MentorshipEvent, MentorshipState
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store import people


@dataclass(frozen=True, slots=True)
class ArrangedMentorship:
    """The mentorship as it was, its new state, and the bookings that were called off."""

    mentorship: Mentorship
    state: MentorshipState
    called_off: tuple[Booking, ...] = ()


async def arrange(
    db: Database,
    visitor: Visitor,
    mentorship_id: int,
    event: MentorshipEvent,
    now: datetime,
    *,
    call_off: bool = False,
) -> ArrangedMentorship:
    """Pauses, ends or brings back a mentorship, and tells both people by email.

    While it is paused or ended nothing new is offered: offers that wait are taken back. Bookings to come stay, unless
    `call_off`. Raises NotFound, or MentorshipUnchanged.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await people.lock_any_mentorship(connection, mentorship_id)
        if mentorship is None:
            raise NotFound
        state = await change_state_for_scheme(connection, mentorship, event, acting(visitor), now)
        if state is MentorshipState.ACTIVE:
            return ArrangedMentorship(mentorship, state)
        if state is MentorshipState.ENDED:
            await forget_wishes(connection, mentorship.id, lengths=False)
        await stop_review(connection, mentorship, state, now)
        await take_back_offers(connection, mentorship, now)
        called_off = await call_off_bookings(connection, mentorship, now) if call_off else ()
        return ArrangedMentorship(mentorship, state, called_off)
