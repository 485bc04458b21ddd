"""Saving what the rules decided about an introduction, with all that follows from it, in the same transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.rules.ledger import NewChoice, Statement, introduction_subject
from server.introductions.rules.introductions import ASKED_EMAIL, LIVE, Change, Introduction
from server.introductions.store.answers import delete_answers, set_refused
from server.introductions.store.introductions import set_state
from server.introductions.store.words import delete_words
from server.mail import outbox


def path_of(introduction_id: int) -> str:
    return f"/introductions/{introduction_id}"


async def save(
    connection: AsyncConnection, introduction: Introduction, change: Change, now: datetime, by: Statement | None = None
) -> None:
    """`by` is what the one who answers says. The introduction must be locked. Once it is over, nothing is left of what
    was written and refused, and an email that asks and has not left is dropped."""
    await set_state(connection, introduction.id, change.state, change.due_at)
    if by is not None and change.choice is not None:
        await record_choice(connection, introduction_subject(introduction.id), NewChoice(change.choice, by), now)
    if by is not None and change.refused is not None:
        await set_refused(connection, introduction.id, by.person_id, refused=change.refused)
    for person_id, kind in change.emails:
        await tell(connection, introduction.id, person_id, kind, now)
    if change.state not in LIVE:
        await delete_words(connection, introduction.id)
        await delete_answers(connection, introduction.id)
        for asked in (introduction.mentee_id, introduction.third_id):
            if asked is not None:
                await outbox.drop_event(connection, asked, _event(introduction.id, ASKED_EMAIL), now)


async def tell(connection: AsyncConnection, introduction_id: int, person_id: int, kind: str, now: datetime) -> None:
    """Queues an email about an introduction to one of its three."""
    await outbox.enqueue(
        connection,
        recipient_id=person_id,
        event=_event(introduction_id, kind),
        kind=kind,
        path=path_of(introduction_id),
        now=now,
    )


def _event(introduction_id: int, kind: str) -> str:
    return f"introduction:{introduction_id}:{kind}"
