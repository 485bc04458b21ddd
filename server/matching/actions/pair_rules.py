"""Who coordinates a scheme pins and forbids pairs, with a reason that the audit log keeps."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import InvalidInput, NotFound
from server.i18n.texts import N_
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.store.pair_rules import find_any_pair_rule, remove_pair_rule, set_pair_rule
from server.people.actions.audit import acting
from server.people.rules.accounts import Account
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor, check_account
from server.people.store.audit import record
from server.schemes.rules.memberships import Membership, MembershipState
from server.schemes.store.memberships import membership_coordinated_by
from server.schemes.store.schemes import lock_any_scheme, scheme_coordinated_by

ACTS = {PairRuleKind.PIN: Act.PINNED_PAIR, PairRuleKind.BAN: Act.BANNED_PAIR}


async def set_rule(
    db: Database,
    visitor: Visitor,
    scheme_id: int,
    mentor_membership_id: int,
    mentee_membership_id: int,
    kind: PairRuleKind,
    reason: str,
    now: datetime,
) -> None:
    """Pins or forbids a pair from the next run on. The reason goes into the audit log.

    Raises NotFound, or InvalidInput with the field mentor, mentee or reason.
    """
    account = check_account(visitor)
    _check_reason(reason)
    async with db.writing() as connection:
        scheme = await scheme_coordinated_by(connection, account, scheme_id)
        await lock_any_scheme(connection, scheme.id)
        mentor = await _member(connection, account, scheme_id, mentor_membership_id, "mentor")
        mentee = await _member(connection, account, scheme_id, mentee_membership_id, "mentee")
        if not mentor.role.mentors:
            raise InvalidInput("mentor", N_("Please choose somebody from the list."))
        if not mentee.role.is_mentored or mentee.id == mentor.id:
            raise InvalidInput("mentee", N_("Please choose somebody from the list."))
        rule_id = await set_pair_rule(connection, scheme_id, (mentor.id, mentee.id), kind, account.id, now)
        subject = AuditSubject("match_rule", rule_id)
        await record(connection, acting(visitor), ACTS[kind], now, subject=subject, reason=reason)


async def remove_rule(db: Database, visitor: Visitor, rule_id: int, reason: str, now: datetime) -> int:
    """The id of the scheme. Raises NotFound, or InvalidInput about the reason."""
    account = check_account(visitor)
    _check_reason(reason)
    async with db.writing() as connection:
        rule = await find_any_pair_rule(connection, rule_id)
        await scheme_coordinated_by(connection, account, rule.scheme_id)
        await remove_pair_rule(connection, rule)
        subject = AuditSubject("match_rule", rule.id)
        await record(connection, acting(visitor), Act.FREED_PAIR, now, subject=subject, reason=reason)
        return rule.scheme_id


def _check_reason(reason: str) -> None:
    """Raises InvalidInput. The two are not told, so that nobody learns of it why a match was not made."""
    if not any(character.isalnum() for character in reason):
        raise InvalidInput("reason", N_("Please say why. The audit log keeps it."))


async def _member(
    connection: AsyncConnection, account: Account, scheme_id: int, membership_id: int, field: str
) -> Membership:
    """Raises InvalidInput about the field."""
    try:
        membership = await membership_coordinated_by(connection, account, membership_id)
    except NotFound:
        membership = None
    if membership is None or membership.scheme_id != scheme_id or membership.state is not MembershipState.MEMBER:
        raise InvalidInput(field, N_("Please choose somebody from the list."))
    return membership
