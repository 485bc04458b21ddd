"""Checks whether media gets through: a loop of two seats in a call of its own, without attendances."""

import re
from collections.abc import Sequence
from datetime import datetime

from server.calls.rules.media_check import Check, CheckOrigin, MediaPath
from server.calls.store import media_checks
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.rules.audit import COMMAND_LINE, Act
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from signaling.seat import Seat

ENDS = ("sender", "receiver")
_LOOP = re.compile(r"[a-z0-9]{1,32}")


def loop_seat(visitor: Visitor, loop: str, end: str) -> Seat:
    """The seat at one end of a loop; `loop` is the page's name for it. Raises NotFound for invalid names."""
    if end not in ENDS or not _LOOP.fullmatch(loop):
        raise NotFound
    return Seat(call=f"check-{visitor.visit_id}-{loop}", person=end, name=end.title())


async def keep_check(
    db: Database, origin: CheckOrigin, paths: Sequence[MediaPath], now: datetime, visitor: Visitor | None = None
) -> Check:
    """Saves the result of a check, with its date; in the audit log it is the `visitor`'s, or the command line's."""
    check = Check(origin, now, tuple(paths))
    async with db.writing() as connection:
        await media_checks.add_check(connection, check)
        await record(connection, acting(visitor) if visitor else COMMAND_LINE, Act.CHECKED_MEDIA, now)
    return check
