"""A number is shown to the other of the two, of a catch-up by phone, in its time; and to nobody else, ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calls.rules.phone import (
    Number,
    allowing,
    by_phone,
    check_changeable,
    dialled,
    fallback_stands,
    lent_number,
)
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.email_context import EmailContext
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import Door
from server.catchups.rules.ledger import GENESIS, WORDINGS, Choice, ChoiceKind, Shown, make_choice
from server.catchups.rules.offers import Medium, Offer, OfferState
from server.people.rules.people import Person

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
MAYA = Person(1, "Maya", "maya@example.org", "+46 8 123 45 67", "Europe/Stockholm", "en", "")
SAM = Person(2, "Sam", "sam@example.org", "+44 (0)20 7946 0123", "Europe/London", "en", "")
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
    assert lent_number(BOTH, a_booking(), MAYA.id, Door(), now) == Number(SAM.phone, "+442079460123")
    assert lent_number(BOTH, a_booking(), SAM.id, Door(), now) == Number(MAYA.phone, "+4681234567")


@pytest.mark.parametrize("minutes", [-16, 30, 89])
def test_nobody_sees_it_before_or_after(minutes: int) -> None:
    assert lent_number(BOTH, a_booking(), MAYA.id, Door(), START + timedelta(minutes=minutes)) is None


def test_by_video_it_is_seen_only_when_both_would_go_on_by_phone() -> None:
    assert lent_number(BOTH, a_booking(Medium.VIDEO), MAYA.id, Door(), START) is None
    assert lent_number(BOTH, a_booking(Medium.VIDEO, fallback=True), MAYA.id, Door(), START) is not None


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
    lent = lent_number(BOTH, booking, viewer, Door(timedelta(minutes=early)), now)
    agreed = medium is Medium.PHONE or fallback
    in_time = -60 * min(early, 15) <= seconds < 60 * length
    if viewer in (1, 2) and state in LIVE and agreed and in_time:
        assert lent is not None
        assert lent.typed == (SAM if viewer == MAYA.id else MAYA).phone
    else:
        assert lent is None


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


def said(*entries: tuple[int, ChoiceKind]) -> list[Choice]:
    """The ledger of these people's choices."""
    made: list[Choice] = []
    for person_id, kind in entries:
        previous, shown = made[-1].hash if made else GENESIS, Shown(WORDINGS[kind], "en")
        made.append(make_choice(previous, offer_id=1, person_id=person_id, kind=kind, shown=shown, link_id=1, at=START))
    return made


ALLOWED, DISALLOWED = ChoiceKind.ALLOWED_PHONE, ChoiceKind.DISALLOWED_PHONE


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], set()),
        ([(1, ALLOWED)], {1}),
        ([(1, ALLOWED), (2, ALLOWED)], {1, 2}),
        ([(1, ALLOWED), (2, ALLOWED), (1, DISALLOWED)], {2}),
        ([(1, ALLOWED), (1, DISALLOWED), (1, ALLOWED)], {1}),
        ([(1, ALLOWED), (2, ALLOWED), (2, ChoiceKind.UNDID)], {1}),
        ([(1, ALLOWED), (2, ALLOWED), (1, ChoiceKind.WITHDREW)], {2}),
        ([(1, ChoiceKind.OFFERED), (2, ChoiceKind.ACCEPTED)], set()),
    ],
)
def test_who_would_go_on_by_phone(entries: list[tuple[int, ChoiceKind]], expected: set[int]) -> None:
    assert allowing(said(*entries)) == expected
    assert fallback_stands(said(*entries), (1, 2)) == (expected == {1, 2})


def test_it_can_be_said_until_a_video_catchup_is_over() -> None:
    video = a_booking(Medium.VIDEO)
    check_changeable(video, START + timedelta(minutes=29))
    for booking, now in (
        (video, video.end),
        (a_booking(Medium.PHONE), START),
        (a_booking(Medium.VIDEO, BookingState.CANCELLED), START),
        (a_booking(Medium.VIDEO, BookingState.MISSED), START),
    ):
        with pytest.raises(BookingOver):
            check_changeable(booking, now)


@pytest.mark.parametrize("state", BookingState)
def test_what_was_called_off_or_moved_is_by_no_phone(state: BookingState) -> None:
    assert by_phone(a_booking(state=state)) == (state in LIVE)
