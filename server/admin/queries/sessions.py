"""Rows of the session history with what became of each: attendances and reports. Never what was said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.history import HistoryState, RowKey
from server.calls.rules.attendances import ConnectionQuality
from server.calls.store.reports import ReportRow, reports_about
from server.catchups.rules.drafts import Medium
from server.catchups.store.catchups import mentees, mentors, of_both
from server.db.tables import attendances, bookings, offers, people, sessions

BOTH = (
    mentors.c.name.label("mentor_name"),
    mentees.c.name.label("mentee_name"),
    mentors.c.id.label("mentor_id"),
    mentees.c.id.label("mentee_id"),
)
IDS: BindParameter[int] = bindparam("ids", expanding=True)
BOOKED_ROWS = of_both(
    select(bookings, offers.c.made_at.label("offered_at"), *BOTH).join(offers, offers.c.id == bookings.c.offer_id),
    bookings,
).where(bookings.c.id.in_(IDS))
OFFERED_ROWS = of_both(select(offers, *BOTH).select_from(offers), offers).where(
    offers.c.id.in_(IDS), offers.c.state.in_([state.value for state in HistoryState if not state.booked])
)
ATTENDANCES = (
    select(attendances, sessions.c.booking_id, people.c.name)
    .join(sessions, sessions.c.id == attendances.c.session_id)
    .join(people, people.c.id == attendances.c.person_id)
    .where(sessions.c.booking_id.in_(IDS))
    .order_by(attendances.c.joined_at, attendances.c.id)
)


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    person_id: int
    name: str
    joined_at: datetime
    left_at: datetime | None
    why: str | None
    quality: ConnectionQuality


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A booking and what became of it; or an offer that became none, without `start` and `agreed_at`.

    `media` are the ways to meet: the one that was agreed, or those that are offered. `people` are the ids of the mentor
    and the mentee.
    """

    key: RowKey
    catchup_id: int
    state: HistoryState
    mentor_name: str
    mentee_name: str
    people: tuple[int, int]
    start: datetime | None
    minutes: int
    media: tuple[Medium, ...]
    offered_at: datetime
    agreed_at: datetime | None
    attendances: tuple[AttendanceRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()

    @property
    def end(self) -> datetime | None:
        return self.start + timedelta(minutes=self.minutes) if self.start else None


async def read_rows(connection: AsyncConnection, keys: Sequence[RowKey]) -> tuple[HistoryRow, ...]:
    """These rows in their order, without those that do not exist: four queries, however many they are."""
    booked = {"ids": _in_few_sizes([key.id for key in keys if key.booked])}
    offered = {"ids": _in_few_sizes([key.id for key in keys if not key.booked])}
    attended, reported = await _attendances(connection, booked["ids"]), await reports_about(connection, booked["ids"])
    found = {
        RowKey(True, row.id): _booked(row, attended[row.id], reported[row.id])
        for row in await connection.execute(BOOKED_ROWS, booked)
    }
    found |= {RowKey(False, row.id): _offered(row) for row in await connection.execute(OFFERED_ROWS, offered)}
    return tuple(found[key] for key in keys if key in found)


def _in_few_sizes(ids: list[int]) -> list[int]:
    """The ids with the last of them repeated up to a power of two.

    Each number of ids makes another statement, and a connection keeps all that it has run lately, with their values: an
    export of many pages, each with other numbers, would fill memory with them.
    """
    return [*ids, *ids[-1:] * ((1 << len(ids).bit_length()) - len(ids))] if ids else ids


async def _attendances(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[AttendanceRow]]:
    found: dict[int, list[AttendanceRow]] = defaultdict(list)
    for row in await connection.execute(ATTENDANCES, {"ids": list(ids)}):
        quality = ConnectionQuality(
            row.connected_seconds, row.bytes_in, row.bytes_out, row.round_trip, row.jitter, row.loss
        )
        attended = AttendanceRow(row.person_id, row.name, row.joined_at, row.left_at, row.why, quality)
        found[row.booking_id].append(attended)
    return found


def _booked(row: Row[Any], attended: Iterable[AttendanceRow], reported: Iterable[ReportRow]) -> HistoryRow:
    return HistoryRow(
        key=RowKey(True, row.id),
        catchup_id=row.catchup_id,
        state=HistoryState(row.state),
        mentor_name=row.mentor_name,
        mentee_name=row.mentee_name,
        people=(row.mentor_id, row.mentee_id),
        start=row.start,
        minutes=row.minutes,
        media=(Medium(row.medium),),
        offered_at=row.offered_at,
        agreed_at=row.made_at,
        attendances=tuple(attended),
        reports=tuple(reported),
    )


def _offered(row: Row[Any]) -> HistoryRow:
    offered = {Medium.VIDEO: row.by_video, Medium.PHONE: row.by_phone}
    return HistoryRow(
        key=RowKey(False, row.id),
        catchup_id=row.catchup_id,
        state=HistoryState(row.state),
        mentor_name=row.mentor_name,
        mentee_name=row.mentee_name,
        people=(row.mentor_id, row.mentee_id),
        start=None,
        minutes=row.minutes,
        media=tuple(medium for medium, is_offered in offered.items() if is_offered),
        offered_at=row.made_at,
        agreed_at=None,
    )
