"""The numbers of the scheme, as the API shows them."""

from sqlalchemy import bindparam, func, select

from server.api.rules.periods import CountedPeriod
from server.api.rules.resources import Counts, MentorshipCounts, SessionCounts
from server.api.store.people import IS_HERE
from server.db.database import Database
from server.db.tables import bookings, mentorships, people

PEOPLE = select(func.count().label("counted")).select_from(people).where(IS_HERE)
MENTORSHIPS = select(mentorships.c.state, func.count().label("counted")).group_by(mentorships.c.state)
SESSIONS = (
    select(bookings.c.state, func.count().label("counted"))
    .where(bookings.c.start >= bindparam("since"), bookings.c.start < bindparam("until"))
    .group_by(bookings.c.state)
)


async def read_counts(db: Database, period: CountedPeriod) -> Counts:
    async with db.reading() as connection:
        counted = (await connection.execute(PEOPLE)).scalar_one()
        pairs = await connection.execute(MENTORSHIPS)
        meetings = await connection.execute(SESSIONS, {"since": period.since, "until": period.until})
        return Counts(
            int(counted),
            MentorshipCounts(**{row.state: row.counted for row in pairs}),
            SessionCounts(**{row.state: row.counted for row in meetings}),
        )
