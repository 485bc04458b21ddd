"""The library: questions and resources that a mentor puts on an agenda with one tap.

Some questions come with the program, in each of its languages; a host may hide them. Coordinators add those of their
scheme, admins those of the whole server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES, Language
from server.i18n.texts import N_
from server.room.rules.edits import TEXT_LIMIT, URL_LIMIT, is_web_address

MOST_ENTRIES = 100

# By the name of the card, which stays the same for ever: what a host hides is known by it.
QUESTIONS: Mapping[str, str] = {
    "way-of-talking": N_("How do we like to talk with each other, and what should the other know about that?"),
    "good-year": N_("What would have to happen for this year to be a good one for you?"),
    "strength": N_("What have you managed lately that you are glad about?"),
    "hard": N_("What is hard at the moment, and what would make it a little easier?"),
    "next-step": N_("What is one small step until next time?"),
    "who-else": N_("Who else could help with this, and how could we reach them?"),
    "own-story": N_("Tell me of a time when something did not work out. What did you do then?"),
    "our-talks": N_("What should we do more of in our talks, and what less?"),
}


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A question, or a resource with the address `url`. The texts are by BCP 47 tag, at least one."""

    id: int
    url: str
    texts: Mapping[str, str]

    def text_in(self, language: str) -> str:
        """In this language, or else in the first of the server's in which it is there."""
        return next(self.texts[code] for code in (language, *LANGUAGES) if code in self.texts)


@dataclass(frozen=True, slots=True)
class Card:
    """What a mentor may put on an agenda, in the mentor's language: `url` is empty for a question."""

    name: str
    text: str
    url: str = ""


def cards_of(entries: Sequence[LibraryEntry], hidden: frozenset[str], language: Language) -> tuple[Card, ...]:
    """What the host and the coordinators added comes first."""
    added = tuple(Card(f"entry-{entry.id}", entry.text_in(language.code), entry.url) for entry in entries)
    return added + tuple(Card(name, language.gettext(text)) for name, text in QUESTIONS.items() if name not in hidden)


def check_entry(typed: Mapping[str, str], url: str, place: str) -> tuple[Mapping[str, str], str]:
    """The texts that are not empty, on one line, and the address.

    Raises InvalidInput, whose field is en-7 or url-7 for the place 7.
    """
    texts = {code: " ".join(text.split()) for code, text in typed.items() if code in LANGUAGES and text.strip()}
    for code, text in texts.items():
        if len(text) > TEXT_LIMIT:
            raise InvalidInput(f"{code}-{place}", N_("Please shorten this to %(most)s characters."), most=TEXT_LIMIT)
    if not texts:
        raise InvalidInput(f"en-{place}", N_("Please enter a text in at least one language."))
    url = url.strip()
    if len(url) > URL_LIMIT or (url and not is_web_address(url)):
        raise InvalidInput(f"url-{place}", N_("Please enter a web address, such as https://example.org."))
    return texts, url


def check_room_for_entry(known: int) -> None:
    """Raises InvalidInput about a new entry when there are too many."""
    if known >= MOST_ENTRIES:
        raise InvalidInput("en-new", N_("The library has at most %(most)s entries."), most=MOST_ENTRIES)
