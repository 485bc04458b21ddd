"""The ledger's chain: any change, deletion or re-ordering is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.consents import GENESIS, WORDING_OF, WORDINGS, Choice, ChoiceKind, first_break, make_choice
from server.domain.offers import Medium

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_chain(length: int) -> list[Choice]:
    chain: list[Choice] = []
    for number in range(length):
        chain.append(
            make_choice(
                chain[-1].hash if chain else GENESIS,
                offer_id=number,
                person_id=2,
                kind=ChoiceKind.ACCEPTED,
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
    assert {WORDING_OF[kind] for kind in ChoiceKind} == set(WORDINGS)
