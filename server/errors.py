"""Every refusal has one name and one sentence for people; the web edge turns it into a page or a message."""

from datetime import datetime

from server.i18n.texts import N_, Text


class DomainError(Exception):
    """A refusal by a rule. `status` is the HTTP status that fits.

    `sentence` says what is wrong and how to go on; `values` are those of its %(placeholders)s.
    """

    status = 409
    sentence = N_("That is no longer possible.")

    def __init__(self, sentence: str | None = None, **values: object) -> None:
        self.sentence = sentence or type(self).sentence
        self.values = values
        super().__init__(str(Text(self.sentence, values)))


class NotFound(DomainError):
    """Not there, or not this person's: nobody is told which."""

    status = 404
    sentence = N_("We could not find that. Please open your link again.")


class LinkNotFound(NotFound):
    """Unknown, expired and revoked links alike."""

    sentence = N_("This link is not valid, or no longer valid. You can ask for a new one.")


class TooManyTries(DomainError):
    """Too often from the same place. The next try counts at `again_at` (aware UTC)."""

    status = 429
    sentence = N_("There were too many tries from your network. Please wait a little; nothing is lost.")

    def __init__(self, again_at: datetime) -> None:
        super().__init__()
        self.again_at = again_at


class BadDraft(DomainError):
    """A form that must be mended. `field` names the field that the sentence is about."""

    status = 422

    def __init__(self, field: str, sentence: str, **values: object) -> None:
        super().__init__(sentence, **values)
        self.field = field


class OfferSent(DomainError):
    """A form that was sent before comes again and says something else than the offer that it made then."""

    sentence = N_(
        "You have already sent this offer, with other details. Your new changes are not sent yet: save them here."
    )

    def __init__(self, offer_id: int) -> None:
        super().__init__()
        self.offer_id = offer_id


class OfferDecided(DomainError):
    sentence = N_("This offer has already been answered. Nothing was changed; the page shows where things stand now.")


class OfferReworded(DomainError):
    sentence = N_(
        "The offer has changed since you opened this page, so your answer was not sent. Please read it again, then "
        "choose."
    )


class NothingToUndo(DomainError):
    sentence = N_("You can no longer undo this, because things have moved on since. Nothing was changed.")


class NothingToWithdraw(DomainError):
    sentence = N_("This no longer stands, so there is nothing to withdraw. Nothing was changed.")


class WordingChanged(DomainError):
    sentence = N_("The text of this page has changed since you opened it. Please read it, then choose again.")


class OfferOpen(DomainError):
    sentence = N_(
        "Another suggestion for this catch-up is already waiting for an answer. Answer it or take it back first."
    )


class OfferExpired(DomainError):
    status = 410
    sentence = N_("This offer has expired. Ask the other person to offer new times; nothing was changed.")


class MoveNotPutOff(DomainError):
    """The wish to move a booking cannot be put off for weeks: the booking stands meanwhile."""

    sentence = N_(
        "Your catch-up stays as it is until you agree to another time. Keep it, or suggest another time; "
        "nothing was changed."
    )


class NotYoursToDecide(DomainError):
    status = 403
    sentence = N_("Only the person who was asked can answer this offer.")


class TimeNotOffered(DomainError):
    status = 422
    sentence = N_("Please choose one of the offered times.")


class MediumNotOffered(DomainError):
    status = 422
    sentence = N_("Please choose one of the offered ways to meet.")


class TimePassed(DomainError):
    status = 422
    sentence = N_("That time has passed. Please choose a later one, or suggest another time.")


class TimeTaken(DomainError):
    sentence = N_("One of you already has another catch-up at that time. Please choose another time.")


class BookingOver(DomainError):
    sentence = N_("This catch-up is over or was called off. Nothing was changed.")


class TooEarlyToTell(DomainError):
    sentence = N_("You can say how it was when the catch-up is over.")


class NumberNotLent(DomainError):
    status = 403
    sentence = N_("The number is not shown now. The page of the catch-up says when it will be.")


class CallClosed(DomainError):
    status = 403
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


class CallCancelled(CallClosed):
    sentence = N_("This catch-up was called off, so there is no call to join.")


class NotByVideo(CallClosed):
    sentence = N_("This catch-up was agreed by phone, so there is no video call to join.")
