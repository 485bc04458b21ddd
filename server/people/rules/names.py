"""Names as they are sorted and searched for: without case and accents, from each of their words on."""

import re
import unicodedata

KEY_LIMIT = 200
# Of longer names the words after these are found only together with one of these.
WORDS_LIMIT = 8
# After every text that begins with what stands before it.
LAST = "\U0010ffff"


def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a name: the whole of it, then the whole of it from its second word on, and so on.

    A name without a letter or digit has itself as its key.
    """
    words = _words(name) or [name]
    return tuple(" ".join(words[place:] + words[:place])[:KEY_LIMIT] for place in range(min(len(words), WORDS_LIMIT)))


def search_range(typed: str) -> tuple[str, str] | None:
    """The keys that begin with what was typed lie from the first up to before the second; None where nothing was."""
    begins = " ".join(_words(typed))[:KEY_LIMIT]
    return (begins, begins + LAST) if begins else None


def is_found(name: str, typed: str) -> bool:
    """Whether somebody of this name is found by what was typed: by the beginning of any of its words. Nothing typed
    finds everybody."""
    span = search_range(typed)
    return span is None or any(span[0] <= key < span[1] for key in name_keys(name))


def _words(text: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in apart if unicodedata.category(c) != "Mn" and c not in "'’")
    return re.findall(r"\w+", letters)
