"""Refusals about offers, bookings and the choices on them."""

from server.errors import DomainError, Forbidden, Gone, InvalidChoice, TooManyTries
from server.i18n.texts import N_


class OfferSent(DomainError):
    """A form that was sent before is sent again, but with something else in it than in the offer that it made."""

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


class OfferOpen(DomainError):
    sentence = N_(
        "Another suggestion for this catch-up is already waiting for an answer. Answer it or take it back first."
    )


class OfferExpired(Gone):
    sentence = N_("This offer has expired. Ask the other person to offer new times; nothing was changed.")


class NotYoursToDecide(Forbidden):
    sentence = N_("Only the person who was asked can answer this offer.")


class NothingToUndo(DomainError):
    sentence = N_("You can no longer undo this, because things have moved on since. Nothing was changed.")


class NothingToWithdraw(DomainError):
    sentence = N_("This no longer stands, so there is nothing to withdraw. Nothing was changed.")


class WordingChanged(DomainError):
    sentence = N_("The text of this page has changed since you opened it. Please read it, then choose again.")


class MoveNotPutOff(DomainError):
    """The wish to move a booking cannot be put off for weeks: the booking stands until it is answered."""

    sentence = N_(
        "Your catch-up stays as it is until you agree to another time. Keep it, or suggest another time; "
        "nothing was changed."
    )


class TimeNotOffered(InvalidChoice):
    sentence = N_("Please choose one of the offered times.")


class MediumNotOffered(InvalidChoice):
    sentence = N_("Please choose one of the offered ways to meet.")


class TimePassed(InvalidChoice):
    sentence = N_("That time has passed. Please choose a later one, or suggest another time.")


class TimeTaken(DomainError):
    sentence = N_("One of you already has another catch-up at that time. Please choose another time.")


class BookingOver(DomainError):
    sentence = N_("This catch-up is over or was called off. Nothing was changed.")


class TooManyProposals(TooManyTries):
    sentence = N_(
        "You have sent this person many offers or changes within an hour, and each is an email to them. Please wait a "
        "little before the next one; nothing is lost."
    )


class TooManyOpenOffers(DomainError):
    sentence = N_(
        "%(most)s of your offers to this person are waiting for an answer. Wait for an answer, or take one back, "
        "before you make another."
    )


class TooManyUndoings(TooManyTries):
    sentence = N_(
        "You have taken your answer back several times within an hour. Please wait a little before you do it again. "
        "What you agreed to, you can still withdraw from at any time."
    )


class RoutineNotYours(Forbidden):
    sentence = N_("Only the mentor can set the routine. You can suggest another time in your answer to an offer.")


class RoutineOver(DomainError):
    sentence = N_("This routine has ended. Nothing was changed; the page shows where things stand now.")
