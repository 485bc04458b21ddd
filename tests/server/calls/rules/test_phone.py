"""A number is shown to the other of the two, of a catch-up by phone, in its time; and to nobody else, ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calls.rules.phone import by_phone, dialled, is_lent
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.email_context import EmailContext
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer, OfferState
from server.people.rules.people import Person

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
MAYA = Person(1, "Maya", "Europe/Stockholm", "en", "")
SAM = Person(2, "Sam", "Europe/London", "en", "")
OFFER = Offer(1, 1, 1, 2, "", frozenset(Medium), (START,), 30, OfferState.ACCEPTED, START, START)
BOTH = EmailContext("uid", MAYA, SAM, OFFER)
LIVE = (BookingState.CONFIRMED, BookingState.HELD)


def a_booking(
    medium: Medium = Medium.PHONE, state: BookingState = BookingState.CONFIRMED, fallback: bool = False
) -> Booking:
    return Booking(1, 1, 1, START, 30, medium, state, fallback)


@pytest.mark.parametrize("minutes", [-15, 0, 29])
def test_each_sees_the_others_number_around_the_catchup(minutes: int) -> None:
    now = START + timedelta(minutes=minutes)
    assert is_lent(BOTH, a_booking(), MAYA.id, JoinWindow(), now)
    assert is_lent(BOTH, a_booking(), SAM.id, JoinWindow(), now)


@pytest.mark.parametrize("minutes", [-16, 30, 89])
def test_nobody_sees_it_before_or_after(minutes: int) -> None:
    assert not is_lent(BOTH, a_booking(), MAYA.id, JoinWindow(), START + timedelta(minutes=minutes))


def test_by_video_it_is_seen_only_when_both_would_go_on_by_phone() -> None:
    assert not is_lent(BOTH, a_booking(Medium.VIDEO), MAYA.id, JoinWindow(), START)
    assert is_lent(BOTH, a_booking(Medium.VIDEO, fallback=True), MAYA.id, JoinWindow(), START)


@given(
    medium=st.sampled_from(Medium),
    state=st.sampled_from(BookingState),
    fallback=st.booleans(),
    viewer=st.integers(0, 3),
    early=st.integers(0, 120),
    seconds=st.integers(-10_000, 10_000),
    length=st.sampled_from([15, 30, 45, 60, 90]),
)
def test_it_is_lent_just_when_all_of_it_holds(
    medium: Medium, state: BookingState, fallback: bool, viewer: int, early: int, seconds: int, length: int
) -> None:
    booking = Booking(1, 1, 1, START, length, medium, state, fallback)
    now = START + timedelta(seconds=seconds)
    agreed = medium is Medium.PHONE or fallback
    in_time = -60 * min(early, 15) <= seconds < 60 * length
    holds = viewer in (1, 2) and state in LIVE and agreed and in_time
    assert is_lent(BOTH, booking, viewer, JoinWindow(timedelta(minutes=early)), now) == holds


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+44 20 7946 0123", "+442079460123"),
        ("+44 (0)20 7946-0123", "+442079460123"),
        ("(020) 7946.0123", "02079460123"),
        ("030/123 456", "030123456"),
        ("", ""),
    ],
)
def test_a_telephone_dials_digits(typed: str, expected: str) -> None:
    assert dialled(typed) == expected


@pytest.mark.parametrize("state", BookingState)
def test_what_was_called_off_or_moved_is_by_no_phone(state: BookingState) -> None:
    assert by_phone(a_booking(state=state)) == (state in LIVE)
