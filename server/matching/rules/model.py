"""What goes into a matching and what comes out. server/matching/solving makes the one of the other.

Nothing here is a sentence: pages say what these words and numbers mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# A reference week in UTC, in half-hours from Monday 00:00 on. It goes round: after the last comes the first.
WEEK_SLOTS = 7 * 48
HOUR_SLOTS = 2
NEXT_BEST = 3
MOST_WORDS = 3
MOST_COSTS = 10


class MatchSide(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"


class Term(StrEnum):
    """What counts for a pair, each in whole points up to that of TERMS.

    `TOPICS`: topics that the mentee seeks and the mentor brings. `WORDS`: what the mentee seeks in the mentor's words.
    `HOURS`: half-hours of the week at which a common hour can begin. `LANGUAGES`, `MEDIA`: those in common beyond the
    first. `WISHES`: what one of the two asked for and the other says of themselves.
    """

    TOPICS = "topics"
    WORDS = "words"
    HOURS = "hours"
    LANGUAGES = "languages"
    MEDIA = "media"
    WISHES = "wishes"


TERMS: Mapping[Term, int] = {
    Term.TOPICS: 40,
    Term.WORDS: 20,
    Term.HOURS: 20,
    Term.LANGUAGES: 5,
    Term.MEDIA: 5,
    Term.WISHES: 10,
}
# As many topics in common give all points, or all that the mentee seeks where these are fewer; so with words.
ENOUGH_TOPICS = 3
ENOUGH_WORDS = 5
LANGUAGE_POINTS = 3


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person on one side. Who is both mentor and mentee is there twice, with the same id.

    `id` is of the person; any whole number will do, as long as `not_with`, pins and bans use the same. `topics` are ids
    of the scheme's topics: those that a mentor brings, or that a mentee seeks; `words` are said beside these. `slots`
    are the half-hours of the reference week that are wholly free, each from 0 up to and without WEEK_SLOTS. `languages`
    are BCP 47 tags, `media` values of Medium. `capacity` is how many mentees a mentor can still take, maybe 0; a
    mentee's is not read.

    What follows is optional. `not_with` are people with whom this one is never matched; nothing of the result tells of
    it. With `other_department` they are matched with nobody of the same `department` (compared without regard to case);
    nothing tells of that either. `wishes` are keys that this person asked for ('woman') and `says` those that they say
    of themselves: of these only what the other has asked for is ever read.
    """

    id: int
    side: MatchSide
    languages: frozenset[str]
    slots: frozenset[int]
    media: frozenset[str]
    topics: frozenset[int] = frozenset()
    words: str = ""
    capacity: int = 1
    not_with: frozenset[int] = frozenset()
    department: str = ""
    other_department: bool = False
    wishes: frozenset[str] = frozenset()
    says: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """A coordinator wants these two matched. Hard rules stand above it. By ids as of `Applicant`."""

    mentor: int
    mentee: int


@dataclass(frozen=True, slots=True, order=True)
class Ban:
    """These two are never matched: a coordinator forbids it (`priced`: the result says what that costs), or one of them
    has said no before."""

    mentor: int
    mentee: int
    priced: bool = True


class PinRefusal(StrEnum):
    """Why a pin was not honoured. `NOT_POSSIBLE` is said where the rule is not for others to know: it means no more
    than 'these two cannot be matched'. `GONE`: one of the two is not there, or not on that side. `MENTEE_TAKEN`: the
    mentee is pinned to somebody else. `NO_PLACE`: the mentor's places are taken by other pins, or none is left."""

    GONE = "gone"
    BANNED = "banned"
    NO_LANGUAGE = "no_language"
    NO_HOUR = "no_hour"
    NO_MEDIUM = "no_medium"
    NOT_POSSIBLE = "not_possible"
    MENTEE_TAKEN = "mentee_taken"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class RefusedPin:
    pin: Pin
    reason: PinRefusal


@dataclass(frozen=True, slots=True, order=True)
class SharedHour:
    """A stretch of common free time of an hour or more: the slot at which it begins, and its length in slots. One that
    goes over the end of the week ends after WEEK_SLOTS."""

    begins: int
    slots: int


@dataclass(frozen=True, slots=True)
class MatchReasons:
    """What the two have in common, sorted; all of it is so for this pair.

    `languages`, `media` and `times` are never empty. `words` are at most MOST_WORDS words as the mentee wrote them,
    which the mentor's text has too, the rarest first. `mentee_wishes` are those of the mentee that the mentor meets,
    `mentor_wishes` the other way round. Neither exclusions nor departments are here.
    """

    topics: tuple[int, ...]
    words: tuple[str, ...]
    times: tuple[SharedHour, ...]
    languages: tuple[str, ...]
    media: tuple[str, ...]
    mentee_wishes: tuple[str, ...] = ()
    mentor_wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextBest:
    """Another mentor who could be this mentee's, for the coordinator. `free`: they have a place left in this result, so
    that a pin takes a mentor from nobody."""

    mentor: int
    score: int
    free: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair by the ids of `Applicant`. `score` is the sum of `points`, from 0 to 100. `first_choice`: no mentor who
    could be this mentee's has a higher score. `next_best` are at most NEXT_BEST, the best first."""

    mentor: int
    mentee: int
    score: int
    points: Mapping[Term, int]
    reasons: MatchReasons
    pinned: bool
    first_choice: bool
    next_best: tuple[NextBest, ...]


class LeftOutReason(StrEnum):
    """Why somebody has no match: there is nobody on the other side who has a language in common with them; none of
    those who have has a common free hour; none of those a common way of meeting. `NO_PLACE`: a mentor who takes nobody
    more. `NOT_THIS_TIME` is all else: there were not enough places, or a rule stands against it that is not for others
    to know; which of the two is not said."""

    NO_LANGUAGE = "no_language"
    NO_HOUR = "no_hour"
    NO_MEDIUM = "no_medium"
    NO_PLACE = "no_place"
    NOT_THIS_TIME = "not_this_time"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """By the id of `Applicant`."""

    id: int
    side: MatchSide
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class MatchFigures:
    """How a way of matching comes out. `worst` and `total` are of all scores, those of pinned pairs among them; `worst`
    is None without a pair. `first_choices` is how many of the mentees have a mentor than whom none has a higher score
    for them."""

    matched: int
    worst: int | None
    total: int
    first_choices: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """This result, beside the best pair first (`greedy`) and the highest sum (`highest_sum`) with the same pins.
    `places` is how many mentees the mentors can take together."""

    mentors: int
    mentees: int
    places: int
    result: MatchFigures
    greedy: MatchFigures
    highest_sum: MatchFigures


@dataclass(frozen=True, slots=True)
class ChangeCost:
    """What a pin or a ban costs: how the result comes out with it, and how it would without this one alone. `moved`:
    for how many mentees that makes a difference, be it another mentor or one at all."""

    change: Pin | Ban
    with_it: MatchFigures
    without_it: MatchFigures
    moved: int


@dataclass(frozen=True, slots=True)
class MatchResult:
    """`suggestions` are sorted from the lowest score to the highest; `left_out` has first the mentees and then the
    mentors, by id. `costs` has one for each honoured pin and then for each ban that is to be priced, at most MOST_COSTS
    together."""

    seed: int
    suggestions: tuple[Suggestion, ...]
    left_out: tuple[LeftOut, ...]
    fairness: Fairness
    refused: tuple[RefusedPin, ...] = ()
    costs: tuple[ChangeCost, ...] = ()


class MatchingCancelled(Exception):
    """`cancelled` has said so."""
