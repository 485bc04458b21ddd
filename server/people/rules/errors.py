"""Refusals about people and their links."""

from server.errors import NotFound, TooManyTries
from server.i18n.texts import N_


class LinkNotFound(NotFound):
    """Unknown, expired and revoked links alike."""

    sentence = N_("This link is not valid, or no longer valid. You can ask for a new one.")


class TooManyWrongLinks(TooManyTries):
    """The same for unknown, expired and revoked links too."""

    sentence = N_(
        "This link is not valid, or no longer valid. Many wrong links were opened from your network, so please wait a "
        "little before you try another. Links that are valid open at any time."
    )
