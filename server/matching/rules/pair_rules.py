"""Pairs that coordinators have pinned or forbidden."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PairRuleKind(StrEnum):
    """A pin: these two are matched. A ban: they never are."""

    PIN = "pin"
    BAN = "ban"


@dataclass(frozen=True, slots=True)
class PairRule:
    """By ids of memberships."""

    id: int
    scheme_id: int
    mentor_membership_id: int
    mentee_membership_id: int
    kind: PairRuleKind
    account_id: int
    made_at: datetime
