"""Bookings with what became of them: attendances and reports. Never what was said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.attendances import ConnectionQuality
from server.calls.store.reports import ReportRow, reports_about
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.store.catchups import mentees, mentors, of_both
from server.db.tables import attendances, bookings, offers, people, sessions

PAGE_ROWS = 50
NAMES = (mentors.c.name.label("mentor_name"), mentees.c.name.label("mentee_name"))
IDS = (mentors.c.id.label("mentor_id"), mentees.c.id.label("mentee_id"))


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which bookings to list: one state or all, and those older than the booking with id `before`."""

    state: BookingState | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    name: str
    joined_at: datetime
    left_at: datetime | None
    why: str | None
    quality: ConnectionQuality


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One booking and what became of it. `people` are the ids of the mentor and the mentee."""

    booking_id: int
    catchup_id: int
    mentor_name: str
    mentee_name: str
    start: datetime
    minutes: int
    medium: Medium
    state: BookingState
    offered_at: datetime
    chosen_at: datetime
    attendances: tuple[AttendanceRow, ...]
    reports: tuple[ReportRow, ...]
    people: tuple[int, int]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


async def list_sessions(connection: AsyncConnection, wanted: SessionFilter) -> tuple[SessionRow, ...]:
    """The newest 50 bookings of the filter, by id downward, with attendances and reports: three queries in all."""
    query = _sessions().order_by(bookings.c.id.desc()).limit(PAGE_ROWS)
    if wanted.state is not None:
        query = query.where(bookings.c.state == wanted.state.value)
    if wanted.before is not None:
        query = query.where(bookings.c.id < wanted.before)
    return await _read(connection, query)


async def read_session(connection: AsyncConnection, booking_id: int) -> SessionRow | None:
    rows = await _read(connection, _sessions().where(bookings.c.id == booking_id))
    return rows[0] if rows else None


def _sessions() -> Select[Any]:
    booked = select(bookings, offers.c.made_at.label("offered_at"), *NAMES, *IDS)
    return of_both(booked.join(offers, offers.c.id == bookings.c.offer_id), bookings)


async def _read(connection: AsyncConnection, query: Select[Any]) -> tuple[SessionRow, ...]:
    rows = (await connection.execute(query)).all()
    ids = [row.id for row in rows]
    attended, reported = await _attendances(connection, ids), await reports_about(connection, ids)
    return tuple(_row_of(row, tuple(attended[row.id]), tuple(reported[row.id])) for row in rows)


async def _attendances(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[AttendanceRow]]:
    found: dict[int, list[AttendanceRow]] = defaultdict(list)
    rows = await connection.execute(
        select(attendances, sessions.c.booking_id, people.c.name)
        .join(sessions, sessions.c.id == attendances.c.session_id)
        .join(people, people.c.id == attendances.c.person_id)
        .where(sessions.c.booking_id.in_(list(ids)))
        .order_by(attendances.c.joined_at, attendances.c.id)
    )
    for row in rows:
        quality = ConnectionQuality(
            row.connected_seconds, row.bytes_in, row.bytes_out, row.round_trip, row.jitter, row.loss
        )
        attended = AttendanceRow(row.name, row.joined_at, row.left_at, row.why, quality)
        found[row.booking_id].append(attended)
    return found


def _row_of(row: Row[Any], attended: tuple[AttendanceRow, ...], reported: tuple[ReportRow, ...]) -> SessionRow:
    return SessionRow(
        booking_id=row.id,
        catchup_id=row.catchup_id,
        mentor_name=row.mentor_name,
        mentee_name=row.mentee_name,
        start=row.start,
        minutes=row.minutes,
        medium=Medium(row.medium),
        state=BookingState(row.state),
        offered_at=row.offered_at,
        chosen_at=row.made_at,
        attendances=attended,
        reports=reported,
        people=(row.mentor_id, row.mentee_id),
    )
