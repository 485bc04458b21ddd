"""What somebody says when they sign up for a scheme: what they bring and seek, when and how they can meet."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from server.availability.rules import WeeklyHours, check_hours
from server.catchups.rules.drafts import Medium
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.i18n.zones import is_zone
from server.people.rules.names import name_keys, search_range
from server.people.rules.people import NEEDS_LIMIT, email_key
from server.schemes.rules.memberships import MembershipRole

WORDS_LIMIT = 1000
WISHES_LIMIT = 500
DEPARTMENT_LIMIT = 120
EXCLUSION_LIMIT = 320
MOST_EXCLUSIONS = 20
MOST_TOPICS = 12
MOST_LANGUAGES = 12
MOST_SPANS = 50
CAPACITY = range(1, 11)
# BCP 47 tags of languages that people can say they speak; others fit into the words.
# fmt: off
SPOKEN = (
    "am", "ar", "bg", "bn", "bs", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "ha", "he", "hi",
    "hr", "hu", "id", "ig", "it", "ja", "ka", "ko", "ku", "lt", "lv", "mk", "ms", "nl", "no", "pa", "pl", "ps",
    "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "th", "ti", "tr", "uk", "ur", "vi", "yo",
    "zh", "zu",
)
# fmt: on


class TopicUse(StrEnum):
    """Whether a person brings a topic, as a mentor, or seeks it, as a mentee."""

    BRINGS = "brings"
    SEEKS = "seeks"


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person said, whole: an edit replaces it.

    `brings` and `seeks` are ids of the scheme's topics, each with words beside them. `hours` are local times in `zone`.
    `capacity` is how many mentees a mentor would like at the same time. `not_with` are names or email addresses of
    people with whom they do not want to be matched: nobody is shown them. With `other_department` they want nobody of
    the same `department`. `wishes` are words of their own, such as whom they would prefer.
    """

    role: MembershipRole
    zone: str
    hours: tuple[WeeklyHours, ...] = ()
    brings: frozenset[int] = frozenset()
    brings_words: str = ""
    seeks: frozenset[int] = frozenset()
    seeks_words: str = ""
    languages: tuple[str, ...] = ()
    media: frozenset[Medium] = frozenset({Medium.VIDEO})
    needs: str = ""
    capacity: int = 1
    not_with: tuple[str, ...] = ()
    department: str = ""
    other_department: bool = False
    wishes: str = ""


def check_sign_up(typed: SignUp, topics: Collection[int]) -> SignUp:
    """The sign-up without extra spaces, and without what is not for its role. `topics` are the scheme's.

    Raises InvalidInput with the field to correct.
    """
    role = typed.role
    said = replace(
        typed,
        brings=typed.brings & frozenset(topics) if role.mentors else frozenset(),
        brings_words=_text(typed.brings_words, "brings_words", WORDS_LIMIT) if role.mentors else "",
        seeks=typed.seeks & frozenset(topics) if role.is_mentored else frozenset(),
        seeks_words=_text(typed.seeks_words, "seeks_words", WORDS_LIMIT) if role.is_mentored else "",
        languages=tuple(code for code in SPOKEN if code in typed.languages),
        needs=_text(typed.needs, "needs", NEEDS_LIMIT),
        capacity=typed.capacity if role.mentors else 1,
        not_with=_lines(typed.not_with),
        department=_text(" ".join(typed.department.split()), "department", DEPARTMENT_LIMIT),
        wishes=_text(typed.wishes, "wishes", WISHES_LIMIT),
        hours=tuple(sorted(typed.hours, key=lambda each: (each.weekday, each.begins))),
    )
    _check_topics(said)
    _check_meeting(said)
    if said.other_department and not said.department:
        raise InvalidInput("department", N_("Please say which department is yours."))
    return said


def _check_topics(said: SignUp) -> None:
    for field, ids, words, needed in (
        ("brings", said.brings, said.brings_words, said.role.mentors),
        ("seeks", said.seeks, said.seeks_words, said.role.is_mentored),
    ):
        if needed and not ids and not words:
            raise InvalidInput(field, N_("Please choose a topic or write a few words."))
        if len(ids) > MOST_TOPICS:
            raise InvalidInput(field, N_("Please choose at most %(most)s."), most=MOST_TOPICS)


def _check_meeting(said: SignUp) -> None:
    if not said.languages:
        raise InvalidInput("languages", N_("Please choose a language in which you can talk."))
    if len(said.languages) > MOST_LANGUAGES:
        raise InvalidInput("languages", N_("Please choose at most %(most)s."), most=MOST_LANGUAGES)
    if not said.media:
        raise InvalidInput("media", N_("Please choose video, phone or both."))
    if not is_zone(said.zone):
        raise InvalidInput("zone", N_("Please choose your time zone."))
    if not said.hours:
        raise InvalidInput("hours", N_("Please enter at least one time of the week."))
    if len(said.hours) > MOST_SPANS:
        raise InvalidInput("hours", N_("Please enter at most %(most)s times."), most=MOST_SPANS)
    check_hours(said.hours, ())
    if said.capacity not in CAPACITY:
        raise InvalidInput("capacity", N_("Please choose a number from 1 to %(most)s."), most=CAPACITY[-1])


def _lines(typed: Iterable[str]) -> tuple[str, ...]:
    """Without empty and repeated ones. Raises InvalidInput about not_with."""
    lines = tuple(dict.fromkeys(" ".join(line.split()) for line in typed if line.strip()))
    if len(lines) > MOST_EXCLUSIONS:
        raise InvalidInput("not_with", N_("Please enter at most %(most)s people."), most=MOST_EXCLUSIONS)
    for line in lines:
        _text(line, "not_with", EXCLUSION_LIMIT)
    return lines


def _text(typed: str, field: str, limit: int) -> str:
    text = typed.strip()
    if len(text) > limit:
        raise InvalidInput(field, N_("Please shorten this to %(most)s characters."), most=limit)
    return text


@dataclass(frozen=True, slots=True)
class KnownAs:
    """By what a member is recognised in what others entered: the email address, compared by its key, and the name."""

    person_id: int
    name: str
    email_key: str


class KnownMembers:
    """The members of a scheme, ready to be found by what others entered."""

    def __init__(self, members: Iterable[KnownAs]) -> None:
        members = tuple(members)
        self._by_address: dict[str, set[int]] = defaultdict(set)
        for each in members:
            self._by_address[each.email_key].add(each.person_id)
        named = sorted((key, each.person_id) for each in members for key in name_keys(each.name))
        self._keys = [key for key, _ in named]
        self._people = [person_id for _, person_id in named]

    def named_in(self, lines: Iterable[str]) -> frozenset[int]:
        """The ids of those whom these lines name: by the whole address, or by a name that begins so from one of its
        words on. Rather one too many than one too few."""
        found: set[int] = set()
        for line in lines:
            if "@" in line:
                found |= self._by_address.get(email_key(line), set())
            elif span := search_range(line):
                found.update(self._people[bisect_left(self._keys, span[0]) : bisect_left(self._keys, span[1])])
        return frozenset(found)
