"""Asking both of a mentorship, each alone, whether things still fit; their answers; and what becomes of them."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.mutes import mutes_of
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.mail import outbox
from server.mentorships.posting import path_of
from server.mentorships.rules.courses import ASKS
from server.mentorships.rules.notices import MessageNotice
from server.mentorships.rules.nudges import awake
from server.mentorships.rules.reviews import (
    EVERY,
    OPEN,
    SHOWN,
    STILL_FITS,
    Answers,
    ReviewClosed,
    asks_at,
    shared_wishes,
)
from server.mentorships.store.courses import read_course
from server.mentorships.store.nudges import is_one_erased
from server.mentorships.store.readers import read_reader
from server.mentorships.store.reviews import (
    close_review,
    mentorships_to_ask,
    open_review,
    plan_review,
    read_answers,
    read_facts,
    read_review,
    remove_review,
    reviews_that_are_over,
    set_answers,
)
from server.people.rules.mentorships import MentorshipState, check_active
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store.people import find_person, lock_any_mentorship, lock_mentorship_of


async def follow_reviews(db: Database, now: datetime) -> int:
    """Closes the rounds that are over and asks where it is time; returns in how many mentorships something was done."""
    async with db.reading() as connection:
        over = await reviews_that_are_over(connection, now)
        due = await mentorships_to_ask(connection, now)
    closed = await for_each(db, Work.REVIEW_END, over, partial(_close, db, now), now)
    return closed + await for_each(db, Work.REVIEW, due, partial(_look_at, db, now), now)


async def answer_review(db: Database, visitor: Visitor, mentorship_id: int, answers: Answers, now: datetime) -> None:
    """In place of what the visitor said before in this round. Nobody is told, and nothing follows before its end.

    Raises NotFound, MentorshipAtRest or ReviewClosed.
    """
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        check_active(mentorship.state)
        review = await read_review(connection, mentorship.id)
        if review is None or not review.is_open(now):
            raise ReviewClosed
        await set_answers(connection, mentorship.id, visitor.person.id, answers)


async def stop_review(
    connection: AsyncConnection, mentorship: Mentorship, state: MentorshipState, now: datetime
) -> None:
    """What the mentorship's new state, paused or ended, does: no email asks then, and an end forgets what was said.

    The mentorship must be locked.
    """
    for person_id in (mentorship.mentor_id, mentorship.mentee_id):
        await outbox.drop_unclaimed(connection, mentorship.id, person_id, STILL_FITS, now)
    if state is MentorshipState.ENDED:
        await remove_review(connection, mentorship.id)


async def _look_at(db: Database, now: datetime, mentorship_id: int) -> bool:
    """Whether both are asked now; else it is noted when to look again."""
    async with db.writing() as connection:
        mentorship = await lock_any_mentorship(connection, mentorship_id)
        if mentorship is None or mentorship.state is not MentorshipState.ACTIVE:
            return False
        if await is_one_erased(connection, mentorship):
            await remove_review(connection, mentorship.id)
            await plan_review(connection, mentorship.id, now + EVERY)
            return False
        last = (await read_course(connection, mentorship.id, now)).state in ASKS
        at = asks_at(await read_facts(connection, mentorship.id, last_catchups=last), now)
        await plan_review(connection, mentorship.id, now + OPEN + EVERY if at <= now else at)
        if at <= now:
            await ask_both(connection, mentorship, now)
        return at <= now


async def ask_both(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> None:
    """Opens a round and queues its emails. The mentorship must be locked."""
    await open_review(connection, mentorship, now + OPEN)
    for person_id in (mentorship.mentor_id, mentorship.mentee_id):
        person = await find_person(connection, person_id)
        if person is None or await _wants_no_emails(connection, mentorship.id, person_id):
            continue
        await outbox.enqueue(
            connection,
            recipient_id=person_id,
            event=f"mentorship:{mentorship.id}:{STILL_FITS}:{now:%Y%m%d%H%M%S}",
            kind=STILL_FITS,
            path=f"{path_of(mentorship.id)}/review",
            now=now,
            due_at=awake(now, person.zone),
            mentorship_id=mentorship.id,
        )


async def _wants_no_emails(connection: AsyncConnection, mentorship_id: int, person_id: int) -> bool:
    """They have switched off those about messages, or about offers. Their page asks them all the same."""
    reader = await read_reader(connection, mentorship_id, person_id)
    return reader.notice is MessageNotice.NONE or bool(await mutes_of(connection, person_id, (mentorship_id,)))


async def _close(db: Database, now: datetime, mentorship_id: int) -> bool:
    """What both would like to change is kept for a while; what one said alone is deleted. Nobody is told by email."""
    async with db.writing() as connection:
        mentorship = await lock_any_mentorship(connection, mentorship_id)
        review = await read_review(connection, mentorship_id)
        if mentorship is None or review is None or review.until > now:
            return False
        said = await read_answers(connection, mentorship_id)
        both_said = review.shared is None and mentorship.state is MentorshipState.ACTIVE and len(said) == 2
        shared = shared_wishes(*said) if both_said else ()
        if shared:
            await close_review(connection, mentorship_id, shared, now + SHOWN)
        else:
            await remove_review(connection, mentorship_id)
        return True
