"""How long the two plan to work together, how far they are, and what stays when it ends: for the mentorship's pages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.mentorships.rules.courses import ASKS, NEAR, CourseState, Wish
from server.mentorships.rules.lengths import PlannedLength, last_planned, standing_length
from server.mentorships.rules.parting import Shared, both_erase
from server.mentorships.store.courses import (
    CoursePart,
    HeldCatchups,
    PlannedCatchup,
    changed_at,
    held_catchups,
    next_catchup,
    read_course,
    read_parts,
)
from server.mentorships.store.farewells import read_farewells
from server.people.rules.mentorships import MentorshipState
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.schemes.store.memberships import OwnScheme, shared_schemes


@dataclass(frozen=True, slots=True)
class CourseView:
    """As one of the two sees it: what the other said of the length only once both have said theirs, and never what the
    other wishes. The other's words are empty until they are handed over.

    `length` is what holds, of which `held` took place, the last about at `last_at`. `erases` is what the reader said of
    what they shared, `all_erased` whether that is so for both.
    """

    state: CourseState
    asks: bool
    own_length: PlannedLength | None
    other_length: PlannedLength | None
    length: PlannedLength | None
    held: int
    last_at: datetime | None
    wish: Wish | None
    farewell: str
    other_farewell: str
    hands_over: bool
    erases: bool | None
    all_erased: bool

    @property
    def left(self) -> int:
        return max(self.length.catchups - self.held, 0) if self.length else 0

    @property
    def near(self) -> bool:
        """The last catch-ups of those that were planned are to come, or have been."""
        return self.state in ASKS or (self.length is not None and self.left <= NEAR)


@dataclass(frozen=True, slots=True)
class LengthPage:
    row: MentorshipRow
    course: CourseView


async def read_length_page(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, now: datetime
) -> LengthPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        return LengthPage(row, await course_of(connection, sealer, row, visitor.person.id, now))


async def course_of(
    connection: AsyncConnection, sealer: Sealer, row: MentorshipRow, reader_id: int, now: datetime
) -> CourseView:
    course, parts = await read_course(connection, row.id, now), await read_parts(connection, row.id)
    mine, theirs = parts.get(reader_id, CoursePart()), parts.get(row.other.id, CoursePart())
    length = standing_length(mine.length, theirs.length)
    held = await held_catchups(connection, row.id, course.counted_from)
    coming = await next_catchup(connection, row.id, now) if length else None
    ended_at = await changed_at(connection, row.id) if row.state is MentorshipState.ENDED else None
    words = await _farewells(connection, sealer, row.id)
    hands_over = course.state is CourseState.OVER or row.state is MentorshipState.ENDED
    own, others = Shared(mine.erases, mine.chosen_at), Shared(theirs.erases, theirs.chosen_at)
    return CourseView(
        state=course.state,
        asks=course.state in ASKS,
        own_length=mine.length,
        other_length=theirs.length if length else None,
        length=length,
        held=held.count,
        last_at=_last_at(length, held, coming, course.counted_from, now) if length else None,
        wish=mine.wish,
        farewell=words.get(reader_id, ""),
        other_farewell=words.get(row.other.id, "") if hands_over else "",
        hands_over=hands_over,
        erases=own.since(ended_at) if ended_at else None,
        all_erased=ended_at is not None and both_erase(own, others, ended_at),
    )


def _last_at(
    length: PlannedLength, held: HeldCatchups, coming: PlannedCatchup | None, counted_from: datetime, now: datetime
) -> datetime:
    """About when the last one is. One that is agreed counts as held."""
    if coming is not None:
        return last_planned(length, held.count + 1, coming.start, now)
    return last_planned(length, held.count, held.newest or counted_from, now)


async def _farewells(connection: AsyncConnection, sealer: Sealer, mentorship_id: int) -> dict[int, str]:
    try:
        return dict(await read_farewells(connection, sealer, mentorship_id))
    except UnreadableContent:
        return {}


async def schemes_of(connection: AsyncConnection, row: MentorshipRow, reader_id: int) -> tuple[OwnScheme, ...]:
    """In which both are or were, once the mentorship has ended: there the reader may be matched again."""
    ended = row.state is MentorshipState.ENDED
    return await shared_schemes(connection, reader_id, row.other.id) if ended else ()
