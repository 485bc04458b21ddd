"""A scheme: what its public page says, when it is open for sign-ups, and how many places are left."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from server.errors import DomainError, InvalidInput
from server.i18n.catalog import LANGUAGES
from server.i18n.local_time import day_in
from server.i18n.texts import N_
from server.i18n.zones import is_zone
from server.schemes.rules.memberships import MembershipRole

SCHEME_NAME_LIMIT = 120
SLUG_LIMIT = 60
TEXT_LIMIT = 2000
MOST_PLACES = 100_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Colour(StrEnum):
    """The accents to choose from; static/css/schemes.css has each for light and for dark pages."""

    EMBER = "ember"
    BERRY = "berry"
    VIOLET = "violet"
    BLUE = "blue"
    TEAL = "teal"
    GREEN = "green"
    OLIVE = "olive"
    SLATE = "slate"


COLOUR_NAMES = {
    Colour.EMBER: N_("Ember"),
    Colour.BERRY: N_("Berry"),
    Colour.VIOLET: N_("Violet"),
    Colour.BLUE: N_("Blue"),
    Colour.TEAL: N_("Teal"),
    Colour.GREEN: N_("Green"),
    Colour.OLIVE: N_("Olive"),
    Colour.SLATE: N_("Slate"),
}


@dataclass(frozen=True, slots=True)
class SchemeText:
    """What those who coordinate a scheme say about it.

    `summary` is what it is, `audience` for whom, `length` how long it takes, `welcome` what people read once they have
    confirmed; `language` is the tag of the language that these are in. It is open for sign-ups from `opens_on` to
    `closes_on`, days in `zone`, if it is `public`. None: no such day, or as many places as people come.
    """

    name: str
    slug: str
    language: str
    zone: str
    summary: str
    audience: str = ""
    length: str = ""
    welcome: str = ""
    colour: Colour = Colour.EMBER
    opens_on: date | None = None
    closes_on: date | None = None
    mentor_places: int | None = None
    mentee_places: int | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """`logo` is the hash of its picture, which its address carries; None without one."""

    id: int
    text: SchemeText
    made_at: datetime
    logo: str | None = None

    @property
    def path(self) -> str:
        return f"/s/{self.text.slug}"

    def places(self, role: MembershipRole) -> int | None:
        return self.text.mentor_places if role is MembershipRole.MENTOR else self.text.mentee_places


class Opening(StrEnum):
    OPEN = "open"
    NOT_YET = "not_yet"
    OVER = "over"


class SlugTaken(InvalidInput):
    def __init__(self) -> None:
        super().__init__("slug", N_("Another scheme has this address. Please choose a different one."))


class SignUpClosed(DomainError):
    sentence = N_("This scheme does not take sign-ups now. Its page says when it does.")


class NoPlaceLeft(DomainError):
    sentence = N_("All places are taken. Put the person on the waiting list, or give the scheme more places.")


@dataclass(frozen=True, slots=True)
class Taken:
    """How many members take part as mentors and as mentees; who is both counts as either."""

    mentors: int
    mentees: int

    def of(self, role: MembershipRole) -> int:
        return self.mentors if role is MembershipRole.MENTOR else self.mentees


def opening(text: SchemeText, now: datetime) -> Opening:
    today = day_in(text.zone, now)
    if text.opens_on is not None and today < text.opens_on:
        return Opening.NOT_YET
    if text.closes_on is not None and today > text.closes_on:
        return Opening.OVER
    return Opening.OPEN


def check_open(text: SchemeText, now: datetime) -> None:
    """Raises SignUpClosed."""
    if not text.public or opening(text, now) is not Opening.OPEN:
        raise SignUpClosed


def places_left(scheme: Scheme, role: MembershipRole, taken: Taken) -> int | None:
    """For mentors or for mentees; None where there are as many as people come. Fewer places than members are none."""
    places = scheme.places(role)
    return None if places is None else max(0, places - taken.of(role))


def has_place(scheme: Scheme, role: MembershipRole, taken: Taken) -> bool:
    """Whether there is a place in each of the roles."""
    return all(places_left(scheme, each, taken) != 0 for each in role.each)


def check_scheme(typed: SchemeText) -> SchemeText:
    """The text without extra spaces. Raises InvalidInput with the field to correct."""
    text = replace(
        typed,
        name=" ".join(typed.name.split()),
        slug=typed.slug.strip().lower(),
        summary=typed.summary.strip(),
        audience=typed.audience.strip(),
        length=typed.length.strip(),
        welcome=typed.welcome.strip(),
    )
    if not any(character.isalnum() for character in text.name):
        raise InvalidInput("name", N_("Please enter a name."))
    if len(text.name) > SCHEME_NAME_LIMIT:
        raise InvalidInput("name", N_("Please shorten this to %(most)s characters."), most=SCHEME_NAME_LIMIT)
    if not SLUG.fullmatch(text.slug) or len(text.slug) > SLUG_LIMIT:
        raise InvalidInput("slug", N_("Please use small letters a to z, digits and single hyphens, such as first-job."))
    for field in ("summary", "audience", "length", "welcome"):
        if len(getattr(text, field)) > TEXT_LIMIT:
            raise InvalidInput(field, N_("Please shorten this to %(most)s characters."), most=TEXT_LIMIT)
    if not text.summary:
        raise InvalidInput("summary", N_("Please say in a few words what the scheme is."))
    if text.language not in LANGUAGES:
        raise InvalidInput("language", N_("Please choose a language."))
    if not is_zone(text.zone):
        raise InvalidInput("zone", N_("Please choose a time zone."))
    if text.opens_on and text.closes_on and text.closes_on < text.opens_on:
        raise InvalidInput("closes_on", N_("The last day is before the first. Please correct one of the two."))
    for field, places in (("mentor_places", text.mentor_places), ("mentee_places", text.mentee_places)):
        if places is not None and not 1 <= places <= MOST_PLACES:
            raise InvalidInput(field, N_("Please enter a number from 1 up, or leave this empty."))
    return text
