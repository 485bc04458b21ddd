"""The chat of one call: kept for who comes late, within limits."""

import pytest

from signaling.protocol.messages import MAX_CHAT, Chat, ChatLine, Refusal
from signaling.room.chat import BURST, MAX_KEPT, MAX_LINES, ChatLog
from signaling.seat import Seat

ANN, BOB = Seat("7", "ann", "Ann"), Seat("7", "bob", "Bob")


def test_a_line_says_who_wrote_it_and_when() -> None:
    log = ChatLog()
    line = log.add(ANN, Chat("line-0001", "opaque"), 5.0, 1700000000.12345)
    assert line == ChatLine("line-0001", "ann", "Ann", 1700000000.123, "opaque")
    assert list(log.lines) == [line]


def test_a_line_that_is_sent_again_is_no_second_line() -> None:
    log = ChatLog()
    first = log.add(ANN, Chat("line-0001", "opaque"), 5.0, 5.0)
    assert log.add(ANN, Chat("line-0001", "other"), 9.0, 9.0) is first
    theirs = log.add(BOB, Chat("line-0001", "theirs"), 9.0, 9.0)
    assert list(log.lines) == [first, theirs]


def test_who_writes_too_fast_is_refused_and_the_other_is_not() -> None:
    log = ChatLog()
    for number in range(BURST):
        log.add(ANN, Chat(f"line-{number:04}", "x"), 5.0, 5.0)
    with pytest.raises(Refusal) as caught:
        log.add(ANN, Chat("line-more", "x"), 5.0, 5.0)
    assert (caught.value.code, caught.value.about) == ("too_often", "chat")
    log.add(BOB, Chat("line-0001", "x"), 5.0, 5.0)
    log.add(ANN, Chat("line-more", "x"), 6.0, 6.0)


def test_the_oldest_are_forgotten_first() -> None:
    log = ChatLog()
    for number in range(MAX_LINES + 5):
        log.add(ANN, Chat(f"line-{number:04}", "x"), 2.0 * number, 0.0)
    assert [line.id for line in log.lines][:: MAX_LINES - 1] == ["line-0005", f"line-{MAX_LINES + 4:04}"]
    for number in range(30):
        log.add(BOB, Chat(f"line-{number:04}", "x" * MAX_CHAT), 2.0 * number, 0.0)
    assert sum(len(line.content) for line in log.lines) <= MAX_KEPT
    assert log.lines[-1].id == "line-0029"
