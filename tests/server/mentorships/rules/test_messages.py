"""Which messages are taken, and until when they can be deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.errors import InvalidInput
from server.mentorships.rules.messages import (
    DELETE_WITHIN,
    TEXT_LIMIT,
    Message,
    MessageBody,
    NoMoreMessages,
    check_takes_messages,
    checked_text,
    may_delete,
    message_key,
)
from server.people.rules.mentorships import MentorshipState
from tests.server.actors import NOW

MESSAGE = Message(1, 1, author_id=7, at=NOW, body=MessageBody("Hello"))


def test_something_must_be_said_or_sent() -> None:
    assert checked_text(" Hello \n", has_file=False) == "Hello"
    assert checked_text(" ", has_file=True) == ""
    for text in (" ", "a" * (TEXT_LIMIT + 1)):
        with pytest.raises(InvalidInput):
            checked_text(text, has_file=False)


def test_a_pause_takes_messages_and_an_end_does_not() -> None:
    check_takes_messages(MentorshipState.ACTIVE)
    check_takes_messages(MentorshipState.PAUSED)
    with pytest.raises(NoMoreMessages):
        check_takes_messages(MentorshipState.ENDED)


def test_the_same_words_of_one_form_are_one_message() -> None:
    assert message_key("a", "b", b"c") == message_key("a", "b", b"c")
    others = {message_key(*each) for each in (("a", "b", b"c"), ("ab", "", b"c"), ("a", "bc", b""), ("b", "b", b"c"))}
    assert len(others) == 4


def test_ones_own_can_be_deleted_within_a_day() -> None:
    assert may_delete(MESSAGE, 7, NOW + DELETE_WITHIN - timedelta(seconds=1))
    assert not may_delete(MESSAGE, 7, NOW + DELETE_WITHIN)
    assert not may_delete(replace(MESSAGE, author_id=8), 7, NOW)
