"""Finding and removing what is older than its period. Ids rise with time, so the oldest are found first."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Delete, Select, Update, bindparam, delete, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.offers import OfferState
from server.db.tables import (
    attendances,
    bookings,
    choice_words,
    choices,
    connection_samples,
    messages,
    offers,
    outbox,
    sessions,
)
from server.privacy.rules.retention import Kept

AT_ONCE = 500
AFTER: BindParameter[int] = bindparam("after")
IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
MEASURED = ("connected_seconds", "bytes_in", "bytes_out", "round_trip", "jitter", "loss")
TO_COME = exists().where(bookings.c.offer_id == offers.c.id, bookings.c.state == BookingState.CONFIRMED.value)

JOINED_AT = (
    select(attendances.c.joined_at).where(attendances.c.id == connection_samples.c.attendance_id).scalar_subquery()
)
CHOSEN_AT = select(choices.c.at).where(choices.c.id == choice_words.c.choice_id).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Expiring:
    """`reading` finds `id` and `at` of the next AT_ONCE rows that may go one day, after an id; `removing` removes what
    is to go from rows by their ids."""

    kept: Kept
    reading: Select[Any]
    removing: Update | Delete


def _next(query: Select[Any], column: Any) -> Select[Any]:
    return query.where(column > AFTER).order_by(column).limit(AT_ONCE)


EXPIRING = (
    Expiring(
        Kept.WORDS,
        # In the words of the index.
        _next(
            select(offers.c.id, offers.c.made_at.label("at")).where(
                text("note <> ''"), offers.c.state != OfferState.OPEN.value, ~TO_COME
            ),
            offers.c.id,
        ),
        update(offers).where(offers.c.id.in_(IDS)).values(note=""),
    ),
    Expiring(
        Kept.WORDS,
        _next(
            # Not a join: it would begin with the many choices.
            select(choice_words.c.choice_id.label("id"), CHOSEN_AT.label("at")),
            choice_words.c.choice_id,
        ),
        delete(choice_words).where(choice_words.c.choice_id.in_(IDS)),
    ),
    Expiring(
        Kept.MESSAGES,
        _next(select(messages.c.id, messages.c.at), messages.c.id),
        delete(messages).where(messages.c.id.in_(IDS)),
    ),
    Expiring(
        Kept.QUALITY,
        _next(
            select(attendances.c.id, attendances.c.joined_at.label("at")).where(
                text("connected_seconds IS NOT NULL AND left_at IS NOT NULL")
            ),
            attendances.c.id,
        ),
        update(attendances).where(attendances.c.id.in_(IDS)).values(dict.fromkeys(MEASURED)),
    ),
    Expiring(
        Kept.QUALITY,
        _next(
            # Not a join: it would begin with the many attendances.
            select(connection_samples.c.attendance_id.label("id"), JOINED_AT.label("at")).distinct(),
            connection_samples.c.attendance_id,
        ),
        delete(connection_samples).where(connection_samples.c.attendance_id.in_(IDS)),
    ),
    Expiring(
        Kept.QUALITY,
        # In the words of the index.
        _next(select(sessions.c.id, sessions.c.opened_at.label("at")).where(text("poor")), sessions.c.id),
        update(sessions).where(sessions.c.id.in_(IDS)).values(poor=False),
    ),
    Expiring(
        Kept.EMAILS,
        _next(
            select(outbox.c.id, outbox.c.made_at.label("at")).where(
                or_(outbox.c.sent_at.is_not(None), outbox.c.dropped_at.is_not(None), outbox.c.failed_at.is_not(None))
            ),
            outbox.c.id,
        ),
        delete(outbox).where(outbox.c.id.in_(IDS)),
    ),
)


async def expired(connection: AsyncConnection, expiring: Expiring, limit: datetime) -> AsyncIterator[Sequence[int]]:
    """The ids of the rows from before the limit, up to AT_ONCE at a time."""
    after = 0
    while True:
        rows = (await connection.execute(expiring.reading, {"after": after})).all()
        if old := [row.id for row in rows if row.at < limit]:
            yield old
        if len(rows) < AT_ONCE or rows[-1].at >= limit:
            return
        after = rows[-1].id


async def next_expired(connection: AsyncConnection, expiring: Expiring, limit: datetime) -> Collection[int]:
    """The first of them; none when nothing is left."""
    async for ids in expired(connection, expiring, limit):
        return ids
    return ()


async def remove(connection: AsyncConnection, expiring: Expiring, ids: Collection[int]) -> None:
    await connection.execute(expiring.removing, {"ids": list(ids)})


async def count_expired(connection: AsyncConnection, limits: Mapping[Kept, datetime]) -> Mapping[Kept, int]:
    """How many rows from before its limit each kind has; 0 for a kind without a limit."""
    counts = dict.fromkeys(Kept, 0)
    for expiring in (each for each in EXPIRING if each.kept in limits):
        async for ids in expired(connection, expiring, limits[expiring.kept]):
            counts[expiring.kept] += len(ids)
    return counts
