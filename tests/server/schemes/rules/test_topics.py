"""Topics: a name in each language, and what is shown where one is missing."""

import pytest

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.schemes.rules.topics import SchemeTopic, check_names, check_room_for_topic, first_topics


def test_a_name_that_is_missing_is_that_of_the_schemes_language():
    topic = SchemeTopic(1, {"de": "Geld", "ar": "المال"})
    assert [topic.name_in(code, "de") for code in ("ar", "en")] == ["المال", "Geld"]
    assert topic.name_in("fr", "en") == "Geld"


def test_a_new_scheme_has_topics_in_every_language():
    topics = first_topics()
    assert all(names.keys() == LANGUAGES.keys() for names in topics)
    german = {names["de"] for names in topics}
    assert len(german) == len(topics)
    assert not german & {names["en"] for names in topics}


def test_names_are_checked_in_their_field():
    assert check_names({"en": "  Money  ", "de": "", "xx": "?"}, LANGUAGES["en"], 7) == {"en": "Money"}
    for typed, topic_id, field in (({"de": "Geld"}, 7, "en-7"), ({"en": "x" * 81}, None, "en-new")):
        with pytest.raises(InvalidInput) as refused:
            check_names(typed, LANGUAGES["en"], topic_id)
        assert refused.value.field == field
    with pytest.raises(InvalidInput):
        check_room_for_topic(100)
