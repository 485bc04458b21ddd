"""People and mentorships."""

import unicodedata
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.mentorships import MentorshipState, Side
from server.people.rules.phone_numbers import check_number

NAME_LIMIT = 200
PREFERRED_NAME_LIMIT = 80
NEEDS_LIMIT = 500
# No email gets there (RFC 2606, 2).
NOWHERE = "fireside.invalid"

# In a network of its own, an address may end in .local, .test or .invalid. The library reads its own list.
SPECIAL_USE_DOMAIN_NAMES.clear()


@dataclass(frozen=True, slots=True)
class Person:
    """A person known to the server, as others may see them. `zone` is an IANA time zone name, `language` a BCP 47 tag.

    `preferred_name` is how they like to be called, empty until they say it. `zone_known`: they, their browser or the
    admin gave it. `language_known`: they gave it, or were asked. `discreet`: email subjects and calendars name nobody.
    How they can be reached is apart, in Contact.
    """

    id: int
    name: str
    zone: str
    language: str
    needs: str
    zone_known: bool = False
    discreet: bool = True
    preferred_name: str = ""
    language_known: bool = False

    @property
    def called(self) -> str:
        """How they are called: the whole name unless they say otherwise, because no part of it is sure to be right."""
        return self.preferred_name or self.name


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be reached. `phone` may be empty."""

    email: str
    phone: str


class BothPeople:
    """Has a `mentor` and a `mentee`."""

    __slots__ = ()
    mentor: Person
    mentee: Person

    def other(self, person_id: int) -> Person:
        """The other person than `person_id`."""
        return self.mentee if person_id == self.mentor.id else self.mentor


@dataclass(frozen=True, slots=True)
class Mentorship:
    """A mentor and a mentee who work together. `rests_by` is who paused or ended it, None while it is active."""

    id: int
    mentor_id: int
    mentee_id: int
    state: MentorshipState = MentorshipState.ACTIVE
    rests_by: Side | None = None

    def other(self, person_id: int) -> int:
        """The id of the other person than `person_id`."""
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id


@dataclass(frozen=True, slots=True)
class Details:
    """What people say about themselves, and may change."""

    language: str
    zone: str
    phone: str
    needs: str
    discreet: bool
    preferred_name: str = ""


def check_details(details: Details) -> Details:
    """The details without extra spaces. Raises InvalidInput for the field that must be corrected."""
    phone = check_number(details.phone, details.zone)
    needs = details.needs.strip()
    if len(needs) > NEEDS_LIMIT:
        raise InvalidInput("needs", N_("Please shorten this to %(most)s characters."), most=NEEDS_LIMIT)
    preferred_name = _one_line(details.preferred_name)
    if len(preferred_name) > PREFERRED_NAME_LIMIT:
        raise InvalidInput(
            "preferred_name", N_("Please shorten this to %(most)s characters."), most=PREFERRED_NAME_LIMIT
        )
    return Details(details.language, details.zone, phone, needs, details.discreet, preferred_name)


def check_name(name: str) -> str:
    """The name on one line, with single spaces. Raises InvalidInput when it is empty or too long."""
    name = _one_line(name)
    if not any(character.isalnum() for character in name):
        raise InvalidInput("name", N_("Please enter a name."))
    if len(name) > NAME_LIMIT:
        raise InvalidInput("name", N_("Please shorten this to %(most)s characters."), most=NAME_LIMIT)
    return name


def email_key(email: str) -> str:
    """What two spellings of one address have in common: letters are compared without case, accents as they look."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).lower())


def nowhere_of(person_id: int) -> str:
    """What stands in place of the address of somebody who has none any more: each one's differs."""
    return f"erased-{person_id}@{NOWHERE}"


def _one_line(text: str) -> str:
    """The text in NFC without line breaks and control characters; joiners, which some scripts need, stay."""
    kept = (c if c.isprintable() or unicodedata.category(c) == "Cf" else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def masked(email: str) -> str:
    """The address as its owner knows it again and others cannot read it: s•••@e•••.org for sam@example.org."""
    local, _, domain = email.rpartition("@")
    name, dot, last = domain.rpartition(".")
    return f"{local[:1]}•••@{(name or last)[:1]}•••{dot}{last if dot else ''}"


def check_email(email: str) -> str:
    """The address without spaces around it. Raises InvalidInput when it is no email address (RFC 5321, RFC 6531).

    Whether anything can be delivered there is not checked: that would need the DNS.
    """
    email = email.strip()
    try:
        validate_email(
            email,
            allow_quoted_local=True,
            allow_domain_literal=True,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as problem:
        raise InvalidInput("email", N_("Please enter an email address, such as sam@example.org.")) from problem
    return email
