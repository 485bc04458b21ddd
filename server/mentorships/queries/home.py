"""The home of a mentorship: what is next, what was agreed, the agenda, resources, earlier catch-ups and messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import LIVE
from server.catchups.store.bookings import IS_LIVE, VIEWS, BookingView, view_of
from server.catchups.store.catchups import as_visitor
from server.catchups.store.offers import OfferView, open_offers_of
from server.db.database import Database
from server.db.tables import bookings, catchups
from server.i18n.catalog import language_of
from server.introductions.queries.lines import IntroductionLine, lines_in_mentorship
from server.mentorships.queries.course import CourseView, course_of, schemes_of
from server.mentorships.queries.guides import guide_of
from server.mentorships.queries.review import ReviewView, review_of
from server.mentorships.queries.situations import situation_of
from server.mentorships.queries.thread import Thread, read_thread
from server.mentorships.rules.guides import Guide
from server.mentorships.rules.situations import Situation
from server.people.rules.mentorships import MentorshipState, Side
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor
from server.room.rules.content import ItemBody, ItemKind
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.room.store.contents import read_items
from server.schemes.queries.library import cards_for
from server.schemes.rules.library import Card
from server.schemes.store.memberships import OwnScheme

MOST_EARLIER = 20
MOST_DONE = 5

IN_MENTORSHIP = VIEWS.where(catchups.c.mentorship_id == bindparam("mentorship"), IS_LIVE)
COMING = IN_MENTORSHIP.where(bookings.c.start > bindparam("since")).order_by(bookings.c.start, bookings.c.id).limit(5)
EARLIER = (
    VIEWS.where(catchups.c.mentorship_id == bindparam("mentorship"), bookings.c.start <= bindparam("since"))
    .order_by(bookings.c.start.desc(), bookings.c.id)
    .limit(MOST_EARLIER)
)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A topic, an action or a resource, and the booking on whose page it can be changed. `owner_id`: None for both."""

    booking_id: int
    key: str
    body: ItemBody


@dataclass(frozen=True, slots=True)
class MentorshipHome:
    """`coming` are the catch-ups that are not over, the next one first. `open_actions` are still to be done, earliest
    day first; `done_actions` the newest of the others. `topics` are those of the next catch-up.

    `may_resume`: the visitor can let it go on. `readable` is False where what was kept cannot be read.
    `introductions` are the newest that the reader has proposed here, if they are the mentor. Once it has ended,
    `schemes` are those in which both are or were. `guide` is the one that helps now. `cards` are what a mentor can put
    on the agenda of the next catch-up.
    """

    row: MentorshipRow
    may_resume: bool
    coming: tuple[BookingView, ...]
    offers: tuple[OfferView, ...]
    earlier: tuple[BookingView, ...]
    topics: tuple[KeptItem, ...]
    open_actions: tuple[KeptItem, ...]
    done_actions: tuple[KeptItem, ...]
    resources: tuple[KeptItem, ...]
    thread: Thread
    own_situation: Situation | None
    other_situation: Situation | None
    readable: bool
    introductions: tuple[IntroductionLine, ...]
    course: CourseView
    review: ReviewView
    schemes: tuple[OwnScheme, ...]
    guide: Guide | None
    cards: tuple[Card, ...]


async def read_mentorship_home(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, now: datetime, before: int | None = None
) -> MentorshipHome:
    """With `before`, the messages before the one with this id. Raises NotFound."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        wanted = {"mentorship": row.id, "since": now, **as_visitor(visitor)}
        later = [view_of(found) for found in await connection.execute(COMING, wanted)]
        begun = [view_of(found) for found in await connection.execute(EARLIER, wanted)]
        # One that has begun is the next one until it is over.
        coming = [view for view in begun if view.booking.end > now and view.booking.state in LIVE] + later
        earlier = [view for view in begun if view not in coming]
        items, readable = await _items(connection, sealer, (*coming, *earlier))
        topics = [item for kind, item in items if kind is ItemKind.TOPIC and _is_next(item, coming)]
        actions = [item for kind, item in items if kind is ItemKind.ACTION and not item.body.struck]
        waiting = [view for view in await open_offers_of(connection, visitor) if view.offer.waits(now)]
        return MentorshipHome(
            row=row,
            may_resume=row.state is MentorshipState.PAUSED and row.rests_by is Side.EITHER,
            coming=tuple(coming),
            offers=tuple(view for view in waiting if view.mentorship_id == row.id),
            earlier=tuple(earlier),
            topics=tuple(topics),
            open_actions=tuple(sorted((each for each in actions if not each.body.done), key=_due)),
            done_actions=tuple([each for each in actions if each.body.done][:MOST_DONE]),
            resources=tuple(item for kind, item in items if kind is ItemKind.RESOURCE and not item.body.struck),
            thread=await read_thread(connection, sealer, row.id, visitor.person.id, now, before),
            own_situation=await situation_of(connection, sealer, row.id, visitor.person, now),
            other_situation=await situation_of(connection, sealer, row.id, row.other, now),
            readable=readable,
            introductions=await lines_in_mentorship(connection, row.id, now) if row.role == "mentor" else (),
            course=await course_of(connection, sealer, row, visitor.person.id, now),
            review=await review_of(connection, row, visitor.person.id, now),
            schemes=await schemes_of(connection, row, visitor.person.id),
            guide=await guide_of(connection, row, visitor.person.id, tuple(coming), tuple(earlier)),
            cards=await _cards(connection, row, visitor) if coming else (),
        )


async def _items(
    connection: AsyncConnection, sealer: Sealer, views: tuple[BookingView, ...]
) -> tuple[list[tuple[ItemKind, KeptItem]], bool]:
    """What is kept of these catch-ups, in their order; and whether it can be read."""
    booking_of: dict[int, int] = {}
    for view in views:
        booking_of.setdefault(view.booking.catchup_id, view.booking.id)
    try:
        found = await read_items(connection, sealer, list(booking_of))
    except UnreadableContent:
        return [], False
    order = {catchup_id: number for number, catchup_id in enumerate(booking_of)}
    kept = sorted(found, key=lambda each: (order[each[0]], each[1].number))
    return [
        (item.kind, KeptItem(booking_of[catchup_id], item.key, item.body)) for catchup_id, item in kept if item.body
    ], True


async def _cards(connection: AsyncConnection, row: MentorshipRow, visitor: Visitor) -> tuple[Card, ...]:
    if row.role != "mentor":
        return ()
    return await cards_for(connection, visitor.person.id, language_of(visitor.person.language))


def _is_next(item: KeptItem, coming: list[BookingView]) -> bool:
    return bool(coming) and item.booking_id == coming[0].booking.id


def _due(item: KeptItem) -> tuple[bool, str]:
    """Those without a day come last."""
    return (item.body.due is None, item.body.due or "")
