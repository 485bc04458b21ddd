"""A guest's pages: what the link opens before its time and in it, and what it never shows."""

from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.actions.bookings import withdraw
from server.guests.actions.following import follow_catchups
from server.guests.actions.seats import agree_to_seat, ask_for_seat
from tests.calendar_reader import CalendarReader
from tests.server.actors import WITHDREW
from tests.server.guests.seating import CLEO, YES, link_of, newest


async def seated(pair, database, start=None):
    booking, now = await pair.booking(start), datetime.now(UTC)
    await ask_for_seat(database, pair.as_maya, booking.id, CLEO, YES, now)
    seat = await newest(database)
    await agree_to_seat(database, pair.as_sam, booking.id, seat.id, YES, now)
    return booking, seat


async def test_the_link_opens_names_time_and_the_way_in_and_nothing_else(site, pair, database):
    booking, seat = await seated(pair, database)
    cleo = await (await site.guest()).get(link_of(database, seat))
    assert (cleo.status, cleo.path) == (200, f"/guests/{seat.id}")
    assert "You are Cleo, and you come as interpreter." in cleo.text
    assert f"/guests/{seat.id}/call" in cleo.text
    for hidden in ("I moved house.", pair.maya_email, pair.sam_email, "/bookings/", "/mentorships/"):
        assert hidden not in cleo.text
    await cleo.get(f"/guests/{seat.id}/call")
    assert (cleo.status, f'"socket": "/guests/{seat.id}/socket"' in cleo.text) == (200, True)
    for hidden in ("I moved house.", "/bookings/", "/mentorships/", "room-config"):
        assert hidden not in cleo.text
    for path in (f"/bookings/{booking.id}", f"/calls/{booking.id}", f"/calls/{booking.id}/socket"):
        assert (await cleo.get(path)).status == 404


async def test_days_before_the_page_says_when_and_leads_nowhere(site, pair, database):
    _, seat = await seated(pair, database, datetime.now(UTC) + timedelta(days=2))
    cleo = await (await site.guest()).get(link_of(database, seat))
    assert ("The call opens at" in cleo.text, "Go to the call" in cleo.text) == (True, False)
    assert f'href="/guests/{seat.id}/invitation.ics"' in cleo.text
    await cleo.get(f"/guests/{seat.id}/call")
    assert cleo.path == f"/guests/{seat.id}"
    assert (await cleo.get(f"/guests/{seat.id}/events")).status == 403


async def test_the_catch_up_can_be_put_into_a_calendar_until_the_seat_ends(site, pair, database):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    booking, seat = await seated(pair, database, start)
    cleo = await (await site.guest()).get(link_of(database, seat))
    await cleo.get(f"/guests/{seat.id}/invitation.ics")
    reader = CalendarReader()
    reader.take(cleo.text.encode())
    [held] = reader.events.values()
    assert (held.start, held.end, held.status) == (booking.start, booking.end, "CONFIRMED")
    unfolded = cleo.text.replace("\r\n ", "")
    assert (link_of(database, seat) in unfolded, CLEO.email in unfolded) == (True, True)
    for hidden in ("I moved house.", pair.maya_email, pair.sam_email, "/bookings/", "/catchups/"):
        assert hidden not in unfolded
    await withdraw(database, pair.as_sam, booking.id, "", WITHDREW, datetime.now(UTC))
    assert (await cleo.get(f"/guests/{seat.id}/invitation.ics")).status == 404


async def test_after_it_was_called_off_the_link_says_so(site, pair, database):
    booking, seat = await seated(pair, database)
    await withdraw(database, pair.as_sam, booking.id, "", WITHDREW, datetime.now(UTC))
    await follow_catchups(database, datetime.now(UTC))
    cleo = await (await site.guest()).get(link_of(database, seat))
    assert "This seat has ended" in cleo.text
    assert (await cleo.get(f"/guests/{seat.id}/socket")).status == 404


async def test_nobody_else_opens_it(nobody, mentor, pair, database):
    _, seat = await seated(pair, database)
    for who in (nobody, mentor):
        for path in ("", "/call", "/events", "/socket", "/invitation.ics"):
            assert (await who.get(f"/guests/{seat.id}{path}")).status == 404
    assert (await nobody.get(f"/g/{seat.id}.wrong")).status == 404


@pytest.mark.parametrize("foreign", [False, True])
async def test_data_is_taken_back_by_the_own_form_only(site, pair, database, foreign):
    _, seat = await seated(pair, database)
    cleo = await (await site.guest()).get(link_of(database, seat))
    await cleo.post(f"/guests/{seat.id}/refusal", origin="https://elsewhere.example" if foreign else None)
    assert (cleo.status, (await newest(database)).name) == ((403, "Cleo") if foreign else (200, ""))
    if not foreign:
        assert (await cleo.get(link_of(database, seat))).status == 404


async def test_a_form_without_its_token_is_refused(site, pair, database):
    _, seat = await seated(pair, database)
    cleo = await (await site.guest()).get(link_of(database, seat))
    await cleo.post(f"/guests/{seat.id}/refusal", csrf="x")
    assert (cleo.status, (await newest(database)).name) == (403, "Cleo")
