"""Proposing an offer and rewording it: whose consent it holds, and what is said of the phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.drafts import Draft, Medium, check_draft
from server.catchups.rules.errors import NotYoursToDecide, OfferDecided, OfferOpen
from server.catchups.rules.ledger import ChoiceKind, ShownWording, Statement
from server.catchups.rules.offers import Offer, OfferState
from server.catchups.rules.proposals import check_ended, propose, reword, starts_limit, with_phone
from server.errors import InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MENTOR, MENTEE = 1, 2
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
SHOWN, PHONE = ShownWording("By sending this you agree.", "en"), ShownWording("About the phone.", "en")
MAYA = Statement(MENTOR, 9, SHOWN)
DRAFT = Draft("", frozenset(Medium), (FIRST, SECOND), 30)
OFFER = Offer(1, 1, MENTOR, MENTEE, "", frozenset(Medium), (FIRST, SECOND), 30, OfferState.OPEN, NOW, SECOND)
BY_PHONE = frozenset({Medium.PHONE})


@pytest.mark.parametrize(
    ("draft", "phone", "expected"),
    [
        (DRAFT, None, False),
        (DRAFT, PHONE, False),
        (replace(DRAFT, phone_fallback=True), None, False),
        (replace(DRAFT, phone_fallback=True), PHONE, True),
        (replace(DRAFT, phone_fallback=True, media=BY_PHONE), PHONE, False),
    ],
)
def test_an_offer_falls_back_on_the_phone_only_on_words_that_were_shown(
    draft: Draft, phone: ShownWording | None, expected: bool
) -> None:
    assert with_phone(draft, phone).phone_fallback is expected
    made = propose(draft, MAYA, phone, catchup_id=1, recipient_id=MENTEE)
    assert made.draft.phone_fallback is expected
    assert [(choice.kind, choice.said.shown) for choice in made.choices] == [
        (ChoiceKind.OFFERED, SHOWN),
        *([(ChoiceKind.ALLOWED_PHONE, PHONE)] if expected else []),
    ]


def test_rewording_to_the_same_words_is_no_change() -> None:
    assert reword(OFFER, MAYA, DRAFT, None, NOW) is None


def test_only_the_author_rewords_and_only_to_a_good_draft() -> None:
    with pytest.raises(NotYoursToDecide):
        reword(OFFER, replace(MAYA, person_id=MENTEE), DRAFT, None, NOW)
    with pytest.raises(InvalidInput):
        reword(OFFER, MAYA, replace(DRAFT, starts=()), None, NOW)
    four = replace(DRAFT, starts=tuple(FIRST + timedelta(hours=n) for n in range(4)))
    assert reword(OFFER, MAYA, four, None, NOW) is not None
    with pytest.raises(InvalidInput):
        reword(replace(OFFER, moves_id=7), MAYA, four, None, NOW)


@pytest.mark.parametrize(
    ("before", "typed", "phone", "after", "entry"),
    [
        (False, False, None, False, None),
        (False, True, None, False, None),
        (False, True, PHONE, True, ChoiceKind.ALLOWED_PHONE),
        (True, False, None, True, None),
        (True, False, PHONE, False, ChoiceKind.DISALLOWED_PHONE),
        (True, True, PHONE, True, None),
    ],
)
def test_what_is_said_of_the_phone_stays_until_it_is_said_otherwise(
    before: bool, typed: bool, phone: ShownWording | None, after: bool, entry: ChoiceKind | None
) -> None:
    offer, draft = replace(OFFER, phone_fallback=before), replace(DRAFT, note="So.", phone_fallback=typed)
    change = reword(offer, MAYA, draft, phone, NOW)
    assert change is not None
    assert change.draft == replace(draft, phone_fallback=after)
    assert [choice.kind for choice in change.choices] == [ChoiceKind.OFFERED, *([entry] if entry else [])]


@pytest.mark.parametrize(("changes", "most"), [({}, 5), ({"supersedes_id": 7}, 3), ({"moves_id": 7}, 3)])
def test_a_suggestion_does_not_grow_by_being_reworded(changes: dict[str, object], most: int) -> None:
    starts = tuple(FIRST + timedelta(hours=n) for n in range(most + 1))
    offer = replace(OFFER, **changes)  # type: ignore[arg-type] # values of every kind on purpose
    assert check_draft(replace(DRAFT, starts=starts[:most]), NOW, starts_limit(offer)).starts == starts[:most]
    with pytest.raises(InvalidInput):
        check_draft(replace(DRAFT, starts=starts), NOW, starts_limit(offer))


@pytest.mark.parametrize("state", list(OfferState))
def test_what_was_declined_taken_back_or_ran_out_came_to_nothing(state: OfferState) -> None:
    offer = replace(OFFER, state=state)
    if state in (OfferState.ACCEPTED, OfferState.SUPERSEDED):
        with pytest.raises(OfferDecided):
            check_ended(offer, SECOND)
    else:
        check_ended(offer, SECOND)


def test_what_waits_is_answered_first() -> None:
    with pytest.raises(OfferOpen):
        check_ended(OFFER, NOW)


def test_a_wish_to_move_came_to_nothing_but_its_booking_stands() -> None:
    with pytest.raises(OfferDecided):
        check_ended(replace(OFFER, state=OfferState.DECLINED, moves_id=7), SECOND)
