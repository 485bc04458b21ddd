"""A keepsake of a mentorship for its two people: what both may see, and nothing that one of them noted alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.store.bookings import VIEWS, BookingView, view_of
from server.catchups.store.catchups import as_visitor
from server.db.database import Database
from server.db.tables import bookings, catchups
from server.mentorships.queries.course import CourseView, course_of
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor
from server.room.rules.content import ItemBody, ItemKind
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.room.store.contents import read_items

HELD = VIEWS.where(
    catchups.c.mentorship_id == bindparam("mentorship"), bookings.c.state == BookingState.HELD.value
).order_by(bookings.c.start, bookings.c.id)


@dataclass(frozen=True, slots=True)
class KeptCatchup:
    """One that took place, with what was ticked, done and shared. What was struck is not there."""

    view: BookingView
    topics: tuple[ItemBody, ...] = ()
    actions: tuple[ItemBody, ...] = ()
    resources: tuple[ItemBody, ...] = ()


@dataclass(frozen=True, slots=True)
class Keepsake:
    """The catch-ups are oldest first; `readable` is False where what was kept of them cannot be read."""

    row: MentorshipRow
    course: CourseView
    catchups: tuple[KeptCatchup, ...]
    readable: bool


async def read_keepsake(db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, now: datetime) -> Keepsake:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        course = await course_of(connection, sealer, row, visitor.person.id, now)
        wanted = {"mentorship": row.id, **as_visitor(visitor)}
        views = [view_of(found) for found in await connection.execute(HELD, wanted)]
        try:
            kept = await _kept(connection, sealer, views)
        except UnreadableContent:
            return Keepsake(row, course, tuple(KeptCatchup(view) for view in views), readable=False)
        return Keepsake(row, course, kept, readable=True)


async def _kept(connection: AsyncConnection, sealer: Sealer, views: list[BookingView]) -> tuple[KeptCatchup, ...]:
    """Each with its part of the content: a catch-up that was held twice has it once. Raises UnreadableContent."""
    items: dict[int, list[tuple[ItemKind, ItemBody]]] = {view.booking.catchup_id: [] for view in views}
    found = await read_items(connection, sealer, list(items))
    for catchup_id, item in sorted(found, key=lambda each: each[1].number):
        if item.body is not None and not item.body.struck:
            items[catchup_id].append((item.kind, item.body))
    kept = []
    for view in views:
        own = items.pop(view.booking.catchup_id, [])
        kept.append(
            KeptCatchup(
                view,
                tuple(body for kind, body in own if kind is ItemKind.TOPIC and body.done),
                tuple(body for kind, body in own if kind is ItemKind.ACTION and body.done),
                tuple(body for kind, body in own if kind is ItemKind.RESOURCE),
            )
        )
    return tuple(kept)
