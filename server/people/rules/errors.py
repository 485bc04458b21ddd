"""Refusals about people and their links."""

from server.errors import DomainError, NotFound
from server.i18n.texts import N_


class LinkNotFound(NotFound):
    """Unknown, expired and revoked links alike."""

    sentence = N_("This link is not valid, or no longer valid. You can ask for a new one.")


class OnePersonTwice(DomainError):
    sentence = N_("The mentor and the mentee have the same email address. A mentorship needs two people.")


class UnknownAddress(NotFound):
    sentence = N_("Nobody has this email address.")


class AddressTaken(DomainError):
    sentence = N_("Somebody else has this email address.")
