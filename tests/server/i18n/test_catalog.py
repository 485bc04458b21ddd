"""The languages: which one a person gets, and its texts."""

import pytest

from server.i18n.catalog import ENGLISH, LANGUAGES, best_of, language_of

GERMAN, ARABIC = LANGUAGES["de"], LANGUAGES["ar"]


def test_each_is_told_by_its_own_name_and_runs_its_own_way() -> None:
    assert [(language.code, language.name, language.direction) for language in LANGUAGES.values()] == [
        ("en", "English", "ltr"),
        ("de", "Deutsch", "ltr"),
        ("ar", "العربية", "rtl"),
    ]


def test_a_text_is_said_in_each() -> None:
    said = [language.say("Hello, %(name)s", name="Sam") for language in LANGUAGES.values()]
    assert said == ["Hello, Sam", "Hallo, Sam", "مرحبًا، Sam"]


def test_numbers_are_written_as_the_language_writes_them() -> None:
    sentence = "Please enter at most %(most)s times."
    assert ENGLISH.say(sentence, most=2000) == "Please enter at most 2,000 times."
    assert GERMAN.say(sentence, most=2000) == "Bitte gib höchstens 2.000 Termine an."
    assert GERMAN.say(sentence, most="8444") == "Bitte gib höchstens 8444 Termine an."


@pytest.mark.parametrize(
    ("count", "english", "german", "arabic"),
    [
        (0, "0 minutes", "0 Minuten", "0 دقيقة"),
        (1, "1 minute", "1 Minute", "دقيقة واحدة"),
        (2, "2 minutes", "2 Minuten", "دقيقتان"),
        (3, "3 minutes", "3 Minuten", "3 دقائق"),
        (10, "10 minutes", "10 Minuten", "10 دقائق"),
        (11, "11 minutes", "11 Minuten", "11 دقيقة"),
        (90, "90 minutes", "90 Minuten", "90 دقيقة"),
        (100, "100 minutes", "100 Minuten", "100 دقيقة"),
        (103, "103 minutes", "103 Minuten", "103 دقائق"),
    ],
)
def test_each_number_has_its_form(count: int, english: str, german: str, arabic: str) -> None:
    said = [
        language.ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
        for language in (ENGLISH, GERMAN, ARABIC)
    ]
    assert said == [english, german, arabic]


def test_a_text_that_no_catalog_has_is_said_in_english() -> None:
    assert GERMAN.gettext("Nobody has translated this.") == "Nobody has translated this."


@pytest.mark.parametrize(
    ("code", "spoken"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("ar-EG", "ar"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_tag_has_its_language(code: str, spoken: str) -> None:
    assert language_of(code).code == spoken


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, fr;q=0.9, ar;q=0.7, de;q=0.8", "de"),
        ("en;q=0.5, ar", "ar"),
        ("en, de", "en"),
        ("de;q=0, ar;q=0.1", "ar"),
        ("", None),
        ("*", None),
        ("fr, tlh;q=0.5", None),
        ("de;q=much, ar;q=0.2", "ar"),
        (";;,,;q=", None),
    ],
)
def test_the_language_that_a_browser_likes_best(header: str, spoken: str | None) -> None:
    assert best_of(header) is (LANGUAGES[spoken] if spoken else None)


def test_scripts_are_given_the_texts_that_they_say_and_no_others() -> None:
    assert GERMAN.texts_of("static/js/check/") == {
        "the server closed the connection": "der Server hat die Verbindung geschlossen",
        "the server did not answer": "der Server hat nicht geantwortet",
    }
    assert ENGLISH.texts_of("static/js/check/") == {}
