"""Offers: the table of transitions, and what each draft and choice must hold to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import (
    BadDraft,
    DomainError,
    MediumNotOffered,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    TimeNotOffered,
    TimePassed,
)
from server.domain.offers import (
    TRANSITIONS,
    Draft,
    Medium,
    Offer,
    OfferEvent,
    OfferState,
    accept,
    check_draft,
    decide,
    expiry,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MENTOR, MENTEE = 1, 2
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)


def an_offer(state: OfferState = OfferState.OPEN, media: frozenset[Medium] = frozenset({Medium.VIDEO})) -> Offer:
    return Offer(1, 1, MENTOR, MENTEE, "", media, (FIRST, SECOND), 30, state, NOW, SECOND)


def a_draft(**changes: object) -> Draft:
    values: dict[str, object] = {"note": "", "media": frozenset(Medium), "starts": (FIRST,), "minutes": 30}
    return Draft(**(values | changes))  # type: ignore[arg-type] # values of every kind on purpose


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("event", OfferEvent)
def test_every_event_in_every_state_follows_the_table(state: OfferState, event: OfferEvent) -> None:
    """From the table: an event either leads where it says, or is refused and says why."""
    person = MENTOR if event is OfferEvent.WITHDRAW else MENTEE
    if (state, event) in TRANSITIONS:
        assert decide(an_offer(state), event, person, NOW) is TRANSITIONS[state, event][1]
    else:
        with pytest.raises(OfferExpired if state is OfferState.EXPIRED else OfferDecided):
            decide(an_offer(state), event, person, NOW)


@pytest.mark.parametrize("event", [OfferEvent.ACCEPT, OfferEvent.DECLINE, OfferEvent.SUGGEST])
def test_only_the_one_who_was_asked_decides(event: OfferEvent) -> None:
    with pytest.raises(NotYoursToDecide):
        decide(an_offer(), event, MENTOR, NOW)


def test_only_the_author_takes_an_offer_back() -> None:
    with pytest.raises(NotYoursToDecide):
        decide(an_offer(), OfferEvent.WITHDRAW, MENTEE, NOW)


def test_an_offer_cannot_be_answered_once_its_last_time_has_come() -> None:
    with pytest.raises(OfferExpired):
        decide(an_offer(), OfferEvent.DECLINE, MENTEE, SECOND)


def test_accepting_takes_an_offered_time_and_medium() -> None:
    assert accept(an_offer(), MENTEE, FIRST, Medium.VIDEO, NOW) is OfferState.ACCEPTED


@pytest.mark.parametrize(
    ("start", "medium", "now", "refusal"),
    [
        (FIRST + timedelta(minutes=1), Medium.VIDEO, NOW, TimeNotOffered),
        (FIRST, Medium.PHONE, NOW, MediumNotOffered),
        (FIRST, Medium.VIDEO, FIRST, TimePassed),
    ],
)
def test_accepting_something_else_is_refused(
    start: datetime, medium: Medium, now: datetime, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        accept(an_offer(), MENTEE, start, medium, now)


def test_a_good_draft_comes_back_with_its_times_sorted_each_once() -> None:
    draft = check_draft(a_draft(starts=(SECOND, FIRST, SECOND)), NOW)
    assert draft.starts == (FIRST, SECOND)
    assert expiry(draft) == SECOND


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": "x" * 2001}, "note"),
        ({"media": frozenset()}, "media"),
        ({"starts": ()}, "starts"),
        ({"starts": tuple(FIRST + timedelta(hours=n) for n in range(6))}, "starts"),
        ({"starts": (NOW, FIRST)}, "starts"),
        ({"starts": (NOW + timedelta(days=367),)}, "starts"),
        ({"minutes": 20}, "minutes"),
    ],
)
def test_a_bad_draft_names_the_field_to_mend(changes: dict[str, object], field: str) -> None:
    with pytest.raises(BadDraft) as refusal:
        check_draft(a_draft(**changes), NOW)
    assert refusal.value.field == field


@given(
    st.lists(
        st.tuples(
            st.sampled_from(OfferEvent), st.sampled_from([MENTOR, MENTEE, 3]), st.timedeltas(timedelta(0), timedelta(5))
        ),
        max_size=8,
    )
)
def test_no_sequence_of_events_leaves_the_diagram(events: list[tuple[OfferEvent, int, timedelta]]) -> None:
    """At most one event is ever carried out: every state but 'open' is final."""
    offer, moves = an_offer(), 0
    for event, person, later in events:
        try:
            state = decide(offer, event, person, NOW + later)
        except DomainError:
            continue
        moves += 1
        offer = an_offer(state)
    assert moves <= 1
    assert (offer.state is OfferState.OPEN) == (moves == 0)
