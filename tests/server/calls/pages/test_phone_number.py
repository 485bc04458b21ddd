"""Phone numbers: given by their owner, and shown to the other while a catch-up lends them, nowhere else."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Medium
from server.db.tables import bookings, metadata, people
from server.people.store.contacts import any_contact, reachable_by_phone
from server.routes import ROUTES
from tests.server.calls.pages.numbers import LINK, MAYAS, NUMBERS, SAMS, allow_both


async def at(site, booking: Booking, start: datetime) -> Booking:
    """The booking, as if it had been made for another time."""
    async with site.database.writing() as connection:
        await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(start=start))
    return booking


async def by_phone(pair, minutes: int = 5) -> Booking:
    return await pair.booking(datetime.now(UTC) + timedelta(minutes=minutes), Medium.PHONE)


@pytest.mark.usefixtures("numbers")
async def test_each_sees_the_others_number_when_its_time_has_come(site, mentor, mentee, pair):
    booking = await by_phone(pair)
    assert LINK in (await mentor.get(f"/bookings/{booking.id}")).text
    assert MAYAS in (await mentee.get(f"/bookings/{booking.id}")).text
    assert SAMS not in mentee.text
    for start in (datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)):
        await at(site, booking, start)
        assert NUMBERS.search((await mentor.get(f"/bookings/{booking.id}")).text) is None
        assert (await mentor.get(f"/calls/{booking.id}/number.json")).status == 403


@pytest.mark.usefixtures("numbers")
async def test_before_its_time_the_page_says_when(mentor, pair):
    booking = await by_phone(pair, 24 * 60)
    await mentor.get(f"/bookings/{booking.id}")
    assert re.search(r"Sam's number is shown here from [^<]+ until the catch-up is over\.", mentor.text)


async def test_no_number_is_promised_that_is_not_there(mentor, pair):
    booking = await by_phone(pair, 24 * 60)
    await mentor.get(f"/bookings/{booking.id}")
    assert "Sam has not given a number yet. Once it is there, it is shown here from" in mentor.text
    assert "number is shown here from" not in mentor.text


async def test_a_country_code_that_is_missing_is_added_and_shown_to_be_sent_again(site, mentee, pair):
    booking = await by_phone(pair)
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/number", phone="020 7946 0123")
    assert (mentee.status, f"We added the country code: {SAMS}." in mentee.text) == (422, True)
    assert f'value="{SAMS}"' in mentee.text
    async with site.database.reading() as connection:
        assert await reachable_by_phone(connection, (pair.sam.id,)) == frozenset()
    await mentee.post(f"/bookings/{booking.id}/number", phone=SAMS)
    assert mentee.status == 200


@pytest.mark.usefixtures("numbers")
async def test_a_catchup_that_was_called_off_shows_none(mentor, mentee, pair):
    booking = await by_phone(pair)
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal")
    for guest in (mentor, mentee):
        assert NUMBERS.search((await guest.get(f"/bookings/{booking.id}")).text) is None


async def test_who_has_no_number_is_asked_for_it(site, mentor, mentee, pair):
    booking = await by_phone(pair)
    await mentee.get(f"/bookings/{booking.id}")
    assert "Only Maya sees it, from 15 minutes before the catch-up until it is over." in mentee.text
    assert "Maya has not added a number yet" in mentee.text
    assert "Maya calls you." in mentee.text
    assert "For that, Maya needs your number." in mentee.text
    await mentee.post(f"/bookings/{booking.id}/number", phone=f" {SAMS}  ")
    assert (mentee.status, "Change your number" in mentee.text) == (200, True)
    assert "needs your number" not in mentee.text
    assert "You call Sam." in (await mentor.get(f"/bookings/{booking.id}")).text
    async with site.database.reading() as connection:
        assert (await any_contact(connection, pair.sam.id)).phone == SAMS
    assert LINK in (await mentor.get(f"/bookings/{booking.id}")).text


@pytest.mark.usefixtures("numbers")
async def test_the_calls_page_has_no_number_but_brings_it_when_asked(mentor, mentee, pair):
    booking = await pair.booking()
    address = f"/calls/{booking.id}/number.json"
    await mentor.get(f"/calls/{booking.id}")
    assert re.search(rf'"phone": "{address}"', mentor.text)
    assert re.search(r'<button id="phone" hidden', mentor.text)
    assert (await mentor.head(address)).status == 403
    await allow_both(booking, mentor, mentee)
    assert ((await mentor.head(address)).status, mentor.text) == (200, "")
    await mentor.get(f"/calls/{booking.id}")
    assert NUMBERS.search(mentor.text) is None
    assert "You call Sam." in mentor.text
    found = json.loads((await mentor.get(f"/calls/{booking.id}/number.json")).text)
    assert 0 < found.pop("seconds") <= 35 * 60
    assert found == {"typed": SAMS, "dialled": "+442079460123", "own": True}
    assert mentor.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("numbers")
async def test_a_number_stands_nowhere_else(site, pair, mentor, mentee, stranger, nobody, admin, caplog):
    """Each page, download and feed of everybody in the numbers' time; the outbox, the ledger and the log."""
    caplog.set_level(logging.INFO)
    booking, video = await by_phone(pair), await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await allow_both(video, mentor, mentee)
    await mentee.post("/me", phone=SAMS, zone="Europe/London", language="en", needs="")
    await mentee.post(f"/bookings/{booking.id}/number", phone=SAMS)
    await mentor.get("/me")
    feed = re.search(r'value="[^"]*(/feed/[^"]+\.ics)"', (await mentor.post("/me/feed")).text)[1]
    ids = {"bookings": [booking.id, video.id], "calls": [booking.id, video.id], "history": [booking.id, video.id]}
    ids |= {"offers": [booking.offer_id], "catchups": [booking.catchup_id], "mentorships": [pair.mentorship_id]}
    paths = [feed]
    for route in ROUTES:
        if route.method == "GET" and not re.search(r"secret|socket|static|events", route.path):
            numbers = ids.get(route.path.split("/")[1], [0]) if "{id" in route.path else [0]
            paths += [re.sub(r"\{id[^/]*\}\}?", str(number), route.path) for number in numbers]
    # Each reads their own number on their own page; and the other's where it is lent.
    lent = {f"/bookings/{booking.id}", f"/calls/{booking.id}/number.json"}
    for guest, own in ((mentor, MAYAS), (mentee, SAMS), (stranger, None), (nobody, None), (admin, None)):
        for path in paths:
            text = (await guest.get(path)).text
            if own and path == "/me":
                text = text.replace(own, "")
            elif own and guest.path in lent:
                assert NUMBERS.search(text)
                continue
            assert NUMBERS.search(text) is None, path
    async with site.database.reading() as connection:
        kept = [
            repr(row)
            for table in metadata.sorted_tables
            if table is not people
            for row in await connection.execute(select(table))
        ]
    assert [row for row in kept if NUMBERS.search(row)] == []
    assert NUMBERS.search(caplog.text) is None


async def test_a_number_that_cannot_be_dialled_comes_back(mentee, pair, contents):
    booking = await by_phone(pair)
    await mentee.get(f"/bookings/{booking.id}")
    before = await contents()
    await mentee.post(f"/bookings/{booking.id}/number", phone="ask Maya")
    assert mentee.status == 422
    assert '<a href="#phone">' in mentee.text
    assert re.search(r'id="phone"[^>]*value="ask Maya"[^>]*aria-invalid="true"', mentee.text)
    assert await contents() == before


async def test_in_the_call_only_who_is_called_is_asked_for_a_number(mentor, mentee, pair):
    booking = await by_phone(pair)
    for guest, own in ((mentor, True), (mentee, False)):
        assert json.loads((await guest.get(f"/calls/{booking.id}/number.json")).text)["own"] == own
