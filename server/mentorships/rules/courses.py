"""The course of a mentorship that has a planned length: from the plan to the last catch-up, and on or to its end.

    unplanned -> running -> closing -> over -> finished
    closing | over -> running
    finished -> running

Two catch-ups before the end both are told. Each may then say, alone, whether they would like to go on. What one says is
told to nobody before both have said it or the end comes: to go on, both must wish it. Once all planned catch-ups took
place, the mentorship ends when both wish that, or some weeks later when one of them does; while neither says that, it
stays as it is. To end earlier needs no plan: see MentorshipEvent.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import DomainError
from server.i18n.texts import N_

# From so many catch-ups before the end on, both are asked whether they would like to go on.
NEAR = 2
# How long one who would like to finish waits for the other's word.
WAITS = timedelta(days=14)
# At the latest: what is agreed or held in the meantime has it looked at as well.
LOOK_AGAIN = timedelta(days=1)

NEARLY_OVER_EMAIL = "nearly_over"
PLANNED_OVER_EMAIL = "planned_over"
PLANNED_END_EMAIL = "planned_end"


class CourseState(StrEnum):
    """`unplanned`: not both have said how long. `over`: what was planned took place, and nothing else was decided."""

    UNPLANNED = "unplanned"
    RUNNING = "running"
    CLOSING = "closing"
    OVER = "over"
    FINISHED = "finished"


class CourseEvent(StrEnum):
    BOTH_SAID = "both_said"
    NEARLY_OVER = "nearly_over"
    LAST_HELD = "last_held"
    LENGTHENED = "lengthened"
    BOTH_GO_ON = "both_go_on"
    FINISH = "finish"


class CourseSide(StrEnum):
    EITHER = "either"
    CLOCK = "clock"


class Wish(StrEnum):
    """What one of the two would like once the planned catch-ups are over."""

    GO_ON = "go_on"
    FINISH = "finish"


S, E, EITHER, CLOCK = CourseState, CourseEvent, CourseSide.EITHER, CourseSide.CLOCK
TRANSITIONS: Mapping[tuple[CourseState, CourseEvent], tuple[CourseSide, CourseState]] = {
    (S.UNPLANNED, E.BOTH_SAID): (EITHER, S.RUNNING),
    (S.RUNNING, E.NEARLY_OVER): (CLOCK, S.CLOSING),
    (S.CLOSING, E.LENGTHENED): (EITHER, S.RUNNING),
    (S.CLOSING, E.BOTH_GO_ON): (EITHER, S.RUNNING),
    (S.CLOSING, E.LAST_HELD): (CLOCK, S.OVER),
    (S.OVER, E.LENGTHENED): (EITHER, S.RUNNING),
    (S.OVER, E.BOTH_GO_ON): (EITHER, S.RUNNING),
    (S.OVER, E.FINISH): (CLOCK, S.FINISHED),
    (S.FINISHED, E.BOTH_SAID): (EITHER, S.RUNNING),
}
# In these a planned length stands.
PLANNED = frozenset({S.RUNNING, S.CLOSING, S.OVER})
# In these each may say whether they would like to go on.
ASKS = frozenset({S.CLOSING, S.OVER})
EMAILS: Mapping[CourseState, str] = {
    S.CLOSING: NEARLY_OVER_EMAIL,
    S.OVER: PLANNED_OVER_EMAIL,
    S.FINISHED: PLANNED_END_EMAIL,
}


class NotNearlyOver(DomainError):
    sentence = N_("This has changed since you opened the page. Nothing was done; the page shows how it is now.")


@dataclass(frozen=True, slots=True)
class Course:
    """Only catch-ups that began after `counted_from` count. `over_at` is since when it is `over`."""

    state: CourseState
    counted_from: datetime
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """`left` is how many of the planned catch-ups are still to come, None while no length stands; `wishes` are those
    of the people who have said theirs."""

    left: int | None
    wishes: Collection[Wish] = ()


@dataclass(frozen=True, slots=True)
class CourseChange:
    """The course as it is now, and the email that tells both, if any. `forgets_wishes`: each begins
    without one. `ends`: the
    mentorship ends with it."""

    course: Course
    email: str | None = None
    forgets_wishes: bool = False
    ends: bool = False


def next_state(state: CourseState, event: CourseEvent) -> CourseState:
    """Raises KeyError where the event cannot happen."""
    return TRANSITIONS[state, event][1]


def event_of(course: Course, facts: CourseFacts, now: datetime) -> CourseEvent | None:
    """What has happened to the course; None for nothing."""
    left, wishes, state = facts.left, list(facts.wishes), course.state
    if left is None:
        return None
    if state in (S.UNPLANNED, S.FINISHED):
        return E.BOTH_SAID
    if state in ASKS and wishes.count(Wish.GO_ON) == 2:
        return E.BOTH_GO_ON
    if (state is S.OVER and left > 0) or (state is S.CLOSING and left > NEAR):
        return E.LENGTHENED
    if state is S.RUNNING and left <= NEAR:
        return E.NEARLY_OVER
    if state is S.CLOSING and left <= 0:
        return E.LAST_HELD
    if state is S.OVER and _finishes(wishes, course.over_at or now, now):
        return E.FINISH
    return None


def advance(course: Course, facts: CourseFacts, now: datetime) -> CourseChange | None:
    """The course after all that has happened, and what follows; None when nothing has.

    Of several changes at once both are told of the last one alone.
    """
    change = None
    while (event := event_of(course, facts, now)) is not None:
        change = _after(course, event, change, now)
        course = change.course
        if event in (E.BOTH_GO_ON, E.BOTH_SAID, E.FINISH):
            # What is counted begins again, or nothing is counted any more.
            break
    return change


def next_look(course: Course, now: datetime) -> datetime | None:
    """When the clock looks at it next, whatever anybody wishes; None while no length stands."""
    if course.state not in PLANNED:
        return None
    ends = course.over_at + WAITS if course.over_at else now
    return min(now + LOOK_AGAIN, ends) if ends > now else now + LOOK_AGAIN


def check_asks(state: CourseState) -> None:
    """Returns while each of the two may say whether they would like to go on. Raises NotNearlyOver."""
    if state not in ASKS:
        raise NotNearlyOver


def _after(course: Course, event: CourseEvent, before: CourseChange | None, now: datetime) -> CourseChange:
    state = next_state(course.state, event)
    counted_from = now if event in (E.BOTH_GO_ON, E.BOTH_SAID) else course.counted_from
    following = Course(state, counted_from, now if state is S.OVER else None)
    forgets = event in (E.BOTH_GO_ON, E.LENGTHENED, E.BOTH_SAID, E.FINISH)
    return CourseChange(
        following,
        EMAILS.get(state),
        forgets or (before is not None and before.forgets_wishes),
        ends=event is E.FINISH,
    )


def _finishes(wishes: list[Wish], over_at: datetime, now: datetime) -> bool:
    """Both wish it, or one does, and the other had time enough to say so."""
    return wishes.count(Wish.FINISH) == 2 or (Wish.FINISH in wishes and now >= over_at + WAITS)
