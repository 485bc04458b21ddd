"""An introduction: a mentor brings their mentee and a third person together, if both of these want it.

    asked -> agreed -> continued
    asked -> withdrawn | lapsed
    agreed | continued -> ended

Each of the two is asked alone. A no changes no state and is told to nobody: until the time is over, an introduction
that somebody refused, that nobody has answered, and that never reached the third person are the same to the others.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.catchups.rules.consents import standing_people
from server.catchups.rules.ledger import Choice, ChoiceKind
from server.errors import DomainError
from server.i18n.texts import N_

# Not longer than a wish to be erased waits, so that such a wish tells nobody of a no either.
ANSWER_WITHIN = timedelta(days=14)
# How long each sees how to reach the other, and how long still after they said that they go on by themselves.
CONTACT_LASTS = timedelta(days=180)
AFTER_THANKS = timedelta(days=30)

ASKED_EMAIL = "introduction_asked"
AGREED_EMAIL = "introduction_agreed"
THANKS_EMAIL = "introduction_thanks"


class IntroductionState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    CONTINUED = "continued"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ENDED = "ended"


class IntroductionEvent(StrEnum):
    BOTH_AGREE = "both_agree"
    TAKE_BACK = "take_back"
    THANK = "thank"
    WITHDRAW = "withdraw"
    TIME_OVER = "time_over"
    MENTOR_ERASED = "mentor_erased"
    ERASED = "erased"


class By(StrEnum):
    """Who brings it about; `either` is one of the two who are asked."""

    MENTOR = "mentor"
    EITHER = "either"
    CLOCK = "clock"
    SYSTEM = "system"


class Part(StrEnum):
    """What somebody is in an introduction."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    THIRD = "third"


S, E = IntroductionState, IntroductionEvent
TRANSITIONS: Mapping[tuple[IntroductionState, IntroductionEvent], tuple[By, IntroductionState]] = {
    (S.ASKED, E.BOTH_AGREE): (By.EITHER, S.AGREED),
    (S.ASKED, E.TAKE_BACK): (By.MENTOR, S.WITHDRAWN),
    (S.ASKED, E.TIME_OVER): (By.CLOCK, S.LAPSED),
    (S.ASKED, E.MENTOR_ERASED): (By.SYSTEM, S.WITHDRAWN),
    (S.ASKED, E.ERASED): (By.SYSTEM, S.ASKED),
    (S.AGREED, E.THANK): (By.EITHER, S.CONTINUED),
    (S.AGREED, E.WITHDRAW): (By.EITHER, S.ENDED),
    (S.CONTINUED, E.WITHDRAW): (By.EITHER, S.ENDED),
    (S.AGREED, E.TIME_OVER): (By.CLOCK, S.ENDED),
    (S.CONTINUED, E.TIME_OVER): (By.CLOCK, S.ENDED),
    (S.AGREED, E.ERASED): (By.SYSTEM, S.ENDED),
    (S.CONTINUED, E.ERASED): (By.SYSTEM, S.ENDED),
}
IN_CONTACT = frozenset({S.AGREED, S.CONTINUED})
LIVE = IN_CONTACT | {S.ASKED}
LASTS: Mapping[IntroductionState, timedelta] = {
    S.ASKED: ANSWER_WITHIN,
    S.AGREED: CONTACT_LASTS,
    S.CONTINUED: AFTER_THANKS,
}


class IntroductionOver(DomainError):
    sentence = N_("This introduction is over. Nothing was changed; this page shows where it stands.")


class NoCallOfThree(DomainError):
    """The mentor has a form of an offer of a call of three, after an introduction that does not stand any more. Why is
    not said: that is between the two."""

    sentence = N_(
        "A call of three is not possible any more, and nothing was sent. You can send this as an offer for the two of "
        "you. Please check first that your words speak of no third person."
    )


class OfferedWithoutThird(DomainError):
    """The same, noticed only once the offer was made."""

    sentence = N_(
        "Your offer was sent, as one for the two of you: a call of three is not possible any more. "
        "If your words speak of a third person, please change them here."
    )

    def __init__(self, offer_id: int) -> None:
        super().__init__()
        self.offer_id = offer_id


@dataclass(frozen=True, slots=True)
class Introduction:
    """`third_id` is None until the third person is asked, and stays so when they are not. `ask_at` is when they are to
    be asked, None once that is settled. `due_at` is when its time is over, None once it is."""

    id: int
    mentorship_id: int
    mentor_id: int
    mentee_id: int
    third_id: int | None
    state: IntroductionState
    made_at: datetime
    ask_at: datetime | None
    due_at: datetime | None

    def part_of(self, person_id: int) -> Part | None:
        """None for somebody who has no part in it."""
        parts = {self.mentor_id: Part.MENTOR, self.mentee_id: Part.MENTEE, self.third_id: Part.THIRD}
        return parts.get(person_id)

    def other(self, person_id: int) -> int | None:
        """Of the two who are asked, the other than `person_id`; None while there is no third person."""
        return self.third_id if person_id == self.mentee_id else self.mentee_id

    def as_of(self, now: datetime) -> "Introduction":
        """As it stands now: its time may be over before the clock has come to it."""
        if self.due_at is None or now < self.due_at:
            return self
        return replace(self, state=next_state(self.state, E.TIME_OVER), due_at=None, ask_at=None)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an introduction: its state, until when it lasts then, what the ledger says, whether the one who
    answers refuses it (None: as before), and who gets which email."""

    state: IntroductionState
    due_at: datetime | None
    choice: ChoiceKind | None = None
    refused: bool | None = None
    emails: tuple[tuple[int, str], ...] = ()


def next_state(state: IntroductionState, event: IntroductionEvent) -> IntroductionState:
    """Raises IntroductionOver where the event changes nothing."""
    if (state, event) not in TRANSITIONS:
        raise IntroductionOver
    return TRANSITIONS[state, event][1]


def sharing(entries: Iterable[Choice]) -> frozenset[int]:
    """The ids of those whose consent stands after these entries of the ledger, oldest first, about one introduction."""
    return standing_people(entries, {ChoiceKind.AGREED_CONTACT}, {ChoiceKind.ENDED_CONTACT})


def contact_of(introduction: Introduction, reader_id: int, consents: Collection[int], now: datetime) -> int | None:
    """Whose contact data this reader is shown now; None for nobody's. `consents` are the ids of those who `sharing`
    names."""
    here = introduction.as_of(now)
    both = {here.mentee_id, here.third_id}
    if here.state not in IN_CONTACT or reader_id not in both or not both <= set(consents):
        return None
    return here.other(reader_id)


def agree(introduction: Introduction, person_id: int, consents: Collection[int], now: datetime) -> Change:
    """One of the two says yes. Raises IntroductionOver."""
    here = introduction.as_of(now)
    if here.state not in LIVE:
        raise IntroductionOver
    choice = None if person_id in consents else ChoiceKind.AGREED_CONTACT
    if here.state is not S.ASKED or here.other(person_id) not in consents:
        return Change(here.state, here.due_at, choice, refused=False)
    state = next_state(here.state, E.BOTH_AGREE)
    told = (here.mentee_id, here.third_id, here.mentor_id)
    emails = tuple((each, AGREED_EMAIL) for each in told if each is not None)
    return Change(state, now + LASTS[state], choice, refused=False, emails=emails)


def refuse(introduction: Introduction, person_id: int, consents: Collection[int], now: datetime) -> Change:
    """One of the two says no, or takes a yes back. Raises IntroductionOver.

    The ledger holds consents: a no without a yes before it adds nothing, as one that was never given. An entry of its
    own would tell by its number that somebody answered.
    """
    here = introduction.as_of(now)
    if here.state not in LIVE:
        raise IntroductionOver
    choice = ChoiceKind.ENDED_CONTACT if person_id in consents else None
    if here.state is S.ASKED:
        return Change(here.state, here.due_at, choice, refused=True)
    return Change(next_state(here.state, E.WITHDRAW), None, choice)


def thank(introduction: Introduction, now: datetime) -> Change:
    """One of the two says that they go on by themselves. Saying it twice changes nothing. Raises IntroductionOver."""
    here = introduction.as_of(now)
    if here.state is S.CONTINUED:
        return Change(here.state, here.due_at)
    state = next_state(here.state, E.THANK)
    return Change(state, now + LASTS[state], emails=((here.mentor_id, THANKS_EMAIL),))


def take_back(introduction: Introduction, now: datetime) -> Change:
    """The mentor takes the proposal back, before both have answered. Raises IntroductionOver."""
    return Change(next_state(introduction.as_of(now).state, E.TAKE_BACK), None)


def erased(introduction: Introduction, person_id: int, consents: Collection[int]) -> Change:
    """Somebody who has part in it is erased, which takes back their yes. While the two are asked, the erasure of one
    changes nothing that the others see."""
    state = introduction.state
    if introduction.part_of(person_id) is not Part.MENTOR:
        choice = ChoiceKind.ENDED_CONTACT if person_id in consents else None
        following = next_state(state, E.ERASED)
        return Change(following, introduction.due_at if following in LIVE else None, choice)
    if state in IN_CONTACT:
        return Change(state, introduction.due_at)
    return Change(next_state(state, E.MENTOR_ERASED), None)


class IntroductionStatus(StrEnum):
    """Where an introduction stands for one of the three: see `status_for`."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
    AGREED = "agreed"
    CONTINUED = "continued"
    NOT_COME_ABOUT = "not_come_about"
    ENDED = "ended"


def status_for(
    introduction: Introduction, part: Part, now: datetime, *, agreed: bool, refused: bool
) -> IntroductionStatus:
    """`agreed` and `refused` are what this reader themselves has answered: nothing here comes of the other's answer
    until both have said yes. The mentor is not told that what both agreed to has ended."""
    state = introduction.as_of(now).state
    if state in (S.WITHDRAWN, S.LAPSED):
        return IntroductionStatus.NOT_COME_ABOUT
    if state is S.ENDED:
        return IntroductionStatus.AGREED if part is Part.MENTOR else IntroductionStatus.ENDED
    if state is S.ASKED and part is not Part.MENTOR:
        return IntroductionStatus.YES if agreed else IntroductionStatus.NO if refused else IntroductionStatus.ASKED
    return IntroductionStatus(state.value)
