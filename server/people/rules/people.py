"""People and mentorships."""

from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.phone_numbers import check_number

NEEDS_LIMIT = 500

# In a network of its own, an address may end in .local, .test or .invalid. The library reads its own list.
SPECIAL_USE_DOMAIN_NAMES.clear()


@dataclass(frozen=True, slots=True)
class Person:
    """A person known to the server. `zone` is an IANA time zone name, `language` a BCP 47 tag.

    `zone_known`: they or their browser gave it. `discreet`: email subjects and calendars name nobody.
    """

    id: int
    name: str
    email: str
    phone: str
    zone: str
    language: str
    needs: str
    zone_known: bool = False
    discreet: bool = True


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
    phone = check_number(details.phone, details.zone)
    needs = details.needs.strip()
    if len(needs) > NEEDS_LIMIT:
        raise InvalidInput("needs", N_("Please shorten this to %(most)s characters."), most=NEEDS_LIMIT)
    return Details(details.language, details.zone, phone, needs, details.discreet)


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
