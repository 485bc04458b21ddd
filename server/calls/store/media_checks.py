"""Saved media checks."""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.media_check import Check, CheckOrigin, MediaPath, MediaProtocol
from server.db.tables import media_check_paths, media_checks


async def add_check(connection: AsyncConnection, check: Check) -> None:
    added = insert(media_checks).values(origin=check.origin.value, at=check.at).returning(media_checks.c.id)
    check_id = (await connection.execute(added)).scalar_one()
    if check.paths:
        await connection.execute(
            insert(media_check_paths),
            [
                {
                    "check_id": check_id,
                    "number": number,
                    "protocol": path.protocol.value,
                    "ip": path.ip,
                    "port": path.port,
                    "sent": path.sent,
                    "received": path.received,
                    "milliseconds": path.milliseconds,
                }
                for number, path in enumerate(check.paths)
            ],
        )


async def latest_check(connection: AsyncConnection, origin: CheckOrigin) -> Check | None:
    """The newest check of this origin."""
    newest = select(media_checks).where(media_checks.c.origin == origin.value).order_by(media_checks.c.id.desc())
    check = (await connection.execute(newest.limit(1))).one_or_none()
    if check is None:
        return None
    of_it = media_check_paths.c.check_id == check.id
    rows = await connection.execute(select(media_check_paths).where(of_it).order_by(media_check_paths.c.number))
    return Check(origin, check.at, tuple(_path_of(row) for row in rows))


def _path_of(row: Row[Any]) -> MediaPath:
    protocol = MediaProtocol(row.protocol)
    return MediaPath(protocol, row.ip, row.port, row.sent, row.received, row.milliseconds)
