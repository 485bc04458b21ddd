"""Since when the mail server takes nothing, why, and when it is tried again."""

from datetime import timedelta

from server.mail.outages import MailOutage, end_outage, note_outage, read_outage, try_now
from tests.server.actors import NOW

MINUTE = timedelta(minutes=1)


async def test_it_begins_once_goes_on_and_ends(database):
    async with database.writing() as connection:
        assert await read_outage(connection) is None
        await note_outage(connection, "no route", NOW, NOW + MINUTE, refused=False)
        await note_outage(connection, "550 " + "x" * 400, NOW + MINUTE, NOW + 5 * MINUTE, refused=True)
        assert await read_outage(connection) == MailOutage("550 " + "x" * 296, True, NOW, NOW + 5 * MINUTE)
        await try_now(connection, NOW + 2 * MINUTE)
        assert (await read_outage(connection)).next_try_at == NOW + 2 * MINUTE
        await end_outage(connection)
        assert await read_outage(connection) is None
