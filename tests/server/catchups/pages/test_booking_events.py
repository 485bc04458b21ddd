"""What changes about a catch-up is pushed to its open page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from server.calls.actions.entering import record_news
from server.calls.store.sessions import add_attendance, find_or_add_session
from server.catchups.queries import booking_news
from server.catchups.rules.drafts import Medium
from server.db.tables import bookings
from server.people.store.contacts import set_phone
from signaling.news import Joined, Left
from tests.server.calls.pages.numbers import MAYAS, NUMBERS, SAMS, allow_both
from tests.server.events import Events, events_of

SOON = timedelta(milliseconds=50)


@pytest.fixture(autouse=True)
def nothing_is_looked_for(monkeypatch):
    """So what comes has been told."""
    monkeypatch.setattr(booking_news, "OFTEN", timedelta(hours=1))


async def news(events: Events) -> tuple[list[str], str]:
    """The lines of the next news, and how the catch-up stands."""
    text = await events.next("news")
    assert text is not None
    lines = [re.sub(r"<[^>]*>", "", line).strip() for line in re.findall(r"<li.*?</li>", text)]
    return lines, re.search(r'data-stands="([^"]*)"', text)[1]


async def first_news(guest, booking) -> tuple[list[str], str]:
    async with events_of(guest, booking.id) as events:
        return await news(events)


async def test_it_says_at_once_who_is_late(mentee, mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    async with events_of(mentee, booking.id) as theirs, events_of(mentor, booking.id) as own:
        assert [await news(theirs), await news(own)] == [([], "waiting confirmed on")] * 2
        await mentor.post(f"/bookings/{booking.id}/delay", minutes=15)
        assert (await news(theirs))[0] == ["Maya is running about 15 minutes late."]
        assert (await news(own))[0] == ["We told Sam that you are about 15 minutes late."]


async def test_it_says_at_once_who_comes_and_goes(mentee, pair, site):
    booking, now = await pair.booking(), datetime.now(UTC).timestamp()
    who = (f"uid {booking.id}", str(booking.id), str(pair.maya.id))
    async with events_of(mentee, booking.id) as events:
        assert (await news(events))[0] == []
        await record_news(site.database, Joined(*who, now))
        assert (await news(events))[0] == ["Maya is in the call."]
        await record_news(site.database, Left(*who, now, "left"))
        assert (await news(events))[0] == []


async def test_it_says_that_it_was_called_off(mentee, mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    async with events_of(mentee, booking.id) as events:
        await news(events)
        await mentor.post(f"/bookings/{booking.id}/withdrawal")
        assert await news(events) == (["This catch-up was called off."], "over cancelled on")


async def test_what_another_process_changes_is_found_by_looking_again(mentee, pair, site, monkeypatch):
    monkeypatch.setattr(booking_news, "OFTEN", SOON)
    booking, now = await pair.booking(), datetime.now(UTC)
    async with events_of(mentee, booking.id) as events:
        await news(events)
        async with site.database.writing() as connection:
            session = await find_or_add_session(connection, booking.id, now)
            joined = Joined(f"uid {booking.id}", str(booking.id), str(pair.maya.id), now.timestamp())
            await add_attendance(connection, session, joined)
        assert (await news(events))[0] == ["Maya is in the call."]


async def test_the_page_tells_the_same_without_scripts(mentee, mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    await mentor.post(f"/bookings/{booking.id}/delay", minutes=5)
    assert "Maya is running about 5 minutes late." in (await mentee.get(f"/bookings/{booking.id}")).text
    assert f'src="/bookings/{booking.id}/events"' in mentee.text


async def test_when_its_time_is_over_the_page_is_to_be_loaded_again(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) - timedelta(minutes=40))
    assert (await first_news(mentee, booking))[1] == "waiting confirmed ended"
    later = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    assert (await first_news(mentee, later))[1] == "before confirmed on"


async def test_it_says_at_once_whether_a_number_is_lent_but_never_the_number(mentee, mentor, pair, site):
    booking = await pair.booking()
    async with events_of(mentee, booking.id) as events:
        assert await events.next("phone") == ""
        await allow_both(booking, mentor, mentee)
        assert await events.next("phone") == "lent"
        for number in (MAYAS, SAMS):
            # Also another number is told, so that a page that shows the old one fetches it.
            async with site.database.writing() as connection:
                await set_phone(connection, pair.maya.id, number)
            assert await events.next("phone") == "lent"
        await mentor.post(f"/bookings/{booking.id}/phone/withdrawal")
        assert await events.next("phone") == ""
    by_phone = await pair.booking(datetime.now(UTC) + timedelta(minutes=5, hours=3), Medium.PHONE)
    async with site.database.writing() as connection:
        at = datetime.now(UTC) + timedelta(minutes=5)
        await connection.execute(update(bookings).where(bookings.c.id == by_phone.id).values(start=at))
    async with events_of(mentee, by_phone.id) as events:
        assert NUMBERS.search(await events.next("news")) is None
        assert await events.next("phone") == "lent"


async def test_signing_out_ends_it_for_good(mentee, pair):
    booking = await pair.booking()
    async with events_of(mentee, booking.id) as events:
        await news(events)
        await mentee.get("/home")
        await mentee.post("/signout")
        assert await events.next("over") == ""
        assert await events.next("news") is None


async def test_it_is_for_the_two_only(stranger, nobody, admin, pair):
    booking = await pair.booking()
    for guest in (stranger, nobody, admin):
        assert (await guest.get(f"/bookings/{booking.id}/events")).status == 404
