"""People and mentorships."""

import re
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from server.errors import InvalidInput
from server.i18n.texts import N_

NEEDS_LIMIT = 500
PHONE_DIGITS = range(5, 16)

# In a network of its own, an address may end in .local, .test or .invalid. The library reads its own list.
SPECIAL_USE_DOMAIN_NAMES.clear()


@dataclass(frozen=True, slots=True)
class Person:
    """A person known to the server, as others may see them. `zone` is an IANA time zone name, `language` a BCP 47 tag.

    `zone_known`: they or their browser gave it. `discreet`: email subjects and calendars name nobody. How they can be
    reached is apart, in Contact.
    """

    id: int
    name: str
    zone: str
    language: str
    needs: str
    zone_known: bool = False
    discreet: bool = True


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
    """A mentor and a mentee who work together."""

    id: int
    mentor_id: int
    mentee_id: int

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


def check_details(details: Details) -> Details:
    """The details without extra spaces. Raises InvalidInput for the field that must be corrected."""
    phone = check_phone(details.phone) if details.phone.strip() else ""
    needs = details.needs.strip()
    if len(needs) > NEEDS_LIMIT:
        raise InvalidInput("needs", N_("Please shorten this to %(most)s characters."), most=NEEDS_LIMIT)
    return Details(details.language, details.zone, phone, needs, details.discreet)


def check_phone(phone: str) -> str:
    """The number with single spaces, none around it: digits, perhaps after a plus, with punctuation between.

    Raises InvalidInput when no telephone can dial it.
    """
    phone = " ".join(phone.split())
    digits = sum(character.isdigit() for character in phone)
    if not re.fullmatch(r"\+?[0-9 ()./-]+", phone, re.ASCII) or digits not in PHONE_DIGITS:
        raise InvalidInput("phone", N_("Please enter a phone number with 5 to 15 digits, such as +44 20 7946 0123."))
    return phone


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
