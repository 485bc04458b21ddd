"""The ledger's chain: any change, deletion or re-ordering is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger import (
    GENESIS,
    WORDINGS,
    Channel,
    Choice,
    ChoiceKind,
    NewChoice,
    ShownWording,
    Statement,
    Subject,
    SubjectKind,
    entry_hash,
    make_choice,
    wording,
    wording_hash,
)
from server.catchups.rules.ledger_checks import START, check_entries
from server.i18n.catalog import ENGLISH, LANGUAGES, language_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHOWN = ShownWording("By accepting you agree.", "en", Channel.CALL)


def a_chain(length: int) -> list[Choice]:
    chain: list[Choice] = []
    for number in range(length):
        chain.append(
            make_choice(
                chain[-1].hash if chain else GENESIS,
                NewChoice(ChoiceKind.ACCEPTED, Statement(2, 3, SHOWN), NOW, Medium.VIDEO),
                Subject(SubjectKind.OFFER, number),
                at=NOW + timedelta(minutes=number),
            )
        )
    return chain


def first_break(chain: list[Choice]) -> int | None:
    """The index of the first entry that does not hold."""
    _, fault = check_entries(START, list(enumerate(chain)), {SHOWN.hash: SHOWN.text})
    return fault.entry_id if fault else None


def test_an_untouched_chain_holds() -> None:
    assert first_break(a_chain(5)) is None
    assert first_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"format": 1},
        {"format": 3},
        {"subject": Subject(SubjectKind.OFFER, 99)},
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
        format=1,
        subject=Subject(SubjectKind.OFFER, 1),
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


def test_an_entry_of_format_2_has_the_hash_that_it_had() -> None:
    """Written down, so that it never changes."""
    [entry] = a_chain(1)
    assert (entry.format, entry.hash) == (
        2,
        "7982be7f0a105b0c7a5ac8f6294bbe1389fa203516840404f951817cd7284306",
    )


def test_a_chain_begun_in_format_1_goes_on_in_format_2() -> None:
    first, second, *_ = a_chain(3)
    old = replace(first, format=1)
    old = replace(old, hash=entry_hash(old))
    new = replace(second, previous_hash=old.hash)
    new = replace(new, hash=entry_hash(new))
    assert first_break([old, new]) is None
    assert first_break([replace(old, format=2), new]) == 0
    assert first_break([old, replace(new, format=1)]) == 1


def test_an_entry_of_format_1_passes_for_one_about_no_other_subject() -> None:
    """Its hash does not cover the subject's kind, because there was only one."""
    [entry] = a_chain(1)
    old = replace(entry, format=1)
    old = replace(old, hash=entry_hash(old))
    assert first_break([old]) is None
    another: Any = "scheme"
    assert first_break([replace(old, subject=Subject(another, 0))]) == 0


def test_each_choice_has_its_words_in_each_language():
    shown = [wording(kind, language) for kind in ChoiceKind for language in LANGUAGES.values()]
    assert len({each.hash for each in shown}) == len(ChoiceKind) * len(LANGUAGES)


def test_english_is_as_the_rules_say_it():
    assert {kind: wording(kind, ENGLISH).text for kind in ChoiceKind} == WORDINGS


def test_it_says_where_and_in_which_language_it_stood():
    shown = wording(ChoiceKind.WITHDREW, language_of("de-AT"), Channel.CALL)
    assert (shown.language, shown.channel) == ("de", Channel.CALL)
