"""What the two keep of a catch-up, for its open pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.catchups.queries.booking_news import booking_for
from server.catchups.store.bookings import BookingView
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.room.rules.content import ContentChanges
from server.room.sealing import Sealer
from server.room.store.contents import read_content, version_of


@dataclass(frozen=True, slots=True)
class ContentPart:
    """Whose content a page shows: `people` are how the two are called, by their ids. The mentee's topics come first."""

    booking_id: int
    me: int
    mentee: int
    people: Mapping[int, str]


def content_part(view: BookingView, reader_id: int) -> ContentPart:
    """For one of the two."""
    people = {person.id: person.called for person in (view.mentor, view.mentee)}
    return ContentPart(view.booking.id, reader_id, view.mentee.id, people)


async def read_changes(
    db: Database, sealer: Sealer, visitor: Visitor, booking_id: int, since: int
) -> ContentChanges | None:
    """What came after the version `since`; None when nothing did. A page that begins knows nothing: -1.

    Raises NotFound or UnreadableContent.
    """
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        if await version_of(connection, view.booking.catchup_id) <= since:
            return None
        return (await read_content(connection, sealer, view.booking.catchup_id)).since(since)
