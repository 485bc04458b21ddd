"""What a break must hold to before it is kept."""

from datetime import date, timedelta

from server.availability.rules import Break
from server.errors import InvalidInput
from server.i18n.texts import N_

MOST_BREAKS = 20
LONGEST_BREAK = timedelta(days=366)


def check_break(new: Break, today: date) -> None:
    """Raises InvalidInput with the field to correct: break-first or break-last."""
    if new.last < new.first:
        raise InvalidInput("break-last", N_("The last day is before the first. Please correct one of the two."))
    if new.last < today:
        raise InvalidInput("break-last", N_("This break is over already. Please enter one that is to come."))
    if new.last - new.first > LONGEST_BREAK or new.first - today > LONGEST_BREAK:
        raise InvalidInput("break-last", N_("A break can be up to a year long, and begin up to a year ahead."))


def check_room_for_break(known: int) -> None:
    """Raises InvalidInput where there are too many already."""
    if known >= MOST_BREAKS:
        raise InvalidInput("break-first", N_("Please remove a break first: you have %(most)s."), most=MOST_BREAKS)
