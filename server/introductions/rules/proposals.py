"""What a mentor writes to propose an introduction, and how often they may."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.introductions.rules.introductions import IntroductionState, Part
from server.people.rules.people import check_email, check_name, email_key

# The purpose of the key with which addresses are hashed that do not want to be asked.
BLOCKS = "addresses to which no introduction goes"
WORDS_LIMIT = 1000
MONTH = timedelta(days=30)
# Of one mentor: how many wait at the same time, and how many there are in a month.
MOST_WAITING = 3
MOST_IN_A_MONTH = 6
# How often one person is asked in a month, by all mentors together. What is more reaches them not at all.
MOST_ASKED = 3
NO_WORDS = N_("Please write a few words.")
TOO_LONG = N_("Please shorten this to at most %(limit)s characters.")


class TooManyIntroductions(DomainError):
    sentence = N_(
        "You have proposed several introductions lately. Please wait until some of them are settled: each one takes "
        "people's attention."
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom a mentor would like to introduce to their mentee, with words for each of the two. It is kept encrypted until
    the introduction is over.

    The third person is the other in one of the mentor's own mentorships, or else has this email address. `third_name`
    is what the mentor calls them, which only the mentor sees, and they themselves.
    """

    for_mentee: str
    for_third: str
    third_name: str = ""
    third_email: str = ""
    third_mentorship: int | None = None


def words_for(part: Part, proposal: Proposal | None) -> str:
    """What the mentor wrote for this one of the two; empty for the mentor, and once it is over."""
    if proposal is None or part is Part.MENTOR:
        return ""
    return proposal.for_mentee if part is Part.MENTEE else proposal.for_third


def check_proposal(proposal: Proposal, own_email: str) -> Proposal:
    """The proposal without extra spaces. Raises InvalidInput for the field that must be corrected.

    An address is compared with the mentor's own only: nothing here tells whether somebody has it.
    """
    name, email = "", ""
    if proposal.third_mentorship is None:
        name = _checked(check_name, proposal.third_name, "third_name")
        email = _checked(check_email, proposal.third_email, "third_email")
        if email_key(email) == email_key(own_email):
            raise InvalidInput("third_email", N_("This is your own email address."))
    for_mentee = _checked_words(proposal.for_mentee, "for_mentee")
    for_third = _checked_words(proposal.for_third, "for_third")
    return Proposal(for_mentee, for_third, name, email, proposal.third_mentorship)


def check_quota(recent: Collection[IntroductionState]) -> None:
    """`recent` are the states of those that the mentor has proposed within a MONTH. Raises TooManyIntroductions."""
    waiting = sum(state is IntroductionState.ASKED for state in recent)
    if waiting >= MOST_WAITING or len(recent) >= MOST_IN_A_MONTH:
        raise TooManyIntroductions


def _checked(check: Callable[[str], str], typed: str, field: str) -> str:
    """Raises InvalidInput about this field of the form."""
    try:
        return check(typed)
    except InvalidInput as problem:
        raise InvalidInput(field, problem.sentence, **problem.values) from problem


def _checked_words(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(field, NO_WORDS)
    if len(text) > WORDS_LIMIT:
        raise InvalidInput(field, TOO_LONG, limit=WORDS_LIMIT)
    return text
