"""Addresses for answers: they name one person and one mentorship, and nobody else can make them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mentorships.rules.reply_addresses import (
    EPOCH,
    PERIOD,
    ReplyAddresses,
    ReplyAddressExpired,
    ReplyPlace,
    UnknownReplyAddress,
)

NOW = EPOCH + timedelta(days=100)
OURS = ReplyAddresses(b"k" * 32, "reply@meet.example.org")
PLACE = ReplyPlace(7, 11)
ids = st.integers(0, 2**31 - 1)
times = st.datetimes(EPOCH.replace(tzinfo=None), (EPOCH + timedelta(days=20000)).replace(tzinfo=None)).map(
    lambda naive: naive.replace(tzinfo=EPOCH.tzinfo)
)


@given(ids, ids, times, st.data())
def test_it_leads_back_to_the_place_however_its_letters_are_written(mentorship, person, now, data):
    place = ReplyPlace(mentorship, person)
    address = OURS.make(place, now)
    assert re.fullmatch(r"reply\+[a-z2-7]{36}@meet\.example\.org", address)
    written = "".join(data.draw(st.sampled_from((letter.lower(), letter.upper()))) for letter in address)
    assert OURS.read(written, now) == OURS.read(written, now + PERIOD) == place
    assert OURS.read(f"Other+{address.partition('+')[2].partition('@')[0]}@rewritten.example", now) == place


def test_it_is_the_same_for_a_period_and_ends_with_the_next():
    begin = EPOCH + PERIOD
    first = OURS.make(PLACE, begin)
    last = begin + PERIOD - timedelta(seconds=1)
    assert first == OURS.make(PLACE, last) != OURS.make(PLACE, begin + PERIOD)
    assert OURS.read(first, last + PERIOD) == PLACE
    for wrong in (begin + 2 * PERIOD, begin - timedelta(seconds=1)):
        with pytest.raises(ReplyAddressExpired):
            OURS.read(first, wrong)


def test_each_person_and_mentorship_has_its_own():
    places = [ReplyPlace(mentorship, person) for mentorship in (1, 2) for person in (1, 2)]
    assert len({OURS.make(place, NOW) for place in places}) == 4


@given(st.integers(0, 35), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_changed_letter_makes_it_unknown(place, letter):
    local, _, domain = OURS.make(PLACE, NOW).partition("@")
    token = local.partition("+")[2]
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return
    # The last letter has four bits that belong to no byte.
    if place == 35:
        return
    with pytest.raises(UnknownReplyAddress):
        OURS.read(f"reply+{changed}@{domain}", NOW)


def test_that_of_another_server_is_unknown():
    with pytest.raises(UnknownReplyAddress):
        OURS.read(ReplyAddresses(b"x" * 32, OURS.address).make(PLACE, NOW), NOW)


@given(st.text(max_size=80) | st.from_regex(r"reply\+[a-z2-7]{36}@x", fullmatch=True))
def test_whatever_else_is_written_is_unknown(address):
    with pytest.raises(UnknownReplyAddress):
        OURS.read(address, NOW)
