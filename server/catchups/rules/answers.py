"""Taking an answer back: possible while nothing rests on it."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules import offers
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer, OfferState
from server.errors import DomainError


@dataclass(frozen=True, slots=True)
class AnswerDependents:
    """What could rest on an answer: the `booking` that the offer became, the offer that is `waiting` in its catch-up
    now, and the booking that it asks to move (`moved`). `anew`: times were offered anew since."""

    booking: Booking | None
    waiting: Offer | None
    moved: Booking | None
    new_times: bool = False

    def rests_on(self, offer: Offer, window: JoinWindow, now: datetime) -> bool:
        """Whether something does: a booking that is moved, a call that is open, an answer to the answer."""
        if self.new_times:
            return True
        if offer.state is OfferState.ACCEPTED:
            confirmed = self.booking is not None and self.booking.state is BookingState.CONFIRMED
            fresh = confirmed and self.booking is not None and now < window.opens_at(self.booking)
            return self.moved is not None or not fresh or self.waiting is not None
        if self.moved is not None and not self.moved.stands(now):
            return True
        if offer.state is OfferState.SUPERSEDED:
            return self.waiting is None or self.waiting.supersedes_id != offer.id
        return self.waiting is not None


def may_undo(offer: Offer, person_id: int, built: AnswerDependents, window: JoinWindow, now: datetime) -> bool:
    """Whether this person could take back what they answered to the offer."""
    try:
        offers.undo(offer, person_id, now, built_on=built.rests_on(offer, window, now))
    except DomainError:
        return False
    return True
