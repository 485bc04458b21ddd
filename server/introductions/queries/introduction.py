"""The page of one introduction, for each of its three; and the form that proposes one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.guests.rules.seats import SeatState
from server.introductions.queries.three import ThreePart, read_three
from server.introductions.rules.introductions import Introduction, IntroductionStatus, Part, contact_of, status_for
from server.introductions.rules.proposals import Proposal, words_for
from server.introductions.store.answers import consents_in, has_refused
from server.introductions.store.blocks import is_blocked
from server.introductions.store.introductions import any_person, find_introduction_of, was_added
from server.introductions.store.words import read_words
from server.people.rules.mentorships import MentorshipState, check_active
from server.people.rules.people import email_key
from server.people.rules.rate_limits import counted_address
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact, own_contact
from server.people.store.people import MentorshipRow, find_any_mentorship, mentorship_of_visitor, mentorships_of
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer


@dataclass(frozen=True, slots=True)
class OtherContact:
    """How the other of the two is reached."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class IntroductionPage:
    """`due_at` is until when it waits or lasts, None once it is over. `words` are what the mentor wrote for the reader.

    `mentee` is the mentee's name and `proposed` all that was proposed, both for the mentor alone; `may_offer`: they can
    offer the mentee a call, `may_plan`: and one of three. `contact` is the other's, once both have said yes, and
    `three` a call of three then. `blocked`: the third person is not asked again; `only_here`: they are known through
    introductions alone. `readable` is False where nothing that was written can be read.
    """

    id: int
    mentorship_id: int
    part: Part
    status: IntroductionStatus
    made_at: datetime
    due_at: datetime | None
    mentor: str
    mentee: str
    words: str
    proposed: Proposal | None
    contact: OtherContact | None
    may_offer: bool
    blocked: bool
    only_here: bool
    readable: bool
    three: ThreePart | None
    may_plan: bool


async def read_introduction_page(
    db: Database, sealer: Sealer, visitor: Visitor, introduction_id: int, block_key: bytes, now: datetime
) -> IntroductionPage:
    """`block_key` hides which addresses do not want to be asked. Raises NotFound."""
    async with db.reading() as connection:
        introduction = await find_introduction_of(connection, visitor, introduction_id)
        me, part = visitor.person.id, introduction.part_of(visitor.person.id)
        if part is None:
            raise NotFound
        proposal, readable = await _proposal(connection, sealer, introduction.id)
        is_mentor = part is Part.MENTOR
        consents = await consents_in(connection, introduction.id)
        refused = await has_refused(connection, introduction.id, me)
        # None, too, once one of the two has taken their yes back.
        stands = contact_of(introduction, introduction.mentee_id, consents, now) is not None
        three = await read_three(connection, introduction, part, now) if stands else None
        mentorship = await find_any_mentorship(connection, introduction.mentorship_id) if is_mentor else None
        may_offer = mentorship is not None and mentorship.state is MentorshipState.ACTIVE
        waits = three is not None and not three.over and three.seat.state is not SeatState.REFUSED
        return IntroductionPage(
            id=introduction.id,
            mentorship_id=introduction.mentorship_id,
            part=part,
            status=status_for(introduction, part, now, agreed=me in consents, refused=refused),
            made_at=introduction.made_at,
            due_at=introduction.as_of(now).due_at,
            mentor=(await any_person(connection, introduction.mentor_id)).name,
            mentee=(await any_person(connection, introduction.mentee_id)).name if is_mentor else "",
            words=words_for(part, proposal),
            proposed=proposal if is_mentor else None,
            contact=await _contact(connection, introduction, me, consents, now),
            may_offer=may_offer,
            blocked=part is Part.THIRD and await _is_blocked(connection, visitor, block_key),
            only_here=part is Part.THIRD and await was_added(connection, me),
            readable=readable,
            three=three,
            may_plan=may_offer and stands and not waits,
        )


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """The mentorship whose mentee would be introduced, and those whose other person can be the third."""

    row: MentorshipRow
    partners: tuple[MentorshipRow, ...]


async def read_proposal_page(
    db: Database, visitor: Visitor, mentorship_id: int, *, was_sent: bool = False
) -> ProposalPage:
    """`was_sent`: the form comes back, also where the mentorship has come to rest since it was opened.

    Raises NotFound, also for the mentee, or MentorshipAtRest.
    """
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        if row.role != "mentor" or row.other_erased:
            raise NotFound
        if not was_sent:
            check_active(row.state)
        own = await mentorships_of(connection, visitor.person)
        partners = [each for each in own if each.other.id != row.other.id and not each.other_erased]
        return ProposalPage(row, tuple({each.other.id: each for each in partners}.values()))


async def _proposal(connection: AsyncConnection, sealer: Sealer, introduction_id: int) -> tuple[Proposal | None, bool]:
    """What was written, and whether it can be read."""
    try:
        return await read_words(connection, sealer, introduction_id), True
    except UnreadableContent:
        return None, False


async def _contact(
    connection: AsyncConnection, introduction: Introduction, me: int, consents: frozenset[int], now: datetime
) -> OtherContact | None:
    other_id = contact_of(introduction, me, consents, now)
    if other_id is None:
        return None
    return OtherContact((await any_person(connection, other_id)).name, (await any_contact(connection, other_id)).email)


async def _is_blocked(connection: AsyncConnection, visitor: Visitor, block_key: bytes) -> bool:
    email = (await own_contact(connection, visitor)).email
    return await is_blocked(connection, counted_address(block_key, email_key(email)))
