"""What is looked for is found as people write it."""

import pytest

from server.mentorships.rules.search import has_words, words_of


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("Wir treffen uns an der Straße.", "strasse", True),
        ("Grüße aus Köln", "grüsse", True),
        ("Grüße aus Köln", "KOLN", True),
        ("Grüße aus Köln", "köln grüße", True),
        ("Grüße aus Köln", "köln berlin", False),
        ("أَهْلًا بِكَ يا صديقي", "اهلا", True),
        ("قرأت الرسالة", "رساله", True),
        ("مـوعـد", "موعد", True),
        ("على الهاتف", "علي", True),
        ("Anything", "  ", True),
    ],
)
def test_words_are_found_without_capitals_accents_and_marks(text: str, typed: str, found: bool) -> None:
    assert has_words(text, words_of(typed)) is found


def test_nothing_typed_is_no_word() -> None:
    assert words_of("  ") == ()
