"""Sessions and attendances: who was there, from when until when. Never what was said."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, exists, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.attendances import Attendance
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.store.bookings import booking_of
from server.db.tables import attendances, bookings, machines, sessions
from server.people.store.merged import id_now
from signaling.news import Joined, Left, Present

PRESENT_IN = (
    select(attendances.c.person_id)
    .join(sessions, sessions.c.id == attendances.c.session_id)
    .where(sessions.c.booking_id == bindparam("id"), attendances.c.left_at.is_(None))
)
PRESENT = (
    select(bookings, attendances.c.person_id)
    .join(sessions, sessions.c.booking_id == bookings.c.id)
    .join(attendances, attendances.c.session_id == sessions.c.id)
    .where(attendances.c.left_at.is_(None))
)
ATTENDANCES_OF = (
    select(attendances.c.uid, attendances.c.person_id, attendances.c.joined_at, attendances.c.left_at)
    .join(sessions, sessions.c.id == attendances.c.session_id)
    .where(sessions.c.booking_id == bindparam("id"))
    .order_by(attendances.c.joined_at, attendances.c.id)
)
# Of the few sessions that are open, those whose last attendance ended before then.
LAST_LEFT = select(func.max(attendances.c.left_at)).where(attendances.c.session_id == sessions.c.id).scalar_subquery()
LEFT = (
    select(sessions.c.id, sessions.c.booking_id, LAST_LEFT.label("left_at"))
    .where(
        text("sessions.empty_since IS NULL"),
        bindparam("before") > LAST_LEFT,
        ~select(attendances.c.id)
        .where(attendances.c.session_id == sessions.c.id, attendances.c.left_at.is_(None))
        .exists(),
    )
    .order_by(sessions.c.id)
    .limit(100)
)
# Rows of `machines` are deleted by the database's clock.
FORGET = (
    update(attendances)
    .where(
        attendances.c.left_at.is_(None),
        attendances.c.seen_at < bindparam("unseen_since"),
        or_(
            attendances.c.machine.is_(None),
            attendances.c.machine == bindparam("own"),
            ~exists().where(machines.c.name == attendances.c.machine),
        ),
    )
    .values(left_at=attendances.c.seen_at, why="server lost")
)


@dataclass(frozen=True, slots=True)
class LeftSession:
    """A session that all have left, and when the last one did."""

    id: int
    booking_id: int
    at: datetime


async def find_or_add_session(connection: AsyncConnection, booking_id: int, now: datetime) -> int:
    """The booking's session; opened now when this is its first attendance, and again when all had left. The booking
    must be held."""
    opened = update(sessions).where(sessions.c.booking_id == booking_id).values(empty_since=None)
    session_id = (await connection.execute(opened.returning(sessions.c.id))).scalar_one_or_none()
    if session_id is None:
        added = insert(sessions).values(booking_id=booking_id, opened_at=now).returning(sessions.c.id)
        session_id = (await connection.execute(added)).scalar_one()
    return int(session_id)


async def was_ended(connection: AsyncConnection, booking_id: int) -> bool:
    """Whether those who run the scheme have ended the booking's call."""
    ended = select(sessions.c.id).where(sessions.c.booking_id == booking_id, sessions.c.ended_at.is_not(None))
    return (await connection.execute(ended)).first() is not None


async def set_ended(connection: AsyncConnection, booking_id: int, now: datetime) -> bool:
    """Ends the booking's call for good; whether there was one that had not been ended."""
    running = sessions.c.booking_id == booking_id, sessions.c.ended_at.is_(None)
    result = await connection.execute(update(sessions).where(*running).values(ended_at=now))
    return result.rowcount == 1


async def has_attendance(connection: AsyncConnection, uid: str) -> bool:
    found = await connection.execute(select(attendances.c.id).where(attendances.c.uid == uid))
    return found.scalar_one_or_none() is not None


async def add_attendance(connection: AsyncConnection, session_id: int, joined: Joined, machine: str = "") -> None:
    """`machine` is the one whose relay process they are in, empty where one serves the database."""
    at = _time(joined.at)
    person_id = await id_now(connection, int(joined.person))
    values = {
        "session_id": session_id,
        "person_id": person_id,
        "joined_at": at,
        "seen_at": at,
        "machine": machine or None,
    }
    await connection.execute(insert(attendances).values(uid=joined.attendance, **values))


async def close_attendance(connection: AsyncConnection, left: Left) -> None:
    """Saves when, why and how an attendance ended; one that had ended before keeps what was saved then."""
    at, quality = _time(left.at), left.quality
    await connection.execute(
        update(attendances)
        .where(attendances.c.uid == left.attendance, attendances.c.left_at.is_(None))
        .values(
            seen_at=at,
            left_at=at,
            why=left.why,
            connected_seconds=quality.seconds,
            bytes_in=quality.bytes_in,
            bytes_out=quality.bytes_out,
            round_trip=quality.round_trip,
            jitter=quality.jitter,
            loss=quality.loss,
        )
    )


async def renew_attendances(connection: AsyncConnection, present: Present) -> None:
    """Saves that these attendances go on."""
    await connection.execute(
        update(attendances)
        .where(attendances.c.uid.in_(present.attendances), attendances.c.left_at.is_(None))
        .values(seen_at=_time(present.at))
    )


async def close_forgotten(connection: AsyncConnection, unseen_since: datetime, machine: str = "") -> int:
    """Ends the attendances not reported since then, at the time when they were last seen; returns how many.

    What another machine has seen is its own until it is gone for good: only it knows who is there.
    """
    result = await connection.execute(FORGET, {"unseen_since": unseen_since, "own": machine})
    return int(result.rowcount)


async def uninvited(connection: AsyncConnection, uids: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Those of the attendances whose booking was called off or moved, or whose call was ended: booking and person."""
    rows = await connection.execute(
        select(sessions.c.booking_id, attendances.c.person_id)
        .join(sessions, sessions.c.id == attendances.c.session_id)
        .join(bookings, bookings.c.id == sessions.c.booking_id)
        .where(
            attendances.c.uid.in_(uids),
            or_(
                bookings.c.state.in_([BookingState.CANCELLED.value, BookingState.RESCHEDULED.value]),
                sessions.c.ended_at.is_not(None),
            ),
        )
    )
    return tuple((row.booking_id, row.person_id) for row in rows)


async def present(connection: AsyncConnection) -> tuple[tuple[Booking, int], ...]:
    """Everybody who is in a call: its booking, and the person's id."""
    rows = await connection.execute(PRESENT)
    return tuple((booking_of(row), row.person_id) for row in rows)


async def present_in(connection: AsyncConnection, booking_id: int) -> frozenset[int]:
    """The ids of those who are in this booking's call."""
    return frozenset((await connection.execute(PRESENT_IN, {"id": booking_id})).scalars())


async def left_by_all(connection: AsyncConnection, before: datetime) -> tuple[LeftSession, ...]:
    """The sessions that nobody is in since before then, and which was not noted yet, at most 100."""
    rows = await connection.execute(LEFT, {"before": before})
    return tuple(LeftSession(row.id, row.booking_id, row.left_at) for row in rows)


async def note_left(connection: AsyncConnection, left: LeftSession, before: datetime) -> bool:
    """Whether they are all still away. The booking must be locked."""
    present = select(attendances.c.id).where(
        attendances.c.session_id == left.id, or_(attendances.c.left_at.is_(None), attendances.c.left_at >= before)
    )
    waiting = sessions.c.id == left.id, sessions.c.empty_since.is_(None), ~present.exists()
    result = await connection.execute(update(sessions).where(*waiting).values(empty_since=left.at))
    return result.rowcount == 1


async def attendances_of(connection: AsyncConnection, booking_id: int) -> tuple[Attendance, ...]:
    rows = await connection.execute(ATTENDANCES_OF, {"id": booking_id})
    return tuple(Attendance(row.uid, row.person_id, row.joined_at, row.left_at) for row in rows)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
