"""What two people have in common, and which hard rule keeps them apart."""

from server.matching.rules.model import (
    HOUR_SLOTS,
    WEEK_SLOTS,
    Applicant,
    LeftOutReason,
    MatchReasons,
    PinRefusal,
    SharedHour,
)
from server.matching.rules.words import WordText, WordWeights


def hour_begins(slots: frozenset[int]) -> frozenset[int]:
    """The slots at which an hour begins that is wholly within these; the week goes round."""
    return frozenset(at for at in slots if all((at + more) % WEEK_SLOTS in slots for more in range(HOUR_SLOTS)))


def free_times(slots: frozenset[int]) -> tuple[SharedHour, ...]:
    """The stretches of an hour or more, in order of their beginning. A week that is free throughout is one stretch."""
    if len(slots) == WEEK_SLOTS:
        return (SharedHour(0, WEEK_SLOTS),)
    times = []
    for begin in sorted(at for at in slots if (at - 1) % WEEK_SLOTS not in slots):
        length = next(length for length in range(1, WEEK_SLOTS) if (begin + length) % WEEK_SLOTS not in slots)
        if length >= HOUR_SLOTS:
            times.append(SharedHour(begin, length))
    return tuple(times)


def visible_bar(mentor: Applicant, mentee: Applicant) -> PinRefusal | None:
    """The first rule that keeps these two apart and that others may know; None if there is none."""
    if not mentor.languages & mentee.languages:
        return PinRefusal.NO_LANGUAGE
    if not hour_begins(mentor.slots & mentee.slots):
        return PinRefusal.NO_HOUR
    if not mentor.media & mentee.media:
        return PinRefusal.NO_MEDIUM
    return None


def kept_apart(mentor: Applicant, mentee: Applicant) -> bool:
    """Whether a rule stands between these two that is not for others to know, or they are the same person."""
    if mentor.id == mentee.id or mentor.id in mentee.not_with or mentee.id in mentor.not_with:
        return True
    same = bool(mentor.department) and mentor.department.casefold() == mentee.department.casefold()
    return same and (mentor.other_department or mentee.other_department)


def could_be(mentor: Applicant, mentee: Applicant) -> bool:
    """Whether no hard rule keeps these two apart."""
    return visible_bar(mentor, mentee) is None and not kept_apart(mentor, mentee)


def reasons_for(
    mentor: Applicant, mentee: Applicant, brought: WordText, sought: WordText, weights: WordWeights
) -> MatchReasons:
    """`brought` and `sought` are the words of the two."""
    return MatchReasons(
        topics=tuple(sorted(mentor.topics & mentee.topics)),
        words=weights.shared(sought, brought),
        times=free_times(mentor.slots & mentee.slots),
        languages=tuple(sorted(mentor.languages & mentee.languages)),
        media=tuple(sorted(mentor.media & mentee.media)),
        mentee_wishes=tuple(sorted(mentee.wishes & mentor.says)),
        mentor_wishes=tuple(sorted(mentor.wishes & mentee.says)),
    )


# By how many of the rules of `visible_bar` somebody meets, in their order, with one of the other side at least.
REACH_REASONS = (LeftOutReason.NO_LANGUAGE, LeftOutReason.NO_HOUR, LeftOutReason.NO_MEDIUM, LeftOutReason.NOT_THIS_TIME)


def reach_reason(reach: int) -> LeftOutReason:
    """Why somebody has no match who has come so far. What keeps people apart in secret is not looked at."""
    return REACH_REASONS[reach]
