"""Pairs that coordinators have pinned or forbidden."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.tables import match_rules
from server.errors import NotFound
from server.matching.rules.pair_rules import PairRule, PairRuleKind

OF_SCHEME = select(match_rules).where(match_rules.c.scheme_id == bindparam("scheme_id")).order_by(match_rules.c.id)
BY_ID = select(match_rules).where(match_rules.c.id == bindparam("id"))
REMOVE_OF_PAIR = delete(match_rules).where(
    match_rules.c.mentor_membership_id == bindparam("mentor"), match_rules.c.mentee_membership_id == bindparam("mentee")
)
REMOVE = delete(match_rules).where(match_rules.c.id == bindparam("of_id"))
ADD = insert(match_rules).returning(match_rules.c.id)


async def pair_rules_of(connection: AsyncConnection, scheme_id: int) -> tuple[PairRule, ...]:
    """The oldest first, without a check of access."""
    return tuple(_rule(row) for row in await connection.execute(OF_SCHEME, {"scheme_id": scheme_id}))


async def find_any_pair_rule(connection: AsyncConnection, rule_id: int) -> PairRule:
    """Without a check of access. Raises NotFound."""
    row = (await connection.execute(BY_ID, {"id": rule_id})).one_or_none()
    if row is None:
        raise NotFound
    return _rule(row)


async def set_pair_rule(
    connection: AsyncConnection,
    scheme_id: int,
    pair: tuple[int, int],
    kind: PairRuleKind,
    account_id: int,
    now: datetime,
) -> int:
    """Its id, in place of what was said of this pair before. The scheme must be locked."""
    await connection.execute(REMOVE_OF_PAIR, {"mentor": pair[0], "mentee": pair[1]})
    values = {"scheme_id": scheme_id, "mentor_membership_id": pair[0], "mentee_membership_id": pair[1]}
    by = {"kind": kind.value, "account_id": account_id, "made_at": now}
    note_change(connection, Topic("matching", scheme_id))
    return int((await connection.execute(ADD, values | by)).scalar_one())


async def remove_pair_rule(connection: AsyncConnection, rule: PairRule) -> None:
    await connection.execute(REMOVE, {"of_id": rule.id})
    note_change(connection, Topic("matching", rule.scheme_id))


def _rule(row: Row[Any]) -> PairRule:
    return PairRule(
        id=row.id,
        scheme_id=row.scheme_id,
        mentor_membership_id=row.mentor_membership_id,
        mentee_membership_id=row.mentee_membership_id,
        kind=PairRuleKind(row.kind),
        account_id=row.account_id,
        made_at=row.made_at,
    )
