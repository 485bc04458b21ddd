"""One catch-up as a line of moments, from the offer to what the two say afterwards. Never what was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """What happened. Those of the same moment stand in this order."""

    CHOSE = "chose"
    EXPIRED = "expired"
    ENDED = "ended"
    EMAILED = "emailed"
    EMAIL_FAILED = "email_failed"
    LATE = "late"
    JOINED = "joined"
    LEFT = "left"
    MISSED = "missed"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Moment:
    """`name` is whose it is, empty where it is nobody's; `entry_id` is the ledger entry of a choice. `detail` says more
    in a word of its own: the kind of an email, why somebody left, how it went, how many minutes late."""

    at: datetime
    what: Happening
    name: str = ""
    detail: str = ""
    entry_id: int | None = None


def in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    """Oldest first. Choices of the same moment stand as the ledger has them."""
    order = {each: number for number, each in enumerate(Happening)}
    return tuple(sorted(moments, key=lambda moment: (moment.at, order[moment.what], moment.entry_id or 0)))
