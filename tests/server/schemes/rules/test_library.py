"""The library: what an entry needs, and which cards a mentor has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.schemes.rules.library import (
    MOST_ENTRIES,
    QUESTIONS,
    Card,
    LibraryEntry,
    cards_of,
    check_entry,
    check_room_for_entry,
)


def test_every_question_that_comes_with_it_is_there_in_each_language():
    for language in LANGUAGES.values():
        cards = cards_of((), frozenset(), language)
        assert [card.name for card in cards] == list(QUESTIONS)
        if language.code != "en":
            assert not {card.text for card in cards} & set(QUESTIONS.values())


@given(st.frozensets(st.sampled_from(sorted(QUESTIONS))))
def test_what_is_hidden_is_not_there_and_what_was_added_is_first(hidden):
    entry = LibraryEntry(7, "https://a.example", {"de": "Räume"})
    cards = cards_of((entry,), hidden, LANGUAGES["ar"])
    assert cards[0] == Card("entry-7", "Räume", "https://a.example")
    assert {card.name for card in cards[1:]} == QUESTIONS.keys() - hidden


def test_an_entry_is_shown_in_the_readers_language_or_another():
    entry = LibraryEntry(1, "", {"de": "Hallo", "en": "Hello"})
    assert [entry.text_in(code) for code in ("de", "en", "ar")] == ["Hallo", "Hello", "Hello"]


@pytest.mark.parametrize(
    ("texts", "url", "field"),
    [
        ({"en": " "}, "", "en-7"),
        ({"xx": "Hello"}, "", "en-7"),
        ({"de": "x" * 501}, "", "de-7"),
        ({"en": "Rooms"}, "rooms", "url-7"),
        ({"en": "Rooms"}, "javascript:alert(1)", "url-7"),
        ({"en": "Rooms"}, "https://a.example/" + "x" * 2000, "url-7"),
    ],
)
def test_what_is_wrong_with_an_entry(texts, url, field):
    with pytest.raises(InvalidInput) as wrong:
        check_entry(texts, url, "7")
    assert wrong.value.field == field


def test_an_entry_on_one_line():
    assert check_entry({"en": " a \n b ", "de": ""}, " https://a.example ", "7") == ({"en": "a b"}, "https://a.example")


def test_there_is_room_for_so_many():
    check_room_for_entry(MOST_ENTRIES - 1)
    with pytest.raises(InvalidInput):
        check_room_for_entry(MOST_ENTRIES)
