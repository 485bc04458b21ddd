"""The ledger's chain: any change, deletion or re-ordering is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.ledger import (
    GENESIS,
    WORDINGS,
    Channel,
    Choice,
    ChoiceKind,
    ShownWording,
    consenting,
    entry_hash,
    first_break,
    make_choice,
    wording_hash,
)
from server.catchups.rules.offers import Medium

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHOWN = ShownWording("By accepting you agree.", "en", Channel.CALL)


def a_chain(length: int) -> list[Choice]:
    chain: list[Choice] = []
    for number in range(length):
        chain.append(
            make_choice(
                chain[-1].hash if chain else GENESIS,
                offer_id=number,
                person_id=2,
                kind=ChoiceKind.ACCEPTED,
                shown=SHOWN,
                link_id=3,
                at=NOW + timedelta(minutes=number),
                start=NOW,
                medium=Medium.VIDEO,
            )
        )
    return chain


def test_an_untouched_chain_holds() -> None:
    assert first_break(a_chain(5)) is None
    assert first_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"offer_id": 99},
        {"person_id": 99},
        {"kind": ChoiceKind.DECLINED},
        {"start": None},
        {"medium": Medium.PHONE},
        {"wording_hash": "0" * 64},
        {"language": "fr"},
        {"channel": Channel.PAGE},
        {"channel": None},
        {"link_id": 99},
        {"at": NOW - timedelta(microseconds=1)},
        {"hash": "f" * 64},
        {"previous_hash": "f" * 64},
    ],
)
def test_each_altered_field_is_found(change: dict[str, object]) -> None:
    chain = a_chain(3)
    chain[1] = replace(chain[1], **change)  # type: ignore[arg-type] # values of every kind on purpose
    assert first_break(chain) == 1


@given(st.integers(2, 8).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length - 2))))
def test_a_deleted_entry_is_found_at_its_successor(case: tuple[int, int]) -> None:
    length, deleted = case
    chain = a_chain(length)
    del chain[deleted]
    assert first_break(chain) == deleted


def test_every_choice_has_its_wording() -> None:
    assert set(WORDINGS) == set(ChoiceKind)


def test_an_entry_holds_what_was_shown() -> None:
    [entry] = a_chain(1)
    assert (entry.wording_hash, entry.language, entry.channel) == (wording_hash(SHOWN.text), "en", Channel.CALL)


def test_an_entry_from_before_channels_were_kept_has_the_hash_that_it_had() -> None:
    """Its hash is over the ten fields of then; written down, so that it never changes."""
    entry = Choice(
        offer_id=1,
        person_id=2,
        kind=ChoiceKind.ACCEPTED,
        start=NOW,
        medium=Medium.VIDEO,
        wording_hash=wording_hash("By accepting you agree."),
        language="en",
        channel=None,
        link_id=3,
        at=NOW,
        previous_hash=GENESIS,
        hash="",
    )
    assert entry_hash(entry) == "86c09e934e06656fe6b35d0c271833731905b65f4d7860252e44f5242bd7cb05"


def about(*steps: tuple[int, ChoiceKind]) -> list[Choice]:
    return [replace(a_chain(1)[0], person_id=person, kind=kind) for person, kind in steps]


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
