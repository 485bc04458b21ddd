"""Who is probably the same person: by what they are compared, and what two of them have in common."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256

from server.errors import DomainError
from server.i18n.texts import N_
from server.people.rules.mentorships import MentorshipState
from server.people.rules.names import name_keys
from server.people.rules.people import NOWHERE, email_key
from server.people.rules.phone_numbers import international

# How alike two names are at least, of 1, where they are nearly the same.
NEARLY = 0.75


class KeyKind(StrEnum):
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"


class Sign(StrEnum):
    """What two people have in common."""

    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    SAME_ADDRESS = "same_address"
    SAME_PHONE = "same_phone"


@dataclass(frozen=True, slots=True)
class Traits:
    """By what a person is compared with others. `phone` may be empty."""

    name: str
    email: str
    phone: str
    zone: str


class AlreadyMerged(DomainError):
    sentence = N_("One of these two was merged or erased in the meantime. Nothing was changed.")


class OneIsInCall(DomainError):
    sentence = N_("One of these two is in a call now. Please merge them when it is over; nothing was changed.")


class PairWithOneself(DomainError):
    sentence = N_(
        "These two are a pair: merged, somebody would be their own mentor. If they are one person, their pair was a "
        "mistake, and cannot be merged; nothing was changed."
    )


class IntroducedToOneself(DomainError):
    sentence = N_(
        "These two are in an introduction to each other. They can be merged when it is over; nothing was changed."
    )


class BothHaveAccounts(DomainError):
    sentence = N_("Both have an account that runs the scheme. Remove one of the accounts first; nothing was changed.")


class AccountGoes(DomainError):
    sentence = N_(
        "The one with the account that runs the scheme signs in with their address, so that address must stay. "
        "Choose it, or remove the account first; nothing was changed."
    )


class TwoRoutines(DomainError):
    """Each routine is named by the ledger, and a mentorship has one."""

    sentence = N_(
        "Both have a mentorship with %(name)s, and a routine in each. Two routines cannot become one, so these two "
        "stay apart; nothing was changed."
    )


class TwoMemberships(DomainError):
    """Each place in a scheme is named by the ledger, and a person has one."""

    sentence = N_(
        "Both have signed up for %(name)s. End the membership of the one who would go first, or keep that one; nothing "
        "was changed."
    )


def match_keys(traits: Traits) -> Mapping[KeyKind, str]:
    """Two people with the same key of a kind may be one person. Without an address that is read, there is none."""
    keys = {KeyKind.NAME: _sound(traits.name)}
    if not traits.email.endswith(f"@{NOWHERE}"):
        keys[KeyKind.ADDRESS] = _address(traits.email)
    if number := _digits(traits):
        # A number is written nowhere but where its owner can take it away.
        keys[KeyKind.PHONE] = sha256(number.encode()).hexdigest()
    return keys


def signs_of(one: Traits, other: Traits) -> tuple[Sign, ...]:
    """What they have in common, none when nothing says that they are one person."""
    signs = []
    names = _sorted_words(one.name), _sorted_words(other.name)
    if names[0] == names[1]:
        signs.append(Sign.SAME_NAME)
    elif SequenceMatcher(None, *names, autojunk=False).ratio() >= NEARLY:
        signs.append(Sign.NEAR_NAME)
    if _address(one.email) == _address(other.email):
        signs.append(Sign.SAME_ADDRESS)
    if _digits(one) and _digits(one) == _digits(other):
        signs.append(Sign.SAME_PHONE)
    return tuple(signs)


def state_of_joined(states: tuple[MentorshipState, MentorshipState]) -> MentorshipState:
    """That of one mentorship made of two: it goes on where one of them does."""
    for state in (MentorshipState.ACTIVE, MentorshipState.PAUSED):
        if state in states:
            return state
    return MentorshipState.ENDED


def _sorted_words(name: str) -> str:
    """The words of the name in their order in the alphabet, without case and accents."""
    return " ".join(sorted(name_keys(name)[0].split()))


def _sound(name: str) -> str:
    """What spellings of one name have in common: the consonants of each word, each once in a row.

    A name in another script is compared by all of its letters.
    """
    words = (re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy]", "", word)) or word for word in _sorted_words(name).split())
    return " ".join(sorted(words))


def _address(email: str) -> str:
    """The address without what mailboxes commonly ignore: dots, and what follows a plus."""
    local, _, domain = email_key(email).rpartition("@")
    return f"{local.partition('+')[0].replace('.', '') or local}@{domain}"


def _digits(traits: Traits) -> str:
    shown = unicodedata.normalize("NFKC", international(traits.phone, traits.zone)) if traits.phone else ""
    return "".join(character for character in shown if character.isdecimal())
