"""Finding words in messages as people type them: without capitals, accents and the marks of Arabic."""

import unicodedata

# Letters that are written one for the other in Arabic; what is only drawn or hidden goes.
ALIKE = str.maketrans(
    {"\u0671": "\u0627", "\u0649": "\u064a", "\u0629": "\u0647", "\u0640": None, "\u200c": None, "\u200d": None}
)
WORDS_LIMIT = 200


def folded(text: str) -> str:
    """The text without capitals, accents and vowel marks: Straße and STRASSE are the same."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(ALIKE)


def words_of(typed: str) -> tuple[str, ...]:
    """The words that are looked for."""
    return tuple(folded(typed[:WORDS_LIMIT]).split())


def has_words(text: str, words: tuple[str, ...]) -> bool:
    """Whether all of these words, or parts of words, are in the text."""
    found = folded(text)
    return all(word in found for word in words)
