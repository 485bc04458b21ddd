"""Names as they are sorted and searched for."""

import pytest

from server.people.rules.names import KEY_LIMIT, WORDS_LIMIT, is_found, name_keys, search_range


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Maya Lindqvist", "maya"),
        ("Maya Lindqvist", "LIND"),
        ("Maya Lindqvist", "maya l"),
        ("Maya Lindqvist", "lindqvist, m"),
        ("Özgür Şahin", "ozgur"),
        ("Ozgur Sahin", "Şah"),
        ("Seán O’Brien", "obrien"),
        ("Straße", "strasse"),
        ("سارة خليل", "خليل"),
        ("Nour 🌱 Haddad", "nour haddad"),
    ],
)
def test_a_name_is_found_from_each_of_its_words_on(name: str, typed: str) -> None:
    assert is_found(name, typed)


@pytest.mark.parametrize("typed", ["aya", "lindqvists", "maya maya", "x"])
def test_what_begins_otherwise_is_not_found(typed: str) -> None:
    assert not is_found("Maya Lindqvist", typed)


@pytest.mark.parametrize("typed", ["", "  ", "🌱", "-"])
def test_nothing_to_search_for_is_no_search(typed: str) -> None:
    assert search_range(typed) is None
    assert is_found("Maya Lindqvist", typed)


def test_keys_fit_where_they_are_kept() -> None:
    keys = name_keys("wort " * 40)
    assert (len(keys), max(map(len, keys)) <= KEY_LIMIT) == (WORDS_LIMIT, True)
    assert name_keys("🌱") == ("🌱",)
