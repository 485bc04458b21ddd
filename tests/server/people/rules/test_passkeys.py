"""Challenges of ours are known again, for their use and time; everything else about an answer is checked."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidInput
from server.people.rules.passkeys import (
    CHALLENGE_LASTS,
    NAME_LIMIT,
    SIGN_IN,
    PasskeyRefused,
    PasskeyTooOld,
    adding_in,
    challenge_in,
    check_new,
    check_passkey_name,
    check_use,
    credential_id_in,
    make_challenge,
    relying_party,
    user_handle,
)
from tests.authenticator import PRESENT, Authenticator
from tests.server.actors import NOW

KEY, NONCE = b"k" * 32, b"n" * 16
HERE = relying_party("https://meet.example.org")
CHALLENGE = make_challenge(KEY, SIGN_IN, NONCE, NOW)


@pytest.fixture
def mine():
    return Authenticator(HERE.origin, HERE.id)


def test_a_challenge_is_known_again_until_it_ends(mine):
    for later in (timedelta(), CHALLENGE_LASTS):
        assert challenge_in(mine.use(CHALLENGE), KEY, SIGN_IN, NOW + later) == CHALLENGE
    with pytest.raises(PasskeyTooOld):
        challenge_in(mine.use(CHALLENGE), KEY, SIGN_IN, NOW + CHALLENGE_LASTS + timedelta(seconds=1))


def test_a_challenge_for_another_use_by_another_server_or_altered_is_none(mine):
    altered = bytes([CHALLENGE[0] ^ 1]) + CHALLENGE[1:]
    for challenge, key, use in (
        (CHALLENGE, KEY, adding_in(1)),
        (make_challenge(KEY, adding_in(2), NONCE, NOW), KEY, adding_in(1)),
        (CHALLENGE, b"o" * 32, SIGN_IN),
        (altered, KEY, SIGN_IN),
        (b"", KEY, SIGN_IN),
    ):
        with pytest.raises(PasskeyRefused):
            challenge_in(mine.use(challenge), key, use, NOW)


def test_a_new_passkey_and_its_use_are_checked(mine):
    new = check_new(mine.make(CHALLENGE), CHALLENGE, HERE)
    assert new.credential_id == credential_id_in(mine.use(CHALLENGE))
    mine.count = 7
    assert check_use(mine.use(CHALLENGE), CHALLENGE, HERE, new.public_key, new.sign_count) == 7


@pytest.mark.parametrize(
    "otherwise",
    [
        {"origin": "https://meet.example.org.phish.example"},
        {"origin": "http://meet.example.org"},
        {"origin": "https://meet.example.org:8443"},
        {"rp_id": "phish.example"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=str,
)
def test_from_another_page_for_another_host_or_without_its_owner_it_is_refused(mine, otherwise):
    new = check_new(mine.make(CHALLENGE), CHALLENGE, HERE)
    wrong = replace(mine, **otherwise)
    with pytest.raises(PasskeyRefused):
        check_new(wrong.make(CHALLENGE), CHALLENGE, HERE)
    with pytest.raises(PasskeyRefused):
        check_use(wrong.use(CHALLENGE), CHALLENGE, HERE, new.public_key, new.sign_count)


def test_another_key_another_challenge_or_an_old_count_is_refused(mine):
    mine.count = 3
    new = check_new(mine.make(CHALLENGE), CHALLENGE, HERE)
    other = Authenticator(HERE.origin, HERE.id, count=4, id=mine.id)
    newer = make_challenge(KEY, SIGN_IN, b"m" * 16, NOW)
    for answer in (other.use(CHALLENGE), mine.use(newer), mine.use(CHALLENGE)):
        with pytest.raises(PasskeyRefused):
            check_use(answer, CHALLENGE, HERE, new.public_key, new.sign_count)


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_what_is_no_answer_is_refused(text):
    for read in (
        lambda: challenge_in(text, KEY, SIGN_IN, NOW),
        lambda: credential_id_in(text),
        lambda: check_new(text, CHALLENGE, HERE),
        lambda: check_use(text, CHALLENGE, HERE, b"", 0),
    ):
        with pytest.raises(PasskeyRefused):
            read()


def test_a_user_handle_tells_people_apart_and_nothing_about_them():
    assert len({user_handle(KEY, number) for number in range(100)}) == 100
    assert len(user_handle(KEY, 1)) == 32


def test_a_name_is_one_line_and_not_too_long():
    assert check_passkey_name(" My\n phone ") == "My phone"
    for name in (" ", "a" * (NAME_LIMIT + 1)):
        with pytest.raises(InvalidInput):
            check_passkey_name(name)
