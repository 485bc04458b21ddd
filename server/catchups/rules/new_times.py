"""Offering times anew where an offer came to nothing, within its catch-up."""

from datetime import datetime

from server.catchups.rules.errors import OfferDecided, OfferOpen
from server.catchups.rules.offers import Offer, OfferState

ENDED = frozenset({OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED})


def check_ended(offer: Offer, now: datetime) -> None:
    """Returns when the offer came to nothing, or has run out and is about to be ended.

    Raises OfferOpen while it waits, or OfferDecided; where it asked to move a booking, that still stands.
    """
    if offer.waits(now):
        raise OfferOpen
    if offer.moves_id is not None or offer.state not in ENDED | {OfferState.OPEN}:
        raise OfferDecided
