"""Media checks that were made, with their dates."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.media_check import Check, Path, Place, Transport
from server.db.tables import media_check_paths, media_checks


async def add_check(connection: AsyncConnection, check: Check) -> None:
    added = insert(media_checks).values(origin=check.place.value, at=check.at).returning(media_checks.c.id)
    check_id = (await connection.execute(added)).scalar_one()
    if check.paths:
        await connection.execute(
            insert(media_check_paths),
            [
                {
                    "check_id": check_id,
                    "number": number,
                    "protocol": path.transport.value,
                    "ip": path.ip,
                    "port": path.port,
                    "sent": path.sent,
                    "received": path.received,
                    "milliseconds": path.milliseconds,
                }
                for number, path in enumerate(check.paths)
            ],
        )


async def latest_check(connection: AsyncConnection, place: Place) -> Check | None:
    """The last check made from such a place."""
    newest = (
        select(media_checks).where(media_checks.c.origin == place.value).order_by(media_checks.c.id.desc()).limit(1)
    )
    check = (await connection.execute(newest)).one_or_none()
    if check is None:
        return None
    of_it = media_check_paths.c.check_id == check.id
    rows = await connection.execute(select(media_check_paths).where(of_it).order_by(media_check_paths.c.number))
    paths = (Path(Transport(row.protocol), row.ip, row.port, row.sent, row.received, row.milliseconds) for row in rows)
    return Check(place, check.at, tuple(paths))
