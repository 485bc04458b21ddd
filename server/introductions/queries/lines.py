"""Introductions in lists: at home, and on the page of a mentorship."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.introductions.rules.introductions import IntroductionStatus, Part, status_for
from server.introductions.store.answers import agreed_among, refused_among
from server.introductions.store.introductions import asked_of, newest_in

MOST = 5


@dataclass(frozen=True, slots=True)
class IntroductionLine:
    """Where an introduction stands for the reader. `mentor` is its mentor's name, empty for the mentor."""

    id: int
    made_at: datetime
    status: IntroductionStatus
    mentor: str = ""


async def lines_at_home(connection: AsyncConnection, person_id: int, now: datetime) -> tuple[IntroductionLine, ...]:
    """Those that are not over in which this person is one of the two who are asked, the oldest first."""
    rows = await asked_of(connection, person_id)
    ids = [row.introduction.id for row in rows]
    agreed = await agreed_among(connection, ids, person_id)
    refused = await refused_among(connection, ids, person_id)
    lines = []
    for row in rows:
        found = row.introduction
        part = Part.MENTEE if found.mentee_id == person_id else Part.THIRD
        status = status_for(found, part, now, agreed=found.id in agreed, refused=found.id in refused)
        if status is not IntroductionStatus.NOT_COME_ABOUT:
            lines.append(IntroductionLine(found.id, found.made_at, status, row.mentor_name))
    return tuple(lines)


async def lines_in_mentorship(
    connection: AsyncConnection, mentorship_id: int, now: datetime
) -> tuple[IntroductionLine, ...]:
    """The newest of those that its mentor has proposed, for the mentor, who answers none of them."""
    return tuple(
        IntroductionLine(each.id, each.made_at, status_for(each, Part.MENTOR, now, agreed=False, refused=False))
        for each in await newest_in(connection, mentorship_id, MOST)
    )
