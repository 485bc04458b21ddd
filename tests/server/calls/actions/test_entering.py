"""Entering a call, and the record of who was there."""

import asyncio
from datetime import timedelta
from functools import partial

import msgspec
import pytest
from sqlalchemy import delete, insert, select

from server.admin.queries.emails import list_aside
from server.admin.queries.sessions import read_rows
from server.admin.rules.history import RowKey
from server.calls.actions.entering import (
    FORGOTTEN_AFTER,
    SEATS,
    enter_call,
    find_closed_calls,
    find_uninvited,
    put_news_aside,
    record_news,
)
from server.calls.rules.attendances import ConnectionQuality
from server.calls.rules.errors import CallCancelled, ConsentMissing, TooEarly
from server.calls.rules.turn import Turn
from server.calls.store.connection_samples import samples_of
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import OfferState
from server.catchups.store import bookings, offers
from server.db.tables import choices, machines, sessions
from server.errors import NotFound
from server.people.actions.links import end_visit
from server.people.actions.revocations import end_everything
from server.people.rules.links import VISIT_LASTS
from signaling.hub.delivery import Delivery
from signaling.news import Joined, Left, Present, Sample
from signaling.quality import Quality
from signaling.seat import IceServer, Seat
from tests.cast import until
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, WITHDREW, a_booking

WINDOW = JoinWindow()
START = FIRST.timestamp()


@pytest.fixture
async def booking(database, pair):
    return await a_booking(database, pair)


async def session_of(database, booking):
    async with database.reading() as connection:
        (session,) = await read_rows(connection, [RowKey(True, booking.id)])
        return session


def joined(booking, visitor, uid, at=0.0):
    return Joined(uid, str(booking.id), str(visitor.person.id), START + at)


def left(booking, visitor, uid, at, why="left"):
    quality = Quality(10.0, 1_000_000, 2_000_000, 0.05, 0.01, 0.004)
    return Left(uid, str(booking.id), str(visitor.person.id), START + at, why, quality)


async def test_how_good_the_connection_was_is_kept(database, pair, booking):
    for news in (joined(booking, pair.mentor, "one"), left(booking, pair.mentor, "one", 20.0)):
        await record_news(database, news)
    (row,) = (await session_of(database, booking)).attendances
    assert row.quality == ConnectionQuality(10.0, 1_000_000, 2_000_000, 0.05, 0.01, 0.004)
    assert ", ".join(map(str, row.quality.describe())) == "50 ms, 0.4% lost, 0.8 Mbit/s sent, 1.6 received"


async def test_a_seat_has_fresh_credentials_for_the_turn_servers(database, pair, booking):
    turn = Turn(("turn:turn.example.org",), "a secret")
    seats = [
        (await enter_call(database, pair.mentor, booking.id, FIRST + timedelta(seconds=later), WINDOW, turn)).seat
        for later in (0, 60)
    ]
    person = str(pair.mentor.person.id)
    assert [seat.ice_servers for seat in seats] == [
        (IceServer(turn.urls, *turn.credential(person, FIRST + timedelta(seconds=later))),) for later in (0, 60)
    ]
    assert seats[0] == seats[1]
    assert "a secret" not in repr(seats[0])
    assert (await enter_call(database, pair.mentor, booking.id, FIRST, WINDOW)).seat.ice_servers == ()


async def test_each_of_the_two_has_a_seat(database, pair, booking):
    for visitor in (pair.mentor, pair.mentee):
        entrance = await enter_call(database, visitor, booking.id, FIRST, WINDOW)
        assert entrance.view.booking == booking
        assert entrance.seat == Seat(str(booking.id), str(visitor.person.id), visitor.person.name, seats=SEATS)


async def test_nobody_else_has(database, pair, booking):
    with pytest.raises(NotFound):
        await enter_call(database, pair.stranger, booking.id, FIRST, WINDOW)


async def test_too_early_and_after_a_withdrawal_it_is_closed(database, pair, booking):
    with pytest.raises(TooEarly):
        await enter_call(database, pair.mentor, booking.id, NOW, WINDOW)
    await withdraw(database, pair.mentor, booking.id, "", WITHDREW, NOW)
    for visitor in (pair.mentor, pair.mentee):
        with pytest.raises(CallCancelled):
            await enter_call(database, visitor, booking.id, FIRST, WINDOW)


@pytest.mark.parametrize("missing", [ChoiceKind.OFFERED, ChoiceKind.ACCEPTED])
async def test_nobody_enters_before_both_consents_stand_in_the_ledger(database, pair, booking, missing):
    """W2. A consent that is not there, whatever the booking says: neither of the two has a seat."""
    async with database.writing() as connection:
        await connection.execute(delete(choices).where(choices.c.kind == missing.value))
    for visitor in (pair.mentor, pair.mentee):
        with pytest.raises(ConsentMissing):
            await enter_call(database, visitor, booking.id, FIRST, WINDOW)


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_nobody_enters_after_a_consent_was_withdrawn(database, pair, booking, who):
    """W2. Even where the booking's state, changed by hand, says otherwise."""
    await withdraw(database, getattr(pair, who), booking.id, "", WITHDREW, NOW)
    async with database.writing() as connection:
        await bookings.set_state(connection, booking.id, BookingState.CONFIRMED)
    for visitor in (pair.mentor, pair.mentee):
        with pytest.raises(ConsentMissing):
            await enter_call(database, visitor, booking.id, FIRST, WINDOW)


async def test_both_there_is_held_with_both_attendances(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    assert (await session_of(database, booking)).state == BookingState.CONFIRMED
    await record_news(database, joined(booking, pair.mentee, "s", 5))
    await record_news(database, left(booking, pair.mentor, "m", 60))
    await record_news(database, left(booking, pair.mentee, "s", 61, "browser lost"))
    session = await session_of(database, booking)
    assert session.state == BookingState.HELD
    assert [(row.name, (row.left_at - FIRST).total_seconds(), row.why) for row in session.attendances] == [
        ("Maya", 60, "left"),
        ("Sam", 61, "browser lost"),
    ]


async def test_a_wish_to_move_is_moot_once_both_are_there(database, pair, booking):
    later = Draft("", frozenset({Medium.VIDEO}), (SECOND,), 30)
    wish = await ask_to_move(database, pair.mentor, booking.id, later, OFFERED, FIRST)
    await record_news(database, joined(booking, pair.mentor, "m"))
    await record_news(database, joined(booking, pair.mentee, "s"))
    async with database.reading() as connection:
        view = await offers.read_offer(connection, pair.mentee, wish.id)
    assert view.offer.state is OfferState.WITHDRAWN


async def test_one_after_the_other_is_not_held(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    await record_news(database, left(booking, pair.mentor, "m", 10))
    await record_news(database, joined(booking, pair.mentee, "s", 20))
    assert (await session_of(database, booking)).state == BookingState.CONFIRMED


async def test_news_told_twice_is_kept_once(database, pair, booking, contents):
    news = [joined(booking, pair.mentor, "m"), joined(booking, pair.mentee, "s"), left(booking, pair.mentor, "m", 9)]
    for item in news:
        await record_news(database, item)
    before = await contents()
    for item in [*news, left(booking, pair.mentor, "m", 30, "relay lost")]:
        await record_news(database, item)
    assert await contents() == before


async def test_a_stay_nobody_speaks_of_ends_when_it_was_last_seen(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    await record_news(database, joined(booking, pair.mentee, "s"))
    later = START + FORGOTTEN_AFTER.total_seconds() + 1
    await record_news(database, Present(("s",), later))
    mentor, mentee = (await session_of(database, booking)).attendances
    assert (mentor.why, mentor.left_at) == ("server lost", FIRST)
    assert (mentee.why, mentee.left_at) == (None, None)


async def test_what_another_machine_sees_is_ended_only_when_that_is_gone_for_good(database, pair, booking):
    own, other = joined(booking, pair.mentor, "m"), joined(booking, pair.mentee, "s")
    await record_news(database, own, "own")
    await record_news(database, other, "other")
    later = START + FORGOTTEN_AFTER.total_seconds() + 1
    row = {"address": "", "certificate": "", "secret_hash": "", "since": FIRST, "lease_end": FIRST}
    async with database.writing() as connection:
        await connection.execute(insert(machines).values(name="other", **row))
    for at in (later, later + 600):
        await record_news(database, Present((), at), "own")
        mentor, mentee = (await session_of(database, booking)).attendances
        assert (mentor.why, mentor.left_at) == ("server lost", FIRST)
        assert mentee.left_at is None
    async with database.writing() as connection:
        await connection.execute(delete(machines))
    for _ in range(2):
        await record_news(database, Present((), later + 900), "own")
        _, mentee = (await session_of(database, booking)).attendances
        assert (mentee.why, mentee.left_at) == ("server lost", FIRST)


async def test_a_long_time_without_news_does_not_end_a_stay_that_goes_on(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    await record_news(database, Present(("m",), START + timedelta(minutes=20).total_seconds()))
    [attendance] = (await session_of(database, booking)).attendances
    assert attendance.left_at is None


async def test_the_connection_of_each_is_kept_over_the_call_and_a_poor_call_is_noted(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    await record_news(database, joined(booking, pair.mentee, "s"))

    def measured(uid, second, loss):
        return Sample(uid, START + second, loss, 0.05, 1000.0, 2000.0)

    async def kept():
        async with database.reading() as connection:
            poor = (await connection.execute(select(sessions.c.poor))).scalar_one()
            return await samples_of(connection, booking.id), poor

    first = Present(("m", "s"), START + 11, (measured("m", 10, 0.0), measured("s", 10, 0.2), measured("x", 10, 0.2)))
    for news in (first, first, Present(("m", "s"), START + 61, tuple(measured("s", 10 * n, 0.2) for n in range(2, 6)))):
        await record_news(database, news)
    found, poor = await kept()
    assert {who: [(s.at - FIRST).total_seconds() for s in each] for who, each in found.items()} == {
        pair.mentor.person.id: [10],
        pair.mentee.person.id: [10, 20, 30, 40, 50],
    }
    assert not poor
    await record_news(database, Present(("m", "s"), START + 901, (measured("s", 60, 0.2), measured("m", 901, 0.0))))
    found, poor = await kept()
    assert poor
    assert [each.grade for each in found[pair.mentee.person.id]] == ["poor"] * 6
    assert [(s.at - FIRST).total_seconds() for s in found[pair.mentor.person.id]] == [10, 901]


async def test_who_is_in_a_call_that_was_called_off_is_found(database, pair, booking):
    await record_news(database, joined(booking, pair.mentor, "m"))
    present = Present(("m", "unknown"), START + 1)
    assert await find_uninvited(database, present) == ()
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    assert await find_uninvited(database, present) == ((str(booking.id), str(pair.mentor.person.id)),)
    assert await find_uninvited(database, left(booking, pair.mentor, "m", 1)) == ()


async def test_who_was_on_the_way_in_when_it_was_called_off_is_found_at_once(database, pair, booking):
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    await record_news(database, joined(booking, pair.mentor, "m"))
    assert await find_uninvited(database, joined(booking, pair.mentor, "m")) == (
        (str(booking.id), str(pair.mentor.person.id)),
    )


async def test_news_that_cannot_be_stored_is_set_aside_and_all_other_news_is_stored(database, pair, booking, caplog):
    """D8: of 100 pieces, 10 are about somebody who is gone, a call whose number is too large, or make no sense."""
    bad = (
        Joined("gone", str(booking.id), "999999999", START),
        Joined("large", "9" * 30, "1", START),
        Joined("nobody", str(booking.id), "Sam Okafor", START),
        Left("never", str(booking.id), "1", 1e30, "left"),
        Present(("m",), float("nan")),
    )
    news = [joined(booking, pair.mentor, f"good{number}", number) for number in range(90)]
    for number in range(10):
        piece = bad[number % len(bad)]
        if not isinstance(piece, Present):
            piece = msgspec.structs.replace(piece, attendance=f"{piece.attendance}{number}")
        news.insert(number * 10, piece)
    tried, done = [], []

    async def store(piece):
        tried.append(piece)
        await record_news(database, piece)

    async def set_aside(piece, error):
        await put_news_aside(database, piece, error, NOW)

    delivery = Delivery(store, set_aside)
    for piece in news:
        delivery.add(piece, partial(done.append, piece))
    running = asyncio.create_task(delivery.run())
    await until(lambda: len(done) == len(news), what="all news")
    running.cancel()
    async with database.reading() as connection:
        aside = await list_aside(connection)
    assert len((await session_of(database, booking)).attendances) == 90
    assert (len(tried), sum(row.times for row in aside)) == (100, 10)
    assert {row.number for row in aside} == {booking.id, None}
    assert not any(text in caplog.text for text in ("999999999", "Sam Okafor"))


async def test_who_is_in_a_call_that_their_visit_does_not_reach_any_more_is_found(database, pair, booking, by_link):
    """Signed out of, too old, by a link that has ended, or by one to another catch-up; a media check is the admin's."""
    other = await a_booking(database, pair, SECOND)
    to_call, elsewhere, left_behind = [
        await by_link(pair.mentee.person, each.catchup_id) for each in (booking, other, booking)
    ]
    await end_visit(database, left_behind)
    call = str(booking.id)
    good = {(str(pair.mentee.visit_id), call), (str(to_call.visit_id), call), (str(elsewhere.visit_id), str(other.id))}
    closed = {
        (str(elsewhere.visit_id), call),
        (str(left_behind.visit_id), call),
        ("999999", call),
        (str(pair.mentee.visit_id), "check-1"),
    }
    assert await find_closed_calls(database, good | closed, NOW) == closed
    assert await find_closed_calls(database, good, NOW + VISIT_LASTS) == good
    assert await find_closed_calls(database, [], NOW) == set()
    await end_everything(database, "sam@example.org", NOW)
    assert await find_closed_calls(database, good, NOW) == good
