"""Refusals about people and their links."""

from server.errors import DomainError, Forbidden, NotFound, TooManyTries
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


class HomeLinkNeeded(Forbidden):
    """The visit came by a link to one catch-up, and asks for something else."""

    sentence = N_("Your link opens only one catch-up. To see this page, open the link to all your pages.")


class TooManyHomeLinks(TooManyTries):
    sentence = N_("We have sent you several links already. Please look for them in your email, in the spam folder too.")


class OnePersonTwice(DomainError):
    sentence = N_("The mentor and the mentee have the same email address. A mentorship needs two people.")


class UnknownAddress(NotFound):
    sentence = N_("Nobody has this email address.")


class OnlyAdmins(Forbidden):
    """A coordinator would change how somebody who runs the scheme signs in."""

    sentence = N_("This person has an account here. Only an admin can change their address and links.")


class AddressTaken(DomainError):
    sentence = N_("Somebody else has this email address.")
