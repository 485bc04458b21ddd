"""The topics of a scheme: what mentors bring and mentees seek, with a name in each language that its people read."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES, Language
from server.i18n.texts import N_

NAME_LIMIT = 80
MOST_TOPICS_OF_SCHEME = 100

# What a new scheme begins with; its coordinators change it.
FIRST_TOPICS = (
    N_("Finding a first job"),
    N_("Changing career"),
    N_("Applications and interviews"),
    N_("Starting a business"),
    N_("Leading people"),
    N_("Speaking in front of others"),
    N_("Writing"),
    N_("Money and budgeting"),
    N_("Studying and exams"),
    N_("Science and research"),
    N_("Software and data"),
    N_("Design and the arts"),
    N_("Health and care work"),
    N_("Crafts and trades"),
    N_("Volunteering and community"),
    N_("Learning a language"),
    N_("Settling in a new country"),
    N_("Family and work"),
    N_("Confidence"),
    N_("Working with a disability or illness"),
)


@dataclass(frozen=True, slots=True)
class SchemeTopic:
    """`names` are by BCP 47 tag, at least one."""

    id: int
    names: Mapping[str, str]

    def name_in(self, language: str, otherwise: str) -> str:
        """Its name in a language, or in the scheme's (`otherwise`), or in any that it has."""
        return self.names.get(language) or self.names.get(otherwise) or next(iter(self.names.values()))


def first_topics() -> tuple[Mapping[str, str], ...]:
    """The names of each, by BCP 47 tag."""
    return tuple({code: language.gettext(name) for code, language in LANGUAGES.items()} for name in FIRST_TOPICS)


def check_names(typed: Mapping[str, str], language: Language, topic_id: int | None) -> Mapping[str, str]:
    """The names that are not empty, without extra spaces; one in the scheme's `language` must be among them.

    Raises InvalidInput, whose field is the language's tag and the topic: en-7, or en-new.
    """
    place = "new" if topic_id is None else topic_id
    names = {code: " ".join(name.split()) for code, name in typed.items() if code in LANGUAGES and name.strip()}
    for code, name in names.items():
        if len(name) > NAME_LIMIT:
            raise InvalidInput(f"{code}-{place}", N_("Please shorten this to %(most)s characters."), most=NAME_LIMIT)
    if language.code not in names:
        raise InvalidInput(f"{language.code}-{place}", N_("Please enter a name in the scheme's language."))
    return names


def check_room_for_topic(known: int) -> None:
    """Raises InvalidInput about a new topic when there are too many."""
    if known >= MOST_TOPICS_OF_SCHEME:
        raise InvalidInput("en-new", N_("A scheme has at most %(most)s topics."), most=MOST_TOPICS_OF_SCHEME)
