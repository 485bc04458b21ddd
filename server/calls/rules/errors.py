"""Refusals about a call, the phone instead of it, and the report after it."""

from datetime import datetime

from server.errors import DomainError, Forbidden
from server.i18n.texts import N_


class CallClosed(Forbidden):
    sentence = N_("This call is not open.")


class TooEarly(CallClosed):
    """The call opens later, at `opens_at` (aware UTC)."""

    sentence = N_("The call is not open yet. Please come back a little before it starts.")

    def __init__(self, opens_at: datetime) -> None:
        super().__init__()
        self.opens_at = opens_at


class ConsentMissing(CallClosed):
    sentence = N_("The call opens only when both of you have agreed to meet and neither has withdrawn.")


class CallOver(CallClosed):
    sentence = N_("This call is over.")


class CallEnded(CallClosed):
    sentence = N_("Your scheme has ended this call. You can agree on another catch-up.")


class CallCancelled(CallClosed):
    sentence = N_("This catch-up was called off, so there is no call to join.")


class NotByVideo(CallClosed):
    sentence = N_("This catch-up was agreed by phone, so there is no video call to join.")


class NumberNotLent(Forbidden):
    sentence = N_("The number is not shown now. The page of the catch-up says when it will be.")


class NoMoreTime(DomainError):
    """Another catch-up of one of the two begins too soon, or they have had all that can be agreed to."""

    sentence = N_("There is no more time that you could agree to. Nobody cuts you off: finish in peace.")


class TooEarlyToTell(DomainError):
    sentence = N_("You can say how it was when the catch-up is over.")
