"""Words that are ready for one who leaves, and the agenda of the last catch-up."""

import pytest

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.mentorships.rules.farewells import (
    FAREWELL_LIMIT,
    LAST_AGENDA,
    READY_WORDS,
    checked_farewell,
    last_topics,
    words_of,
)

ENGLISH, GERMAN = LANGUAGES["en"], LANGUAGES["de"]


def test_words_that_are_ready_come_in_the_language_of_the_other():
    assert words_of("thanks", " Bye. ", ENGLISH) == f"{READY_WORDS['thanks']}\n\nBye."
    assert words_of("thanks", "", GERMAN) == GERMAN.gettext(READY_WORDS["thanks"]) != READY_WORDS["thanks"]
    assert words_of("", "Bye.", GERMAN) == words_of("unknown", "Bye.", GERMAN) == "Bye."
    assert words_of("", " ", ENGLISH) == ""


def test_the_last_agenda_is_for_both():
    assert last_topics(ENGLISH, ENGLISH) == LAST_AGENDA
    for key, text in last_topics(GERMAN, ENGLISH).items():
        assert text == f"{GERMAN.gettext(LAST_AGENDA[key])} / {LAST_AGENDA[key]}"


def test_words_of_farewell():
    assert checked_farewell(" a\r\nb\0 ") == "a\nb"
    with pytest.raises(InvalidInput):
        checked_farewell("x" * (FAREWELL_LIMIT + 1))
