"""Whether a text names a person."""

import pytest

from server.privacy.rules.mentions import mentions, names_of, with_parts

NAMES = names_of("Sam van Okafor", "Quinnie", "sam@example.org")


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("Dear Sam van Okafor,", True, True),
        ("DEAR SAM VAN OKAFOR", True, True),
        ("quinnie's notes", True, True),
        ("write to Sam@Example.org.", True, True),
        ("Hello Sam, how are you?", False, True),
        ("Samantha drives a van", False, False),
        ("Quinnies", False, False),
        ("", False, False),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(text: str, whole: bool, parts: bool) -> None:
    assert (mentions(text, NAMES), mentions(text, with_parts(NAMES))) == (whole, parts)


def test_accents_written_in_two_ways_are_the_same() -> None:
    assert mentions("Bonjour Rene\u0301e", names_of("Ren\u00e9e", "", "r@example.org"))


def test_scripts_without_capitals_have_parts_too() -> None:
    assert mentions("مرحبا نور", with_parts(names_of("نور حداد", "", "n@example.org")))


def test_a_name_that_is_not_said_names_nobody() -> None:
    assert not mentions("anything", names_of("  ", "", ""))
