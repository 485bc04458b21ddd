"""New messages are pushed to the open pages of the two, and to nobody else's."""

from contextlib import asynccontextmanager

from tests.server.events import Events


@asynccontextmanager
async def events_of(guest, mentorship_id):
    async with guest.session.get(f"{guest.base_url}/mentorships/{mentorship_id}/events") as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        yield Events(response)


async def test_what_one_writes_is_pushed_to_the_other(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await mentee.get(path)
    async with events_of(mentor, pair.mentorship_id) as events:
        assert 'data-newest="0"' in await events.next("thread")
        await mentee.post(f"{path}/messages", text="Okapi")
        assert "Okapi" in await events.next("thread")


async def test_nobody_else_hears_of_it(stranger, admin, pair):
    for guest in (stranger, admin):
        assert (await guest.get(f"/mentorships/{pair.mentorship_id}/events")).status == 404
