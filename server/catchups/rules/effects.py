"""What follows from a change of an offer or a booking: choices in the ledger, emails, and the event in calendars."""

from dataclasses import dataclass

from server.catchups.rules.invitations import Status
from server.catchups.rules.ledger import NewChoice


@dataclass(frozen=True, slots=True)
class Notice:
    """An email to one of the two. `kind` is its name, such as offer_made.

    A `receipt` is sent only when the recipient has the event in their calendar, and this cancels it: that of an offer,
    which earlier versions sent.
    """

    recipient_id: int
    kind: str
    receipt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """`choices` and `notices` are in the order in which they are saved.

    `calendar` is the status that the catch-up's event gets: CONFIRMED with a booking, CANCELLED wherever it stands, or
    None when it stays as it is.
    """

    choices: tuple[NewChoice, ...] = ()
    notices: tuple[Notice, ...] = ()
    calendar: Status | None = None
