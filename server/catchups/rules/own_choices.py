"""Somebody's own choices, and what of them they can still withdraw."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.ledger import FALLS, STANDS, Channel, ChoiceKind
from server.catchups.rules.offers import Medium


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """An entry of the ledger as the one who made it reads it, with what has become of the offer that it is about.

    `waits`: the offer is one's own and still to be answered. `booking_id` is the booking that stands because of the
    offer, until `booked_until`.
    """

    id: int
    catchup_id: int
    offer_id: int
    other_id: int
    other_name: str
    kind: ChoiceKind
    start: datetime | None
    medium: Medium | None
    words: str
    at: datetime
    wording: str
    language: str
    channel: Channel | None
    previous_hash: str
    hash: str
    waits: bool
    booking_id: int | None
    booked_until: datetime | None

    def booked(self, now: datetime) -> bool:
        return self.booked_until is not None and now < self.booked_until


def withdrawals(own: Iterable[OwnChoice], now: datetime) -> Mapping[int, ChoiceKind]:
    """By the id of each entry that still stands, how it is withdrawn. `own` are all of one person's, oldest first."""
    by_offer: dict[int, list[OwnChoice]] = defaultdict(list)
    for choice in own:
        by_offer[choice.offer_id].append(choice)
    found: dict[int, ChoiceKind] = {}
    for entries in by_offer.values():
        meeting = _standing(entries, STANDS, FALLS)
        if meeting and meeting.booked(now):
            found[meeting.id] = ChoiceKind.WITHDREW
        elif meeting and meeting.waits:
            found[meeting.id] = ChoiceKind.TOOK_BACK
        phone = _standing(entries, {ChoiceKind.ALLOWED_PHONE}, {ChoiceKind.DISALLOWED_PHONE, *FALLS})
        if phone and (phone.booked(now) or phone.waits):
            found[phone.id] = ChoiceKind.DISALLOWED_PHONE
    return found


def _standing(
    entries: Iterable[OwnChoice], begins: Iterable[ChoiceKind], ends: Iterable[ChoiceKind]
) -> OwnChoice | None:
    """The newest entry that began it, unless a later one ended it."""
    standing = None
    for entry in entries:
        if entry.kind in begins:
            standing = entry
        elif entry.kind in ends:
            standing = None
    return standing
