"""What both write into one text at once is merged: what either added stays, and what either took away goes."""

import time

import pytest

from server.room.rules.texts import merge_texts

BASE = "We talked about the exam.\nSam slept badly.\n"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (BASE, BASE, BASE + "More.", BASE + "More."),
        (BASE, BASE + "More.", BASE, BASE + "More."),
        (BASE, "Before.\n" + BASE, BASE + "After.\n", "Before.\n" + BASE + "After.\n"),
        ("an exam, slept badly", "an exam, slept well", "a test, slept badly", "a test, slept well"),
        # Both at the same place: first who continues, and words stay apart.
        ("", "one", "two", "one two"),
        ("hel", "hello", "hel world", "hello world"),
        ("the red car", "the blue car", "the green car", "the blue green car"),
        # What one takes away does not take along what the other adds there.
        (BASE, "Sam slept badly.\n", BASE.replace("exam", "hard exam"), "hard Sam slept badly.\n"),
        ("one two", "one", "one two three", "one three"),
        (BASE, "", BASE, ""),
        # Both take away, and a word is joined where its writer joined it.
        ("one two three", "one three", "one three", "one three"),
        ("foo bar", "foobar", "foo bar baz", "foobar baz"),
        # Within one word.
        ("colour", "color", "colours", "colors"),
        ("مرحبا", "مرحبا سام", "قال مرحبا", "قال مرحبا سام"),
        ("👋", "👋🏽", "👋 hello", "👋🏽 hello"),
    ],
)  # fmt: skip
def test_a_merge(base, mine, theirs, merged):
    assert merge_texts(base, mine, theirs) == merged


def test_texts_that_have_little_in_common_take_no_long_time():
    begun = time.process_time()
    assert merge_texts("a b " * 5000, "c " * 5000, "b a " * 5000).count("c") == 5000
    assert time.process_time() - begun < 20
