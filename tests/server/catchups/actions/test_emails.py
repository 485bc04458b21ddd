"""Sending the outbox to a real mail server: each letter once, with a link made for it; what fails is tried again."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.emails import FIRST_WAIT, LEASE, LONGEST_WAIT, TRIES, Desk, send_again, send_letters
from server.catchups.actions.notifications import REMINDERS
from server.db.tables import bookings, outbox
from server.errors import NotFound
from server.mail import outbox as storage
from server.mail.transport import BrokenOff, SmtpPost, Unreachable
from server.people.actions.links import find_visitor, open_link
from tests.post_office import link_in
from tests.server.actors import DRAFT, FIRST, NOW, OFFERED, WITHDREW, a_booking, accepting, an_offer

BASE = "https://fireside.example"
SAM = "sam@example.org"
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(post_office, clock):
    return Desk(SmtpPost(post_office.url), BASE, "Fireside <f@example.org>", clock)


async def outbox_rows(database):
    async with database.reading() as connection:
        return (await connection.execute(select(outbox).order_by(outbox.c.id))).all()


async def test_a_letter_is_sent_once_and_its_link_opens_the_catch_up(database, pair, desk, post_office):
    offer = await an_offer(database, pair)
    await send_letters(database, desk)
    await send_letters(database, desk)
    [letter] = post_office.letters_to(SAM)
    opened = await open_link(database, link_in(letter).rpartition("/")[2], None, NOW)
    assert opened.path == f"/catchups/{offer.catchup_id}"
    visitor = await find_visitor(database, opened.token, NOW)
    assert (visitor.person, visitor.catchups) == (pair.mentee.person, {offer.catchup_id})


async def test_a_letter_about_no_catch_up_opens_home(database, pair, desk, post_office):
    async with database.writing() as connection:
        await storage.promise_letter(
            connection,
            recipient_id=pair.mentee.person.id,
            event="fresh_link:1",
            letter="fresh_link",
            path="/home",
            now=NOW,
        )
    await send_letters(database, desk)
    [letter] = post_office.letters_to(SAM)
    opened = await open_link(database, link_in(letter).rpartition("/")[2], None, NOW)
    assert opened.path == "/home"
    assert (await find_visitor(database, opened.token, NOW)).home


async def test_many_letters_go_over_one_line(database, pair, desk, post_office):
    for _ in range(5):
        await an_offer(database, pair)
    await send_letters(database, desk)
    assert (len(post_office.letters), post_office.lines) == (5, 1)


async def test_nothing_is_said_to_the_mail_server_without_a_letter(database, pair, desk, post_office):
    await send_letters(database, desk)
    assert post_office.lines == 0


async def test_a_letter_that_is_deferred_waits_and_is_sent_later(database, pair, desk, post_office, clock):
    await an_offer(database, pair)
    post_office.replies = {"DATA": "451 4.3.0 Come back later"}
    await send_letters(database, desk)
    [row] = await outbox_rows(database)
    assert (row.attempts, row.sent_at, row.failed_at) == (1, None, None)
    assert row.last_error == "451 4.3.0 Come back later"
    post_office.replies = {}
    clock.now = NOW + FIRST_WAIT - timedelta(seconds=1)
    await send_letters(database, desk)
    assert post_office.letters == []
    clock.now = NOW + FIRST_WAIT
    await send_letters(database, desk)
    assert len(post_office.letters) == 1
    [row] = await outbox_rows(database)
    assert (row.attempts, row.sent_at, row.last_error) == (2, clock.now, None)


async def test_the_waits_grow_up_to_a_quarter_of_an_hour(database, pair, desk, post_office, clock):
    await an_offer(database, pair)
    post_office.replies = {"RCPT": "450 4.2.1 Come back later"}
    tried = [clock.now]
    for _ in range(6):
        await send_letters(database, desk)
        [row] = await outbox_rows(database)
        clock.now = row.due_at
        tried.append(clock.now)
    assert [later - earlier for earlier, later in pairwise(tried)] == [
        *(minutes * MINUTE for minutes in (1, 2, 4, 8, 15, 15))
    ]
    assert LONGEST_WAIT == 15 * MINUTE


async def test_what_is_refused_is_given_up_at_once_with_the_reply(database, pair, desk, post_office, clock):
    await an_offer(database, pair)
    await an_offer(database, pair)
    post_office.replies = {"RCPT": "550 5.1.1 No such person"}
    await send_letters(database, desk)
    assert [(row.failed_at, row.last_error) for row in await outbox_rows(database)] == [
        *2 * [(NOW, "550 5.1.1 No such person")]
    ]
    post_office.replies = {}
    clock.now = NOW + timedelta(days=1)
    await send_letters(database, desk)
    assert post_office.letters == []


async def test_what_was_given_up_is_tried_again_when_the_admin_says_so(database, pair, desk, post_office):
    await an_offer(database, pair)
    post_office.replies = {"RCPT": "550 5.1.1 No such person"}
    await send_letters(database, desk)
    post_office.replies = {}
    [row] = await outbox_rows(database)
    await send_again(database, row.id, NOW)
    with pytest.raises(NotFound):
        await send_again(database, row.id, NOW)
    await send_letters(database, desk)
    assert len(post_office.letters) == 1
    with pytest.raises(NotFound):
        await send_again(database, row.id, NOW)


async def test_in_the_end_a_letter_that_is_always_deferred_is_given_up_and_kept(database, pair, desk, post_office):
    await an_offer(database, pair)
    async with database.writing() as connection:
        await connection.execute(update(outbox).values(attempts=TRIES - 1))
    post_office.replies = {"DATA": "451 4.3.0 Come back later"}
    await send_letters(database, desk)
    [row] = await outbox_rows(database)
    assert (row.failed_at, row.last_error) == (NOW, "451 4.3.0 Come back later")


async def test_without_a_mail_server_no_letter_is_touched(database, pair, desk, post_office):
    await an_offer(database, pair)
    before = await outbox_rows(database)
    post_office.close()
    with pytest.raises(Unreachable):
        await send_letters(database, desk)
    assert await outbox_rows(database) == before
    await post_office.open()
    await send_letters(database, desk)
    assert len(post_office.letters) == 1


async def test_only_links_that_may_have_reached_somebody_are_kept(database, pair, desk, post_office, clock, count):
    await an_offer(database, pair)
    before = await count("links")
    post_office.replies = {"RCPT": "450 4.2.1 Come back later"}
    await send_letters(database, desk)
    assert await count("links") == before
    post_office.replies, post_office.hangs_up = {}, True
    clock.now += FIRST_WAIT
    with pytest.raises(BrokenOff):
        await send_letters(database, desk)
    assert await count("links") == before + 1


async def test_a_letter_that_broke_off_is_the_same_when_it_comes_again(database, pair, desk, post_office, clock):
    await an_offer(database, pair)
    post_office.hangs_up = True
    with pytest.raises(BrokenOff):
        await send_letters(database, desk)
    post_office.hangs_up = False
    clock.now += FIRST_WAIT
    await send_letters(database, desk)
    assert list(post_office.deliveries().values()) == [2]
    assert len({link_in(letter) for letter in post_office.letters}) == 2


async def test_four_senders_at_once_send_each_letter_once(database, pair, post_office, clock):
    for _ in range(20):
        await an_offer(database, pair)
    desks = [Desk(SmtpPost(post_office.url), BASE, "f@example.org", clock) for _ in range(4)]
    await asyncio.gather(*(send_letters(database, desk) for desk in desks))
    assert sorted(post_office.deliveries().values()) == [1] * 20
    assert post_office.lines == 4
    assert all(row.sent_at and row.attempts == 1 for row in await outbox_rows(database))


async def test_a_letter_that_is_on_its_way_is_taken_by_nobody_else(
    database, pair, desk, post_office, clock, monkeypatch
):
    """Slower than the lease: the sender says again and again that it still has the letter."""
    monkeypatch.setattr("server.catchups.actions.emails.LEASE", timedelta(seconds=0.4))
    await an_offer(database, pair)
    loop = asyncio.get_running_loop()
    began = loop.time()
    ticking = [
        Desk(SmtpPost(post_office.url), BASE, "f@example.org", lambda: NOW + timedelta(seconds=loop.time() - began))
        for _ in range(2)
    ]
    post_office.slow = 0.6

    async def second():
        while not post_office.letters:
            await send_letters(database, ticking[1])
            await asyncio.sleep(0.05)

    await asyncio.gather(send_letters(database, ticking[0]), second())
    assert list(post_office.deliveries().values()) == [1]
    assert loop.time() - began > 1.2


async def test_a_letter_whose_sender_died_is_sent_by_another(database, pair, desk, post_office, clock):
    await an_offer(database, pair)
    post_office.slow = 60
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(send_letters(database, desk), 0.5)
    post_office.slow = 0
    await send_letters(database, desk)
    assert post_office.letters == []
    clock.now += LEASE
    await send_letters(database, desk)
    assert len(post_office.letters) == 1


@pytest.mark.parametrize("letter", REMINDERS)
async def test_a_reminder_comes_in_time_and_once(database, pair, desk, post_office, clock, letter):
    booking = await a_booking(database, pair, FIRST + timedelta(days=3))
    await send_letters(database, desk)
    post_office.letters.clear()
    due = booking.start - REMINDERS[letter]
    clock.now = due - timedelta(seconds=1)
    await send_letters(database, desk)
    post_office.letters.clear()
    clock.now = due
    await send_letters(database, desk)
    await send_letters(database, desk)
    words = {"reminder_day": "Catch-up: a reminder", "reminder_soon": "Catch-up: starting soon"}
    assert sorted((one["To"], one["Subject"]) for one in post_office.letters) == [
        *((f"{name} <{name.lower()}@example.org>", words[letter]) for name in ("Maya", "Sam"))
    ]


async def test_a_late_reminder_is_none(database, pair, desk, post_office, clock):
    """The mail server was away until the catch-up had begun."""
    booking = await a_booking(database, pair, FIRST + timedelta(days=3))
    await send_letters(database, desk)
    post_office.letters.clear()
    clock.now = booking.start
    await send_letters(database, desk)
    assert post_office.letters == []


async def test_cancelling_races_with_reminders_and_none_is_taken_after_it(database, pair, desk, post_office, clock):
    """A reminder is taken while its booking stands, or not at all; one that was not sent then never is."""
    dice, taken = random.Random(20261123), []
    for number in range(12):
        clock.now = NOW
        booking = await a_booking(database, pair, FIRST + timedelta(days=2 * number + 2))
        await send_letters(database, desk)
        post_office.letters.clear()
        clock.now = booking.start - timedelta(minutes=10)

        async def remind(booking=booking):
            # Somewhere within the milliseconds that the cancelling takes, before or after.
            await asyncio.sleep(dice.random() * 0.06)
            async with database.writing() as connection:
                promise = await storage.take_due(connection, clock.now, clock.now + LEASE)
                state = await connection.execute(select(bookings.c.state).where(bookings.c.id == booking.id))
                taken.append((promise is not None and promise.kind.startswith("reminder"), state.scalar_one()))

        async def cancel(booking=booking):
            await asyncio.sleep(dice.random() * 0.03)
            await withdraw(database, pair.mentee, booking.id, "", WITHDREW, clock.now)

        await asyncio.gather(cancel(), remind(), remind(), remind(), remind())
        for _ in range(4):
            clock.now += LEASE
            await send_letters(database, desk)
        assert {letter["Subject"] for letter in post_office.letters} <= {"Catch-up: called off"}
    assert {state for reminded, state in taken if reminded} == {"confirmed"}
    assert len({state for _, state in taken}) == 2


async def test_moving_leaves_no_reminder_of_the_former_time(database, pair, desk, post_office, clock):
    booking = await a_booking(database, pair, FIRST + timedelta(days=2))
    draft = replace(DRAFT, starts=(FIRST + timedelta(days=5),))
    offer = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    moved = await accept_offer(database, pair.mentee, offer.id, accepting(draft.starts[0]), NOW)
    await send_letters(database, desk)
    post_office.letters.clear()
    for clock.now in (booking.start - timedelta(hours=20), booking.start - timedelta(minutes=10)):
        await send_letters(database, desk)
    assert post_office.letters == []
    clock.now = moved.start - timedelta(minutes=10)
    await send_letters(database, desk)
    assert len(post_office.letters) == 4
    assert {one["Subject"] for one in post_office.letters} == {"Catch-up: a reminder", "Catch-up: starting soon"}


async def test_a_letter_that_cannot_be_written_stops_no_other(database, pair, desk, post_office, count):
    await an_offer(database, pair)
    await an_offer(database, pair)
    async with database.writing() as connection:
        first = (await connection.execute(select(outbox.c.id).order_by(outbox.c.id).limit(1))).scalar_one()
        await connection.execute(update(outbox).where(outbox.c.id == first).values(kind="love_letter"))
    before = await count("links")
    await send_letters(database, desk)
    assert len(post_office.letters) == 1
    rows = await outbox_rows(database)
    assert [(row.sent_at is not None, row.failed_at, row.last_error is not None) for row in rows] == [
        (False, None, True),
        (True, None, False),
    ]
    assert await count("links") == before + 1
