"""Which of an offer's times are left and why not the others; and two times in place of one, where both have room."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import LENGTHS, Medium
from server.catchups.rules.offers import Offer, OfferState
from server.catchups.rules.times import LATEST, PossibleTime, TimeConflict, possible_times, same_hour, two_times

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, SECOND = NOW + HOUR, NOW + 2 * HOUR
OFFER = Offer(1, 1, 1, 2, "", frozenset(Medium), (FIRST, SECOND), 30, OfferState.OPEN, NOW, SECOND, moves_id=9)


def a_booking(start: datetime, number: int = 3) -> Booking:
    return Booking(number, 2, 2, start, 30, Medium.VIDEO, BookingState.CONFIRMED)


def test_all_are_left_where_nothing_stands_in_the_way() -> None:
    assert possible_times(OFFER, (), (), NOW) == (PossibleTime(FIRST), PossibleTime(SECOND))


def test_what_has_passed_cannot_be_chosen() -> None:
    [first, second] = possible_times(OFFER, (), (), FIRST)
    assert (first.conflict, second.conflict) == (TimeConflict.PASSED, None)


@pytest.mark.parametrize(
    ("minutes", "conflict"), [(-30, None), (-29, "taken"), (0, "taken"), (29, "taken"), (30, None)]
)
def test_what_the_author_has_agreed_to_since_takes_a_time(minutes: int, conflict: str | None) -> None:
    booking = a_booking(FIRST + timedelta(minutes=minutes))
    [first, second] = possible_times(OFFER, (), (booking,), NOW)
    assert (first.conflict, first.booking, second.conflict) == (conflict, None, None)


def test_ones_own_is_named_first() -> None:
    booking = a_booking(FIRST)
    [first, _] = possible_times(OFFER, (booking,), (booking,), NOW)
    assert first == PossibleTime(FIRST, TimeConflict.OWN, booking)


def test_the_booking_that_is_to_be_moved_gives_way() -> None:
    moved = a_booking(FIRST, number=9)
    assert possible_times(OFFER, (moved,), (moved,), NOW) == (PossibleTime(FIRST), PossibleTime(SECOND))


START = datetime(2026, 11, 24, 15, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ZONES = ("UTC", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo")


def a_booking_at(start=START, minutes=30):
    return Booking(1, 1, 1, start, minutes, Medium.VIDEO, BookingState.CONFIRMED)


def hours(day, begins, ends):
    return (datetime(2026, 11, day, begins, tzinfo=UTC), datetime(2026, 11, day, ends, tzinfo=UTC))


def test_tomorrow_and_in_a_week_at_the_same_time():
    assert two_times(a_booking_at(), "Europe/London", ()) == (START + timedelta(days=1), START + timedelta(days=7))


def test_what_is_taken_moves_it_on_to_a_quarter_of_an_hour_or_to_the_next_day():
    late = (START + timedelta(days=7), START + timedelta(days=7, minutes=37))
    assert two_times(a_booking_at(), "UTC", [hours(25, 12, 23), late]) == (
        START + timedelta(days=2),
        START + timedelta(days=7, minutes=45),
    )


def test_the_clocks_of_the_one_who_asks_count_when_they_change():
    before = datetime(2027, 3, 27, 18, tzinfo=LONDON)
    times = two_times(a_booking_at(before.astimezone(UTC)), "Europe/London", ())
    assert [at.astimezone(LONDON).hour for at in times] == [18, 18]
    # On Sunday, half past one does not exist.
    skipped = datetime(2027, 3, 27, 1, 30, tzinfo=LONDON).astimezone(UTC)
    assert two_times(a_booking_at(skipped), "Europe/London", ())[0] == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


intervals = st.tuples(st.integers(-2_000, 30_000), st.integers(-5, 3_000)).map(
    lambda pair: (START + timedelta(minutes=pair[0]), START + timedelta(minutes=sum(pair)))
)


@given(
    start=st.integers(0, 400 * 24 * 4).map(lambda quarters: START + quarters * timedelta(minutes=15)),
    minutes=st.sampled_from(LENGTHS),
    zone=st.sampled_from(ZONES),
    taken=st.lists(intervals, max_size=12),
)
def test_both_times_are_later_free_apart_and_near_the_same_time_of_day(start, minutes, zone, taken):
    shifted = [(begins + (start - START), ends + (start - START)) for begins, ends in taken]
    times, length = two_times(a_booking_at(start, minutes), zone, shifted), timedelta(minutes=minutes)
    assert len(times) == 2
    assert start < times[0] + timedelta(hours=1)
    assert times[0] + length <= times[1]
    for at in times:
        assert not [1 for begins, ends in shifted if begins < ends and begins < at + length and at < ends]
        local, was = (time.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for time in (at, start))
        # Where the clocks go forward, an hour that is skipped comes later.
        assert (local - was) % timedelta(days=1) <= LATEST + timedelta(hours=1)


def test_the_next_is_at_the_same_hour_a_week_later_also_where_the_clocks_change() -> None:
    start = datetime(2026, 3, 24, 15, tzinfo=UTC)
    booking = a_booking(start)
    assert same_hour(booking, "UTC", (), start + HOUR) == start + timedelta(weeks=1)
    # Summer time begins on 29 March: four o'clock in Berlin stays four o'clock.
    assert same_hour(booking, "Europe/Berlin", (), start + HOUR) == start + timedelta(weeks=1) - HOUR


def test_a_week_that_is_taken_or_has_passed_is_skipped() -> None:
    booking = a_booking(NOW)
    weeks = [NOW + timedelta(weeks=week) for week in range(10)]
    assert same_hour(booking, "UTC", [(weeks[1] + HOUR / 4, weeks[1] + HOUR)], NOW) == weeks[2]
    assert same_hour(booking, "UTC", (), weeks[3]) == weeks[4]
    assert same_hour(booking, "UTC", [(weeks[0], weeks[9])], NOW) is None
