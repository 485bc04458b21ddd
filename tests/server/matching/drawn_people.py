"""A few people drawn at random, so that much of what can be between them happens often."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from random import Random

from server.matching.rules.common_ground import could_be
from server.matching.rules.model import WEEK_SLOTS, Applicant, Ban, MatchSide, Pin
from server.matching.rules.scores import points
from server.matching.rules.words import WordWeights, read_words

WORDS = (
    "budget",
    "Budgeting",
    "nursing",
    "Gärtnern",
    "Haushalt",
    "الميزانية",
    "ميزانية",
    "interviews",
    "the",
    "und",
    "7",
)
DEPARTMENTS = ("", "", "Sales", "sales", "Care")


@dataclass(frozen=True, slots=True)
class Given:
    """What a matching is given."""

    applicants: tuple[Applicant, ...]
    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()

    def side(self, side: MatchSide) -> dict[int, Applicant]:
        return {each.id: each for each in self.applicants if each.side is side}


def draw(random: Random, most_mentors: int = 4, most_mentees: int = 5, *, ruled: bool = True) -> Given:
    """With `ruled` there may be pins and bans, also of people who are not there."""
    mentors = [_draw_one(random, number, MatchSide.MENTOR) for number in range(_many(random, most_mentors))]
    # Some are on both sides.
    ids = random.sample(range(most_mentors + 2 * most_mentees), _many(random, most_mentees))
    mentees = [_draw_one(random, number, MatchSide.MENTEE) for number in ids]

    def pair() -> tuple[int, int]:
        return random.randrange(most_mentors + 1), random.choice([*ids, 99])

    pins = tuple(Pin(*pair()) for _ in range(random.choice((0, 0, 1, 2)) * ruled))
    bans = tuple(Ban(*pair(), priced=random.random() < 0.5) for _ in range(random.choice((0, 1, 2)) * ruled))
    return Given((*mentors, *mentees), pins, bans)


def _many(random: Random, most: int) -> int:
    return max(random.randint(0, most), random.randint(0, most))


def _draw_one(random: Random, number: int, side: MatchSide) -> Applicant:
    slots: set[int] = set()
    for _ in range(random.randint(1, 2)):
        begins = random.choice((0, 1, 2, WEEK_SLOTS - 1, 9))
        slots.update((begins + more) % WEEK_SLOTS for more in range(random.randint(1, 6)))
    return Applicant(
        id=number,
        side=side,
        languages=frozenset(random.sample(("en", "de", "ar"), random.choice((1, 2, 2, 3, 3)))),
        slots=frozenset(slots),
        media=frozenset(random.choice((("video",), ("video", "phone"), ("phone",), ("phone", "video")))),
        topics=frozenset(random.sample(range(6), random.randint(0, 5))),
        words=" ".join(random.choices(WORDS, k=random.randint(0, 6))),
        capacity=random.choice((0, 1, 1, 2, 3)),
        not_with=frozenset(random.sample(range(12), random.choice((0, 0, 0, 1, 2)))),
        department=random.choice(DEPARTMENTS),
        other_department=random.random() < 0.15,
        wishes=frozenset(random.sample(("a woman", "somebody my age"), random.choice((0, 0, 1, 2)))),
        says=frozenset(random.sample(("a woman", "somebody my age"), random.choice((0, 1, 2)))),
    )


def reference_scores(given: Given) -> dict[tuple[int, int], int]:
    """The score of each pair that could be, by ids of mentor and mentee, one by one by the rules."""
    mentors, mentees = given.side(MatchSide.MENTOR), given.side(MatchSide.MENTEE)
    banned = {(ban.mentor, ban.mentee) for ban in given.bans}
    weights = WordWeights([read_words(each.words) for each in mentees.values()])
    return {
        (mentor.id, mentee.id): sum(
            points(mentor, mentee, weights.points(read_words(mentee.words), read_words(mentor.words))).values()
        )
        for mentor in mentors.values()
        for mentee in mentees.values()
        if mentor.capacity > 0 and could_be(mentor, mentee) and (mentor.id, mentee.id) not in banned
    }


def all_matchings(
    mentees: Collection[int], places: dict[int, int], possible: Collection[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every set of pairs that can be at once."""
    if not mentees:
        yield ()
        return
    first, *others = mentees
    yield from all_matchings(others, places, possible)
    for mentor in [mentor for mentor, mentee in possible if mentee == first and places[mentor] > 0]:
        for rest in all_matchings(others, places | {mentor: places[mentor] - 1}, possible):
            yield ((mentor, first), *rest)
