"""Why a person is erased, and how somebody confirms that they mean it."""

from datetime import timedelta
from enum import StrEnum

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.people import email_key

# How long a person's own request waits.
REQUEST_WAITS = timedelta(days=14)


class ErasureReason(StrEnum):
    """One of these stands in the audit log: what somebody typed there could name the person for ever."""

    ASKED = "asked"
    LEFT = "left"
    MISTAKE = "mistake"
    INTRODUCTION = "introduction"


# Those that somebody who erases a person can give.
TO_GIVE = (ErasureReason.ASKED, ErasureReason.LEFT, ErasureReason.MISTAKE)


def check_typed(typed: str, email: str) -> None:
    """Raises InvalidInput unless it is the person's email address."""
    if email_key(typed) != email_key(email):
        raise InvalidInput("typed", N_("This is not the email address of this person. Nothing was erased."))
