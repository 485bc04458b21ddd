"""Offers and their times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.drafts import Caller, Draft, Medium, expiry
from server.catchups.rules.offers import Offer, OfferState
from server.catchups.rules.proposals import NewOffer
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, in_catchups_of, person_from, with_both
from server.db.database import for_update
from server.db.tables import bookings, catchups, mentorships, offer_times, offers
from server.errors import NotFound
from server.people.rules.people import BothPeople, Person
from server.people.rules.visitors import Visitor

later = offers.alias("later")
VIEWS = with_both(
    offers,
    # An answer that was undone and given again has left more than one: the newest counts.
    select(func.max(bookings.c.id)).where(bookings.c.offer_id == offers.c.id).scalar_subquery().label("booking_id"),
    select(func.max(later.c.id)).where(later.c.supersedes_id == offers.c.id).scalar_subquery().label("answered_by"),
    catchups.c.mentorship_id,
).where(OPEN_TO_VISITOR)
VIEW = VIEWS.where(offers.c.id == bindparam("id"))
OWN_VIEWS = VIEWS.where(in_catchups_of(bindparam("me"), offers))
OPEN_VIEWS = OWN_VIEWS.where(offers.c.state == OfferState.OPEN.value).order_by(offers.c.made_at.desc(), offers.c.id)
# Declined or run out; not wishes to move.
ENDED_VIEWS = (
    OWN_VIEWS.where(
        offers.c.state.in_((OfferState.DECLINED.value, OfferState.EXPIRED.value)),
        offers.c.decided_at > bindparam("since"),
        offers.c.moves_id.is_(None),
    )
    .order_by(offers.c.decided_at.desc(), offers.c.id.desc())
    .limit(bindparam("most"))
)
BY_ID = select(offers).where(offers.c.id == bindparam("id"))
OPEN_IN_CATCHUP = select(offers).where(
    offers.c.catchup_id == bindparam("catchup_id"), offers.c.state == OfferState.OPEN.value
)
OPEN_IN_MENTORSHIP = (
    select(offers)
    .join(catchups, catchups.c.id == offers.c.catchup_id)
    .where(catchups.c.mentorship_id == bindparam("mentorship_id"), offers.c.state == OfferState.OPEN.value)
    .order_by(offers.c.id)
)
NEW_TIMES_SINCE = (
    select(offers.c.id)
    .where(
        offers.c.catchup_id == bindparam("catchup_id"),
        offers.c.supersedes_id.is_(None),
        offers.c.moves_id.is_(None),
        offers.c.id > bindparam("id"),
    )
    .limit(1)
)
STARTS = (
    select(offer_times)
    .where(offer_times.c.offer_id.in_(bindparam("ids", expanding=True)))
    .order_by(offer_times.c.start)
)
TO_LOCK = for_update(
    select(catchups.c.id)
    .join(offers, offers.c.catchup_id == catchups.c.id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(offers.c.id == bindparam("id")),
    of=catchups,
)
TO_LOCK_OPEN = TO_LOCK.where(OPEN_TO_VISITOR)


@dataclass(frozen=True, slots=True)
class OfferView(BothPeople):
    """An offer for its page. `answered_by` is the counter-offer that superseded it."""

    offer: Offer
    author: Person
    recipient: Person
    mentor: Person
    mentee: Person
    booking_id: int | None
    answered_by: int | None
    mentorship_id: int


async def count_open_by(connection: AsyncConnection, author_id: int, mentorship_id: int, now: datetime) -> int:
    """How many offers of this author wait for an answer in the mentorship."""
    waiting = (
        select(func.count())
        .select_from(offers)
        .join(catchups, catchups.c.id == offers.c.catchup_id)
        .where(
            catchups.c.mentorship_id == mentorship_id,
            offers.c.author_id == author_id,
            offers.c.state == OfferState.OPEN.value,
            offers.c.expires_at > now,
        )
    )
    return int((await connection.execute(waiting)).scalar_one())


async def add_offer(connection: AsyncConnection, new: NewOffer, now: datetime) -> Offer:
    result = await connection.execute(
        insert(offers)
        .values(
            catchup_id=new.catchup_id,
            author_id=new.author_id,
            recipient_id=new.recipient_id,
            supersedes_id=new.supersedes_id,
            moves_id=new.moves_id,
            by_routine=new.by_routine,
            state=OfferState.OPEN.value,
            revision=0,
            made_at=now,
            **_drafted(new.draft),
        )
        .returning(offers)
    )
    row = result.one()
    await _add_times(connection, row.id, new.draft)
    return offer_of(row, new.draft.starts)


def _drafted(draft: Draft) -> dict[str, object]:
    return {
        "note": draft.note,
        "by_video": Medium.VIDEO in draft.media,
        "by_phone": Medium.PHONE in draft.media,
        "phone_fallback": draft.phone_fallback,
        "caller": draft.caller.value,
        "minutes": draft.minutes,
        "expires_at": expiry(draft),
    }


async def reword_offer(connection: AsyncConnection, offer: Offer, draft: Draft) -> Offer:
    """The offer as it reads now. Its catch-up must be locked."""
    await connection.execute(delete(offer_times).where(offer_times.c.offer_id == offer.id))
    await _add_times(connection, offer.id, draft)
    reworded = (
        update(offers).where(offers.c.id == offer.id).values(revision=offer.revision + 1, **_drafted(draft))
    ).returning(offers)
    return offer_of((await connection.execute(reworded)).one(), draft.starts)


async def _add_times(connection: AsyncConnection, offer_id: int, draft: Draft) -> None:
    await connection.execute(insert(offer_times), [{"offer_id": offer_id, "start": start} for start in draft.starts])


async def lock_offer_of(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> Offer:
    """The offer, when this visitor may open it; its catch-up is locked until the transaction ends.

    Raises NotFound.
    """
    offer = await _locked(connection, TO_LOCK_OPEN, {"id": offer_id, **as_visitor(visitor)})
    if offer is None:
        raise NotFound
    return offer


async def lock_any_offer(connection: AsyncConnection, offer_id: int) -> Offer | None:
    """The offer, without a check of access (for the clock); its catch-up is locked until the transaction ends."""
    return await _locked(connection, TO_LOCK, {"id": offer_id})


async def _locked(connection: AsyncConnection, catchup: Select[Any], wanted: Mapping[str, Any]) -> Offer | None:
    found = (await connection.execute(catchup, wanted)).first()
    return await any_offer(connection, wanted["id"]) if found else None


async def first_offer_of(connection: AsyncConnection, uid: str) -> Offer | None:
    """The offer with which the catch-up began whose event has this UID."""
    found = await connection.execute(
        select(func.min(offers.c.id)).join(catchups, catchups.c.id == offers.c.catchup_id).where(catchups.c.uid == uid)
    )
    offer_id = found.scalar_one()
    return None if offer_id is None else await any_offer(connection, offer_id)


async def open_offer_in(connection: AsyncConnection, catchup_id: int) -> Offer | None:
    """The catch-up's offer that waits for an answer. To decide by it, the catch-up must be locked."""
    row = (await connection.execute(OPEN_IN_CATCHUP, {"catchup_id": catchup_id})).one_or_none()
    return offer_of(row, (await starts_by_offer(connection, [row.id]))[row.id]) if row else None


async def open_offers_in(connection: AsyncConnection, mentorship_id: int) -> tuple[Offer, ...]:
    """The offers of the mentorship that wait for an answer. To decide by them, its catch-ups must be locked."""
    rows = (await connection.execute(OPEN_IN_MENTORSHIP, {"mentorship_id": mentorship_id})).all()
    starts = await starts_by_offer(connection, [row.id for row in rows])
    return tuple(offer_of(row, starts[row.id]) for row in rows)


async def has_new_times_since(connection: AsyncConnection, offer: Offer) -> bool:
    """Whether new times were offered in its catch-up after the offer, neither as an answer nor to move a booking."""
    found = await connection.execute(NEW_TIMES_SINCE, {"catchup_id": offer.catchup_id, "id": offer.id})
    return found.first() is not None


async def any_offer(connection: AsyncConnection, offer_id: int) -> Offer:
    row = (await connection.execute(BY_ID, {"id": offer_id})).one()
    return offer_of(row, (await starts_by_offer(connection, [offer_id]))[offer_id])


async def set_phone_fallback(connection: AsyncConnection, offer_id: int, allowed: bool) -> None:
    await connection.execute(update(offers).where(offers.c.id == offer_id).values(phone_fallback=allowed))


async def set_state(connection: AsyncConnection, offer_id: int, state: OfferState, now: datetime) -> None:
    decided_at = None if state is OfferState.OPEN else now
    await connection.execute(
        update(offers).where(offers.c.id == offer_id).values(state=state.value, decided_at=decided_at)
    )


async def run_out(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of the offers that still wait though their time to be answered is over."""
    rows = await connection.execute(
        select(offers.c.id)
        .where(offers.c.state == OfferState.OPEN.value, offers.c.expires_at <= now)
        .order_by(offers.c.expires_at, offers.c.id)
    )
    return tuple(rows.scalars())


async def read_offer(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> OfferView | None:
    views = await _read(connection, VIEW, {"id": offer_id, **as_visitor(visitor)})
    return views[0] if views else None


async def open_offers_of(connection: AsyncConnection, visitor: Visitor) -> tuple[OfferView, ...]:
    """The offers that wait for an answer, of either side, newest first."""
    return await _read(connection, OPEN_VIEWS, as_visitor(visitor))


async def ended_offers_of(
    connection: AsyncConnection, visitor: Visitor, since: datetime, most: int
) -> tuple[OfferView, ...]:
    """The offers that were declined or ran out after `since`, of either side, newest first; not wishes to move."""
    return await _read(connection, ENDED_VIEWS, {"since": since, "most": most, **as_visitor(visitor)})


async def _read(connection: AsyncConnection, views: Select[Any], wanted: Mapping[str, object]) -> tuple[OfferView, ...]:
    rows = (await connection.execute(views, wanted)).all()
    starts = await starts_by_offer(connection, [row.id for row in rows])
    return tuple(_view_of(row, starts[row.id]) for row in rows)


def _view_of(row: Row[Any], starts: Sequence[datetime]) -> OfferView:
    mentor, mentee = person_from(row, "mentor"), person_from(row, "mentee")
    author, recipient = (mentor, mentee) if row.author_id == mentor.id else (mentee, mentor)
    return OfferView(
        offer=offer_of(row, starts),
        author=author,
        recipient=recipient,
        mentor=mentor,
        mentee=mentee,
        booking_id=row.booking_id,
        answered_by=row.answered_by,
        mentorship_id=row.mentorship_id,
    )


async def starts_by_offer(connection: AsyncConnection, ids: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
    """The possible times of each of these offers, the earliest first."""
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in await connection.execute(STARTS, {"ids": list(ids)}):
        found[row.offer_id].append(row.start)
    return found


def offer_of(row: Row[Any], starts: Sequence[datetime]) -> Offer:
    media = {Medium.VIDEO: row.by_video, Medium.PHONE: row.by_phone}
    return Offer(
        id=row.id,
        catchup_id=row.catchup_id,
        author_id=row.author_id,
        recipient_id=row.recipient_id,
        note=row.note,
        media=frozenset(medium for medium, offered in media.items() if offered),
        starts=tuple(starts),
        minutes=row.minutes,
        state=OfferState(row.state),
        made_at=row.made_at,
        expires_at=row.expires_at,
        revision=row.revision,
        phone_fallback=row.phone_fallback,
        moves_id=row.moves_id,
        supersedes_id=row.supersedes_id,
        caller=Caller(row.caller),
        by_routine=row.by_routine,
    )
