"""What makes an end kind: words that are ready for one who leaves, the agenda of the last catch-up, and what each may
leave for the other."""

from collections.abc import Mapping

from server.errors import InvalidInput
from server.i18n.catalog import Language
from server.i18n.texts import N_

FAREWELL_LIMIT = 2000

# One who leaves chooses one, adds their own, or says nothing. The other reads it in their own language.
READY_WORDS: Mapping[str, str] = {
    "thanks": N_("Thank you for your time and for everything that you shared with me. I wish you all the best."),
    "full": N_("My days have become too full to go on. It is not because of you. Thank you for our talks."),
    "reached": N_("I have got from our talks what I was looking for. Thank you, that is also your doing."),
    "other_way": N_("I would like to go on in another way from here. Thank you for the part that we did together."),
}

# What the two may talk about in the last catch-up, by the key of the topic. Each is put on its agenda once: what one of
# them strikes does not come back.
LAST_AGENDA: Mapping[str, str] = {
    "last-changed": N_("What has changed since we began?"),
    "last-thanks": N_("What would we like to thank each other for?"),
    "last-stays": N_("What stays, and what comes next?"),
}


def words_of(ready: str, own: str, reader: Language) -> str:
    """What the other is told by one who leaves: the words that they chose, in the reader's language, then their own."""
    chosen = READY_WORDS.get(ready)
    return "\n\n".join(part for part in (reader.gettext(chosen) if chosen else "", own.strip()) if part)


def last_topics(one: Language, other: Language) -> Mapping[str, str]:
    """The topics of the last catch-up by their keys, in the languages of both, the mentee's first."""
    said = {key: (one.gettext(text), other.gettext(text)) for key, text in LAST_AGENDA.items()}
    return {key: texts[0] if texts[0] == texts[1] else " / ".join(texts) for key, texts in said.items()}


def checked_farewell(words: str) -> str:
    """Raises InvalidInput."""
    words = words.replace("\r\n", "\n").replace("\0", "").strip()
    if len(words) > FAREWELL_LIMIT:
        limit = FAREWELL_LIMIT
        raise InvalidInput("farewell", N_("Please shorten this to at most %(limit)s characters."), limit=limit)
    return words
