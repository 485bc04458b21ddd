"""Whether a text names a person: by their name or a part of it, by how they are called, or by their email address."""

import re
import unicodedata
from collections.abc import Collection, Iterator

# A part of a name that stands for the person alone: not "de", "van" or an initial.
SHORTEST_PART = 3


def names_of(name: str, preferred_name: str, email: str) -> frozenset[str]:
    """The whole names and the address."""
    return frozenset({name.strip(), preferred_name.strip(), email.strip()} - {""})


def with_parts(names: Collection[str]) -> frozenset[str]:
    """The names with each part of them that may be used alone, as "Sam" of Sam Okafor."""
    return frozenset(names) | {part for name in names if "@" not in name for part in _parts(name)}


def mentions(text: str, names: Collection[str]) -> bool:
    """Whether one of these stands in the text as a word of its own, in capitals or not."""
    whole = _folded(text)
    return any(re.search(rf"(?<!\w){re.escape(_folded(name))}(?!\w)", whole) for name in names)


def _parts(name: str) -> Iterator[str]:
    for part in name.split():
        if len(part) >= SHORTEST_PART and not part.islower():
            yield part


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
