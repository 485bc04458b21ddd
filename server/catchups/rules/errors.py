"""Refusals about offers, bookings and the choices on them."""

from server.errors import DomainError, Forbidden, Gone, InvalidChoice
from server.i18n.texts import N_


class OfferSent(DomainError):
    """A form that was sent before is sent again, but with something else in it than in the offer that it made."""

    sentence = N_("This offer was sent already, and read otherwise. What you typed now is not sent yet: save it here.")

    def __init__(self, offer_id: int) -> None:
        super().__init__()
        self.offer_id = offer_id


class OfferDecided(DomainError):
    sentence = N_("This offer has been answered already. Nothing was changed; the page shows how it stands now.")


class OfferReworded(DomainError):
    sentence = N_("The offer was changed meanwhile. Please look at it once more, then choose; nothing was changed.")


class OfferOpen(DomainError):
    sentence = N_("A suggestion for this catch-up waits for an answer already. Answer it or take it back first.")


class OfferExpired(Gone):
    sentence = N_("This offer has run out. Ask the other person to offer new times; nothing was changed.")


class NotYoursToDecide(Forbidden):
    sentence = N_("Only the person who was asked can answer this offer.")


class NothingToUndo(DomainError):
    sentence = N_("This cannot be undone any more: something was built on it. Nothing was changed.")


class NothingToWithdraw(DomainError):
    sentence = N_("This does not stand any more, so there is nothing to withdraw. Nothing was changed.")


class WordingChanged(DomainError):
    sentence = N_("The words of this page have changed since you opened it. Please read them, then choose again.")


class MoveNotPutOff(DomainError):
    """The wish to move a booking cannot be put off for weeks: the booking stands until it is answered."""

    sentence = N_(
        "Your catch-up stays as it is until you agree to another time. Keep it, or suggest another time; "
        "nothing was changed."
    )


class TimeNotOffered(InvalidChoice):
    sentence = N_("Please choose one of the times that are offered.")


class MediumNotOffered(InvalidChoice):
    sentence = N_("Please choose video or phone, as offered.")


class TimePassed(InvalidChoice):
    sentence = N_("That time has passed. Please choose a later one, or suggest another time.")


class TimeTaken(DomainError):
    sentence = N_("One of you has agreed to another catch-up at that time. Please choose another time.")


class BookingOver(DomainError):
    sentence = N_("This catch-up is over or was called off. Nothing was changed.")
