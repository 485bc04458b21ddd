"""Whose consents stand after which choices, and how one's own are withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.consents import (
    OwnChoice,
    allowing,
    check_changeable,
    consenting,
    fallback_stands,
    withdrawals,
)
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.ledger import (
    GENESIS,
    WORDINGS,
    Choice,
    ChoiceKind,
    NewChoice,
    ShownWording,
    Statement,
    make_choice,
    offer_subject,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def entry(number: int, kind: str, *, waits: bool = False, until: datetime | None = None, offer: int = 1) -> OwnChoice:
    booking = None if until is None else 9
    return OwnChoice(
        *(number, 4, 5, offer, 2, "Sam", ChoiceKind(kind), None, None, "", NOW, "words", "en", None, "0", "1"),
        waits,
        booking,
        until,
    )


def found(*kinds: str, waits: bool = False, until: datetime | None = None) -> dict[int, str]:
    entries = [entry(number, kind, waits=waits, until=until) for number, kind in enumerate(kinds)]
    return {number: kind.value for number, kind in withdrawals(entries, NOW).items()}


@pytest.mark.parametrize(
    ("kinds", "waits", "booked", "expected"),
    [
        # One's own offer that waits is taken back; what became a booking is withdrawn from.
        (("offered",), True, False, {0: "took_back"}),
        (("offered",), False, True, {0: "withdrew"}),
        (("accepted",), False, True, {0: "withdrew"}),
        # Nothing came of it, or it is over.
        (("offered",), False, False, {}),
        (("accepted",), False, False, {}),
        (("declined",), False, False, {}),
        (("suggested",), False, False, {}),
        # The newest consent counts, and none that fell.
        (("offered", "offered"), True, False, {1: "took_back"}),
        (("offered", "took_back"), True, False, {}),
        (("accepted", "undid"), False, True, {}),
        (("accepted", "withdrew"), False, True, {}),
        (("accepted", "undid", "accepted"), False, True, {2: "withdrew"}),
        # The phone by itself.
        (("accepted", "allowed_phone"), False, True, {0: "withdrew", 1: "disallowed_phone"}),
        (("offered", "allowed_phone"), True, False, {0: "took_back", 1: "disallowed_phone"}),
        (("accepted", "allowed_phone", "disallowed_phone"), False, True, {0: "withdrew"}),
        (("accepted", "allowed_phone", "withdrew"), False, True, {}),
        (("allowed_phone",), False, False, {}),
    ],
)
def test_what_stands(kinds, waits, booked, expected):
    assert found(*kinds, waits=waits, until=LATER if booked else None) == expected


def test_what_is_over_cannot_be_withdrawn():
    assert found("accepted", "allowed_phone", until=NOW) == {}


def test_offers_do_not_mix():
    entries = [entry(1, "offered", waits=True), entry(2, "withdrew", offer=2)]
    assert withdrawals(entries, NOW) == {1: ChoiceKind.TOOK_BACK}


def about(*steps: tuple[int, ChoiceKind]) -> list[Choice]:
    """The ledger of these people's choices about one offer."""
    made: list[Choice] = []
    for person_id, kind in steps:
        said = Statement(person_id, 1, ShownWording(WORDINGS[kind], "en"))
        made.append(make_choice(made[-1].hash if made else GENESIS, NewChoice(kind, said), offer_subject(1), at=NOW))
    return made


K = ChoiceKind


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ([], set()),
        ([(1, K.OFFERED)], {1}),
        ([(2, K.ACCEPTED)], {2}),
        ([(1, K.OFFERED), (2, K.ACCEPTED)], {1, 2}),
        ([(1, K.OFFERED), (2, K.ACCEPTED), (2, K.WITHDREW)], {1}),
        ([(1, K.OFFERED), (2, K.ACCEPTED), (1, K.WITHDREW)], {2}),
        ([(1, K.OFFERED), (2, K.ACCEPTED), (2, K.UNDID)], {1}),
        ([(1, K.OFFERED), (2, K.ACCEPTED), (2, K.UNDID), (2, K.ACCEPTED)], {1, 2}),
        ([(1, K.OFFERED), (2, K.DECLINED)], {1}),
        ([(1, K.OFFERED), (1, K.TOOK_BACK)], set()),
        ([(1, K.OFFERED), (2, K.POSTPONED), (2, K.UNDID), (1, K.OFFERED)], {1}),
        ([(1, K.OFFERED), (2, K.SUGGESTED)], {1}),
        ([(1, K.OFFERED), (2, K.ACCEPTED), (2, K.ALLOWED_PHONE), (2, K.DISALLOWED_PHONE)], {1, 2}),
    ],
)
def test_whose_consent_stands(steps: list[tuple[int, ChoiceKind]], standing: set[int]) -> None:
    assert consenting(about(*steps)) == standing


@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from(ChoiceKind)), max_size=12))
def test_what_one_chooses_never_moves_the_other_s_consent(steps: list[tuple[int, ChoiceKind]]) -> None:
    for person in (1, 2):
        alone = consenting(about(*(step for step in steps if step[0] == person)))
        assert (person in alone) is (person in consenting(about(*steps)))


def a_booking(medium: Medium, state: BookingState = BookingState.CONFIRMED) -> Booking:
    return Booking(1, 1, 1, NOW, 30, medium, state)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], set()),
        ([(1, K.ALLOWED_PHONE)], {1}),
        ([(1, K.ALLOWED_PHONE), (2, K.ALLOWED_PHONE)], {1, 2}),
        ([(1, K.ALLOWED_PHONE), (2, K.ALLOWED_PHONE), (1, K.DISALLOWED_PHONE)], {2}),
        ([(1, K.ALLOWED_PHONE), (1, K.DISALLOWED_PHONE), (1, K.ALLOWED_PHONE)], {1}),
        ([(1, K.ALLOWED_PHONE), (2, K.ALLOWED_PHONE), (2, K.UNDID)], {1}),
        ([(1, K.ALLOWED_PHONE), (2, K.ALLOWED_PHONE), (1, K.WITHDREW)], {2}),
        ([(1, K.OFFERED), (2, K.ACCEPTED)], set()),
    ],
)
def test_who_would_go_on_by_phone(entries: list[tuple[int, ChoiceKind]], expected: set[int]) -> None:
    assert allowing(about(*entries)) == expected
    assert fallback_stands(about(*entries), (1, 2)) == (expected == {1, 2})


def test_it_can_be_said_until_a_video_catchup_is_over() -> None:
    video = a_booking(Medium.VIDEO)
    check_changeable(video, NOW + timedelta(minutes=29))
    for booking, now in (
        (video, video.end),
        (a_booking(Medium.PHONE), NOW),
        (a_booking(Medium.VIDEO, BookingState.CANCELLED), NOW),
        (a_booking(Medium.VIDEO, BookingState.MISSED), NOW),
    ):
        with pytest.raises(BookingOver):
            check_changeable(booking, now)
