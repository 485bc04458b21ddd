"""What becomes of a membership: its person confirms, edits and leaves; who coordinates the scheme decides."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import ChoiceKind, ShownWording, statement_of, wording
from server.db.database import Database
from server.errors import NotFound
from server.i18n.catalog import language_of
from server.people.actions.audit import acting
from server.people.rules.visitors import Visitor
from server.people.store.people import list_people
from server.schemes.actions.saving import save
from server.schemes.rules.memberships import (
    CONFIRM_WITHIN,
    Membership,
    MembershipEvent,
    MembershipSide,
    MembershipState,
    apply,
    check_standing,
)
from server.schemes.rules.schemes import NoPlaceLeft, Scheme, has_place
from server.schemes.rules.sign_ups import SignUp, check_sign_up
from server.schemes.store import memberships, schemes
from server.schemes.store.topics import topics_of


async def confirm(db: Database, visitor: Visitor, membership_id: int, shown: ShownWording, now: datetime) -> None:
    """The visitor takes part from now on, on the waiting list where all places are taken. Others find their name.

    Raises NotFound or MembershipUnchanged.
    """
    async with db.writing() as connection:
        membership, scheme = await _lock_own(connection, visitor, membership_id)
        free = has_place(scheme, membership.role, await memberships.count_taken(connection, scheme.id))
        event = MembershipEvent.CONFIRM if free else MembershipEvent.CONFIRM_FULL
        outcome = apply(membership.state, event, MembershipSide.PERSON, statement_of(visitor, shown))
        await save(connection, membership, outcome, now)
        await list_people(connection, (visitor.person,))


async def edit_sign_up(db: Database, visitor: Visitor, membership_id: int, typed: SignUp) -> None:
    """In place of what the visitor said before. Their role stays: places are given by it.

    Raises NotFound, InvalidInput, NotYetConfirmed or MembershipUnchanged.
    """
    async with db.writing() as connection:
        membership, scheme = await _lock_own(connection, visitor, membership_id)
        check_standing(membership.state)
        topics = [topic.id for topic in await topics_of(connection, scheme.id)]
        await memberships.set_sign_up(connection, membership.id, check_sign_up(typed, topics))


async def leave(db: Database, visitor: Visitor, membership_id: int, shown: ShownWording, now: datetime) -> None:
    """Raises NotFound or MembershipUnchanged."""
    async with db.writing() as connection:
        membership, _ = await _lock_own(connection, visitor, membership_id)
        said = statement_of(visitor, shown)
        await save(
            connection, membership, apply(membership.state, MembershipEvent.LEAVE, MembershipSide.PERSON, said), now
        )


async def wait_again(db: Database, visitor: Visitor, membership_id: int, now: datetime) -> None:
    """The visitor would like to be matched again, at the end of the waiting list. Those who run the scheme see that.

    Raises NotFound or MembershipUnchanged.
    """
    async with db.writing() as connection:
        membership, _ = await _lock_own(connection, visitor, membership_id)
        outcome = apply(membership.state, MembershipEvent.WAIT_AGAIN, MembershipSide.PERSON)
        await save(connection, membership, outcome, now)
        await memberships.begin_again(connection, membership, now)


async def leave_all(db: Database, visitor: Visitor, now: datetime) -> None:
    """The visitor leaves every scheme that they are in: before they are erased."""
    async with db.reading() as connection:
        own = await memberships.any_memberships_of(connection, visitor.person.id)
    shown = wording(ChoiceKind.LEFT_SCHEME, language_of(visitor.person.language))
    for membership in own:
        if membership.stands or membership.state is MembershipState.UNCONFIRMED:
            await leave(db, visitor, membership.id, shown, now)


async def decide(
    db: Database, visitor: Visitor, membership_id: int, event: MembershipEvent, reason: str, now: datetime
) -> int:
    """What a coordinator decides; the id of the scheme. The `reason` is for the audit log.

    Raises NotFound, MembershipUnchanged, NoPlaceLeft, or InvalidInput for a long reason.
    """
    actor = acting(visitor)
    if visitor.account is None:
        raise NotFound
    async with db.writing() as connection:
        found = await memberships.membership_coordinated_by(connection, visitor.account, membership_id)
        scheme = await schemes.lock_any_scheme(connection, found.scheme_id)
        membership = await memberships.membership_coordinated_by(connection, visitor.account, membership_id, lock=True)
        outcome = apply(membership.state, event, MembershipSide.COORDINATOR)
        taken = await memberships.count_taken(connection, scheme.id)
        if event is MembershipEvent.ACCEPT and not has_place(scheme, membership.role, taken):
            raise NoPlaceLeft
        await save(connection, membership, outcome, now, actor, reason)
    return scheme.id


async def lapse_unconfirmed(connection: AsyncConnection, membership: Membership, now: datetime) -> None:
    """A sign-up of somebody who is here, and which they never confirmed, is forgotten. It must be locked."""
    await save(connection, membership, apply(membership.state, MembershipEvent.LEAVE, MembershipSide.PERSON), now)


def oldest_unconfirmed(now: datetime) -> datetime:
    """What was signed up before this waits no longer."""
    return now - CONFIRM_WITHIN


async def _lock_own(connection: AsyncConnection, visitor: Visitor, membership_id: int) -> tuple[Membership, Scheme]:
    """The visitor's membership and its scheme, the scheme locked first, as everywhere. Raises NotFound."""
    found = await memberships.membership_of_visitor(connection, visitor, membership_id)
    scheme = await schemes.lock_any_scheme(connection, found.scheme_id)
    return await memberships.membership_of_visitor(connection, visitor, membership_id, lock=True), scheme
