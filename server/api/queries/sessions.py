"""Sessions, as the API shows them: what was agreed, and the times of the call."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select

from server.api.rules.resources import CallTimes, SessionResource, SessionsFilter, SessionsList, clamped
from server.db.database import Database
from server.db.tables import bookings, catchups, offers, sessions
from server.errors import NotFound

ROWS = (
    select(
        bookings.c.id,
        catchups.c.mentorship_id,
        bookings.c.start,
        (bookings.c.minutes + bookings.c.extra_minutes).label("minutes"),
        bookings.c.medium,
        bookings.c.state,
        offers.c.moves_id,
        sessions.c.opened_at,
        sessions.c.empty_since,
    )
    .join(catchups, catchups.c.id == bookings.c.catchup_id)
    .join(offers, offers.c.id == bookings.c.offer_id)
    .outerjoin(sessions, sessions.c.booking_id == bookings.c.id)
)
ONE = ROWS.where(bookings.c.id == bindparam("id"))
# The page is found first, by one index, and then what belongs to its rows.
ON_PAGE = ROWS.where(bookings.c.id.in_(bindparam("ids", expanding=True))).order_by(bookings.c.start, bookings.c.id)
START_OF = select(bookings.c.start).where(bookings.c.id == bindparam("id"))


async def read_sessions(db: Database, wanted: SessionsFilter) -> SessionsList:
    """From the one after `after` on; all when there is none with this id."""
    async with db.reading() as connection:
        place = (await connection.execute(START_OF, {"id": wanted.after})).scalar_one_or_none()
        ids = list((await connection.execute(_page(wanted, place))).scalars())
        rows = await connection.execute(ON_PAGE, {"ids": ids[: wanted.limit]})
        items = [_resource_of(row) for row in rows]
    return SessionsList(items, items[-1].id if len(ids) > wanted.limit else None)


async def read_session(db: Database, session_id: int) -> SessionResource:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = (await connection.execute(ONE, {"id": session_id})).one_or_none()
    if row is None:
        raise NotFound
    return _resource_of(row)


def _page(wanted: SessionsFilter, place: datetime | None) -> Select[Any]:
    conditions = []
    if wanted.since is not None:
        conditions.append(bookings.c.start >= clamped(wanted.since))
    if wanted.until is not None:
        conditions.append(bookings.c.start < clamped(wanted.until))
    if wanted.state is not None:
        conditions.append(bookings.c.state == wanted.state)
    if wanted.mentorship_id is not None:
        theirs = select(catchups.c.id).where(catchups.c.mentorship_id == wanted.mentorship_id)
        conditions.append(bookings.c.catchup_id.in_(theirs))
    if place is not None:
        later = or_(bookings.c.start > place, bookings.c.id > wanted.after)
        conditions.append(and_(bookings.c.start >= place, later))
    found = select(bookings.c.id).where(*conditions).order_by(bookings.c.start, bookings.c.id)
    return found.limit(wanted.limit + 1)


def _resource_of(row: Row[*tuple[Any, ...]]) -> SessionResource:
    call = CallTimes(row.opened_at, row.empty_since) if row.opened_at else None
    return SessionResource(row.id, row.mentorship_id, row.start, row.minutes, row.medium, row.state, row.moves_id, call)
