"""A guest's calendar: what their emails tell it, and the reminders that they get."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.invitations import Status
from server.catchups.rules.ledger import ChoiceKind
from server.guests.actions.following import follow_catchups
from server.guests.actions.guest import refuse_seat
from server.guests.actions.seats import end_seat_of
from server.guests.calendar import guest_event
from server.guests.contact import GuestContact
from server.guests.store import seats
from server.i18n.catalog import language_of
from server.introductions.actions.answering import refuse
from server.introductions.actions.three import join_three, leave_three
from server.mail.mailer import send_due_emails
from server.people.store.contacts import any_contact
from tests.calendar_reader import CalendarReader
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, SHOWN, WITHDREW, a_booking
from tests.server.guests.seating import CLEO, NO, key_to, seated
from tests.server.introductions.people import NO as NO_CONTACT
from tests.server.introductions.three import JOINS, JOINS_NOT, booked, in_contact, joined
from tests.server.sending import BASE, clock, mailer

__all__ = ["clock", "mailer"]

ACCEPTED = SHOWN[ChoiceKind.ACCEPTED]


@pytest.fixture
def post(database, mailer, smtp_server):
    """Sends what is due, and returns all emails to an address."""

    async def sent(address):
        await send_due_emails(database, mailer)
        return smtp_server.emails_to(address)

    return sent


async def ana_of(database, introduction):
    async with database.reading() as connection:
        return (await any_contact(connection, introduction.ana.person.id)).email


async def own_addresses(database, pair):
    """Those of the two."""
    async with database.reading() as connection:
        return {(await any_contact(connection, each.person.id)).email for each in (pair.mentor, pair.mentee)}


def texts_of(email):
    """All that it holds; folded lines of calendar files joined again."""
    parts = [part.get_payload(decode=True) for part in email.walk() if not part.is_multipart()]
    return b"\n".join(parts).decode().replace("\r\n ", "")


async def moves(database, pair, booking):
    draft = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(days=1),), 30)
    wish = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    await accept_offer(database, pair.mentee, wish.id, Acceptance(draft.starts[0], Medium.VIDEO, ACCEPTED), NOW)
    await follow_catchups(database, NOW)
    return draft.starts[0]


def reader_of(emails):
    reader = CalendarReader()
    for email in emails:
        reader.take_mail(email)
    assert reader.ignored == 0
    return reader


def file_in(email):
    [part] = [each for each in email.walk() if each.get_content_type() == "text/calendar"]
    return part.get_payload(decode=True)


def subjects(emails):
    return [email["Subject"] for email in emails]


async def test_a_guest_has_the_catch_up_in_their_calendar_and_nobody_elses_address(database, pair, post):
    seat = await seated(database, pair, await a_booking(database, pair))
    [email] = await post(CLEO.email)
    [held] = reader_of([email]).events.values()
    assert (held.start, held.status, held.summary) == (FIRST, "CONFIRMED", "Gespräch")
    [entry] = Calendar.from_ical(file_in(email)).events
    link = f"{BASE}/g/{key_to(seat).token}"
    assert (entry["LOCATION"], entry["URL"], entry["ATTENDEE"]) == (link, link, f"mailto:{CLEO.email}")
    assert await own_addresses(database, pair) & set(re.findall(r"[\w.+-]+@[\w.-]+", texts_of(email))) == set()


async def test_it_names_the_two_only_if_neither_of_them_nor_the_guest_minds(database, pair):
    booking = await a_booking(database, pair)
    seat = await seated(database, pair, booking)
    told = booking.invitation(Status.CONFIRMED, 1)
    named = GuestContact("Cleo", "Cleo", CLEO.email, language_of("en"), "UTC", discreet=False)
    maya, sam = (replace(each.person, discreet=False) for each in (pair.mentor, pair.mentee))
    for guest, both, said in (
        (named, (maya, sam), "Catch-up of Maya and Sam"),
        (named, (maya, replace(sam, discreet=True)), "Catch-up"),
        (replace(named, discreet=True), (maya, sam), "Catch-up"),
    ):
        event = guest_event(told, seat, guest, both, address="/g/1.x", sender="f@example.org", stamp=NOW)
        assert event.summary == said


async def test_it_moves_and_goes_with_the_catch_up(database, pair, post):
    booking = await a_booking(database, pair)
    seat = await seated(database, pair, booking)
    start = await moves(database, pair, booking)
    [held] = reader_of(await post(CLEO.email)).events.values()
    assert held.start == start
    async with database.reading() as connection:
        moved = await seats.booking_in(connection, seat.catchup_id)
    await withdraw(database, pair.mentee, moved.id, "", WITHDREW, NOW)
    await follow_catchups(database, NOW)
    reader = reader_of(await post(CLEO.email))
    assert (reader.events, list(reader.cancelled.values()) > [held.sequence]) == ({}, True)


async def test_it_goes_when_the_two_withdraw(database, pair, post):
    booking = await a_booking(database, pair)
    seat = await seated(database, pair, booking)
    await end_seat_of(database, pair.mentor, booking.id, seat.id, NO, NOW)
    assert reader_of(await post(CLEO.email)).events == {}


async def test_the_third_person_has_it_once_they_have_said_yes(database, pair, post):
    found = await in_contact(database, pair)
    booking, seat = await booked(database, pair, found)
    address = await ana_of(database, found)
    assert reader_of(await post(address)).events == {}
    await join_three(database, found.ana, found.id, seat.id, JOINS, NOW)
    emails = await post(address)
    [held] = reader_of(emails).events.values()
    assert held.start == booking.start
    await leave_three(database, found.ana, found.id, seat.id, JOINS_NOT, NOW)
    emails = await post(address)
    assert reader_of(emails).events == {}
    assert "You do not join the call of three" in subjects(emails)
    for email in emails:
        assert await own_addresses(database, pair) & set(re.findall(r"[\w.+-]+@[\w.-]+", texts_of(email))) == set()


async def test_whoever_has_not_said_yes_has_nothing_to_cancel(database, pair, post):
    found = await in_contact(database, pair)
    booking, seat = await booked(database, pair, found)
    await moves(database, pair, booking)
    await leave_three(database, found.ana, found.id, seat.id, JOINS_NOT, NOW)
    emails = await post(await ana_of(database, found))
    assert (reader_of(emails).events, reader_of(emails).cancelled) == ({}, {})
    assert "The catch-up has another time" in subjects(emails)
    assert "You do not join the call of three" not in subjects(emails)


REMINDED = ["Your catch-up: a reminder", "Your catch-up: starting soon"]


async def reminded(post, clock, address, start=FIRST):
    clock.now = start - timedelta(days=1)
    await post(address)
    clock.now = start - timedelta(minutes=15)
    return [each for each in subjects(await post(address)) if each in REMINDED]


async def test_a_guest_is_reminded_as_the_two_are(database, pair, post, clock):
    found = await in_contact(database, pair)
    await joined(database, pair, found)
    # It was agreed on less than a day before.
    assert await reminded(post, clock, await ana_of(database, found)) == REMINDED[1:]


async def test_nobody_is_reminded_who_has_not_said_yes(database, pair, post, clock):
    found = await in_contact(database, pair)
    await booked(database, pair, found)
    assert await reminded(post, clock, await ana_of(database, found)) == []


async def test_nor_once_the_introduction_has_ended(database, pair, post, clock):
    """Also before the seat's end has followed."""
    found = await in_contact(database, pair)
    await joined(database, pair, found)
    await refuse(database, found.ana, found.id, NO_CONTACT, NOW)
    assert await reminded(post, clock, await ana_of(database, found)) == []


async def test_a_guest_who_moves_along_is_reminded_of_the_new_time_alone(database, pair, post, clock):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    start = await moves(database, pair, booking)
    assert await reminded(post, clock, await ana_of(database, found), booking.start) == []
    assert await reminded(post, clock, await ana_of(database, found), start) == REMINDED


async def test_a_guest_who_said_no_is_sent_nothing_more(database, pair, post, clock):
    booking = await a_booking(database, pair)
    seat = await seated(database, pair, booking)
    await refuse_seat(database, key_to(seat), NOW)
    clock.now = booking.start - timedelta(minutes=15)
    assert await post(CLEO.email) == []
