"""The question whether things still fit, as one of the two sees it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.mentorships.rules.reviews import Answers, Matter
from server.mentorships.store.reviews import read_own_answers, read_review
from server.people.rules.mentorships import MentorshipState
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor


@dataclass(frozen=True, slots=True)
class ReviewView:
    """`open_until` while the reader is asked, with what they themselves said; `shared` is what both would like to
    change, once the round is closed. What the other said is never here."""

    open_until: datetime | None = None
    own: Answers = field(default_factory=Answers)
    shared: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPage:
    row: MentorshipRow
    review: ReviewView


async def read_review_page(db: Database, visitor: Visitor, mentorship_id: int, now: datetime) -> ReviewPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        return ReviewPage(row, await review_of(connection, row, visitor.person.id, now))


async def review_of(connection: AsyncConnection, row: MentorshipRow, reader_id: int, now: datetime) -> ReviewView:
    """Nothing while the mentorship rests."""
    review = await read_review(connection, row.id)
    if review is None or row.state is not MentorshipState.ACTIVE or row.other_erased:
        return ReviewView()
    if review.shared is not None:
        return ReviewView(shared=review.shared)
    own = await read_own_answers(connection, row.id, reader_id)
    return ReviewView(review.until, own) if review.is_open(now) else ReviewView()
