"""A person's home: bookings, offers that wait for an answer, recent answers, and mentorships."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.availability.queries.free_times import FreeTimes, read_preview
from server.calls.rules.reports import is_asked
from server.calls.store.reports import reported_by
from server.catchups.store.answers import OfferAnswer, answers_to
from server.catchups.store.bookings import BookingView, bookings_of
from server.catchups.store.mutes import mutes_of
from server.catchups.store.offers import OfferView, ended_offers_of, open_offers_of
from server.catchups.store.pauses import pauses_of
from server.db.database import Database
from server.introductions.queries.lines import IntroductionLine, lines_at_home
from server.matching.queries.match import MatchLine, match_lines
from server.mentorships.store.messages import unread_counts
from server.people.rules.visitors import Visitor, check_home
from server.people.store.people import MentorshipRow, mentorships_of
from server.schemes.store.memberships import OwnScheme, own_schemes

LATELY = timedelta(days=14)
MOST_ENDED = 5


@dataclass(frozen=True, slots=True)
class HomePage:
    """`asked` are the bookings that the person has still to say how they were; `answers` are to offers that `ended`, by
    their ids; `pauses` are by mentorship: from when the other would like to be asked again. `free` is for mentors.
    `muted` are the mentorships in which new offers bring the person no emails; `unread` is how many new messages there
    are, by mentorship. `introductions` are those that ask the person, `schemes` those in which they take part, or ask
    to.
    """

    bookings: tuple[BookingView, ...]
    asked: tuple[BookingView, ...]
    offers: tuple[OfferView, ...]
    ended: tuple[OfferView, ...]
    answers: Mapping[int, OfferAnswer]
    mentorships: tuple[MentorshipRow, ...]
    pauses: Mapping[int, datetime | None]
    free: FreeTimes | None
    muted: frozenset[int]
    unread: Mapping[int, int]
    introductions: tuple[IntroductionLine, ...]
    schemes: tuple[OwnScheme, ...]
    matches: tuple[MatchLine, ...]


async def read_home_page(db: Database, visitor: Visitor, now: datetime) -> HomePage:
    """Raises NotFound away from home."""
    me = check_home(visitor)
    async with db.reading() as connection:
        bookings = await bookings_of(connection, visitor, now)
        over = [view for view in bookings if is_asked(view.booking, now)]
        reported = await reported_by(connection, me.id, [view.booking.id for view in over])
        waiting = [view for view in await open_offers_of(connection, visitor) if view.offer.waits(now)]
        ended = await ended_offers_of(connection, visitor, now - LATELY, MOST_ENDED)
        mentorships = await mentorships_of(connection, me)
        pauses = await pauses_of(connection, tuple(row.id for row in mentorships))
        schemes = await own_schemes(connection, me.id)
        is_mentor = any(row.role == "mentor" for row in mentorships)
        return HomePage(
            bookings=bookings,
            asked=tuple(view for view in over if view.booking.id not in reported),
            # Offers that the visitor has to answer come first.
            offers=tuple(sorted(waiting, key=lambda view: view.recipient.id != me.id)),
            ended=ended,
            answers=await answers_to(connection, [view.offer.id for view in ended]),
            mentorships=mentorships,
            pauses={row.id: pauses.get((row.id, row.other.id)) for row in mentorships},
            free=await read_preview(connection, me, now) if is_mentor else None,
            muted=await mutes_of(connection, me.id, [row.id for row in mentorships]),
            unread=await unread_counts(connection, me.id, [row.id for row in mentorships]),
            introductions=await lines_at_home(connection, me.id, now),
            schemes=schemes,
            matches=await match_lines(connection, me.id, schemes, now),
        )
