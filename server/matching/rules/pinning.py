"""Which pins are honoured, and why others are not."""

from collections.abc import Collection

from server.matching.rules.common_ground import kept_apart, visible_bar
from server.matching.rules.model import Applicant, Ban, Pin, PinRefusal, RefusedPin


def sort_pins(
    pins: Collection[Pin], bans: Collection[Ban], mentors: Collection[Applicant], mentees: Collection[Applicant]
) -> tuple[tuple[Pin, ...], tuple[RefusedPin, ...]]:
    """Those that are honoured, and the others. Where two are in each other's way, the one with the lower ids stays."""
    of_mentors, of_mentees = {each.id: each for each in mentors}, {each.id: each for each in mentees}
    banned = {(each.mentor, each.mentee) for each in bans}
    left = {each.id: each.capacity for each in mentors}
    taken: set[int] = set()
    honoured, refused = [], []
    for pin in sorted(set(pins)):
        bar = _bar(of_mentors.get(pin.mentor), of_mentees.get(pin.mentee), banned)
        if bar is None and pin.mentee in taken:
            bar = PinRefusal.MENTEE_TAKEN
        if bar is None and left[pin.mentor] <= 0:
            bar = PinRefusal.NO_PLACE
        if bar is None:
            honoured.append(pin)
            taken.add(pin.mentee)
            left[pin.mentor] -= 1
        else:
            refused.append(RefusedPin(pin, bar))
    return tuple(honoured), tuple(refused)


def _bar(mentor: Applicant | None, mentee: Applicant | None, banned: Collection[tuple[int, int]]) -> PinRefusal | None:
    if mentor is None or mentee is None:
        return PinRefusal.GONE
    if (mentor.id, mentee.id) in banned:
        return PinRefusal.BANNED
    if bar := visible_bar(mentor, mentee):
        return bar
    return PinRefusal.NOT_POSSIBLE if kept_apart(mentor, mentee) else None
