"""People and who may meet whom."""

import re
from dataclasses import dataclass

from server.errors import BadDraft
from server.i18n.texts import N_

NEEDS_LIMIT = 500
EMAIL_LIMIT = 320
PHONE_DIGITS = range(5, 16)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to the server. `zone` is an IANA time zone name, `language` a BCP 47 tag.

    `zone_known`: they or their browser said it is theirs. `discreet`: subjects and calendars name nobody.
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
    """What has a `mentor` and a `mentee`, who are both told of it."""

    __slots__ = ()
    mentor: Person
    mentee: Person

    def other(self, person_id: int) -> Person:
        """The one who is not `person_id`."""
        return self.mentee if person_id == self.mentor.id else self.mentor


@dataclass(frozen=True, slots=True)
class Mentorship:
    """A mentor and a mentee who have agreed to work together."""

    id: int
    mentor_id: int
    mentee_id: int

    def other(self, person_id: int) -> int:
        """The id of the one who is not `person_id`."""
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
    """The details with spaces as people mean them. Raises BadDraft that names what must be mended."""
    phone = check_phone(details.phone) if details.phone.strip() else ""
    needs = details.needs.strip()
    if len(needs) > NEEDS_LIMIT:
        raise BadDraft("needs", N_("Please shorten this to %(most)s characters."), most=NEEDS_LIMIT)
    return Details(details.language, details.zone, phone, needs, details.discreet)


def check_phone(phone: str) -> str:
    """The number with single spaces, none around it: digits, perhaps a plus before them, and signs between.

    Raises BadDraft for what no telephone can dial.
    """
    phone = " ".join(phone.split())
    digits = sum(sign.isdigit() for sign in phone)
    if not re.fullmatch(r"\+?[0-9 ()./-]+", phone, re.ASCII) or digits not in PHONE_DIGITS:
        raise BadDraft("phone", N_("Please enter a phone number with 5 to 15 digits, such as +44 20 7946 0123."))
    return phone


def check_email(email: str) -> str:
    """The address without spaces around it. Raises BadDraft for what no mail can go to."""
    email = email.strip()
    if len(email) > EMAIL_LIMIT or not re.fullmatch(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+", email):
        raise BadDraft("email", N_("Please enter an email address, such as sam@example.org."))
    return email
