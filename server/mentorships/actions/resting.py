"""One of the two pauses their mentorship, lets it go on, or ends it, with words for the other or without."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.resting import call_off_bookings, take_back_offers
from server.catchups.rules.bookings import Booking
from server.catchups.store import catchups
from server.db.database import Database
from server.i18n.catalog import language_of
from server.mail import outbox
from server.mentorships.actions.reviews import stop_review
from server.mentorships.posting import path_of, post
from server.mentorships.rules.farewells import words_of
from server.mentorships.rules.messages import MessageBody, NewMessage, checked_text, message_key
from server.mentorships.rules.notices import CHANGED
from server.mentorships.store.courses import forget_wishes
from server.people.actions.mentorships import change_state
from server.people.rules.mentorships import MentorshipEvent, MentorshipState, Side
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store.people import find_person, lock_mentorship_of
from server.room.sealing import Sealer


@dataclass(frozen=True, slots=True)
class RestedMentorship:
    """The mentorship as it was, and the bookings that were called off."""

    mentorship: Mentorship
    called_off: tuple[Booking, ...] = ()


async def change_own_mentorship(
    db: Database,
    sealer: Sealer,
    visitor: Visitor,
    mentorship_id: int,
    event: MentorshipEvent,
    form: str,
    words: str,
    now: datetime,
    *,
    ready: str = "",
    call_off: bool = False,
) -> RestedMentorship:
    """The other is told by email; `words`, if any, are the visitor's last message until it goes on.

    `ready` names words of READY_WORDS that go before them, empty for none. `form` is the form's secret name. Those who
    run the scheme see the new state, and neither the words nor whose wish it was. Raises NotFound, InvalidInput,
    MentorshipUnchanged or OnlyScheme.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        state = await change_state(connection, mentorship, event, Side.EITHER, now)
        if state is MentorshipState.ENDED:
            await forget_wishes(connection, mentorship.id, lengths=False)
        reader = await find_person(connection, mentorship.other(visitor.person.id))
        words = words_of(ready, words, language_of(reader.language if reader else visitor.person.language))
        message_id = await _say(connection, sealer, mentorship, visitor.person.id, form, words, now)
        await outbox.enqueue(
            connection,
            recipient_id=mentorship.other(visitor.person.id),
            event=f"message:{message_id}:{state}" if message_id else f"mentorship:{form}:{state}",
            kind=CHANGED[state],
            path=path_of(mentorship.id),
            now=now,
            mentorship_id=mentorship.id,
        )
        if state is MentorshipState.ACTIVE:
            return RestedMentorship(mentorship)
        await stop_review(connection, mentorship, state, now)
        await take_back_offers(connection, mentorship, now)
        return RestedMentorship(mentorship, await call_off_bookings(connection, mentorship, now) if call_off else ())


async def _say(
    connection: AsyncConnection,
    sealer: Sealer,
    mentorship: Mentorship,
    author_id: int,
    form: str,
    words: str,
    now: datetime,
) -> int | None:
    """The id of the message with these words, if there are any. Raises InvalidInput."""
    text = checked_text(words, has_file=True)
    if not text:
        return None
    new = NewMessage(message_key(form, text, b""), MessageBody(text))
    return await post(connection, sealer, mentorship, author_id, new, now)
