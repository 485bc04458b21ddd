"""The way into matching. Only the process that makes a run imports it: it needs numpy and scipy."""

from collections.abc import Callable, Collection

from server.matching.rules.model import (
    Applicant,
    Ban,
    Fairness,
    MatchResult,
    MatchSide,
    Pin,
)
from server.matching.rules.pinning import sort_pins
from server.matching.rules.words import WordWeights, read_words
from server.matching.solving.baselines import greedy, highest_sum
from server.matching.solving.costs import change_costs
from server.matching.solving.outcome import Texts, left_out, suggestions
from server.matching.solving.pairs import make_pairs
from server.matching.solving.problem import MatchProblem, figures
from server.matching.solving.progress import Progress
from server.matching.solving.ties import draw_ties
from server.matching.solving.word_points import WordPoints

# At which percent each part of the work is done.
PAIRS, BEST, GREEDY, HIGHEST_SUM, COSTS, ALL = 30, 50, 55, 65, 95, 100


def match(
    applicants: Collection[Applicant],
    pins: Collection[Pin],
    bans: Collection[Ban],
    seed: int,
    progress: Callable[[int], None] = lambda percent: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> MatchResult:
    """The same for the same, in whatever order it comes. `seed` settles ties. `progress` is told the percent that is
    done, each higher than the one before, 100 at last.

    Raises ValueError for two applicants with the same id on one side, and MatchingCancelled once `cancelled()` is true.
    """
    told = Progress(progress, cancelled)
    mentors, mentees = _side(applicants, MatchSide.MENTOR), _side(applicants, MatchSide.MENTEE)
    brought, sought = [read_words(each.words) for each in mentors], [read_words(each.words) for each in mentees]
    texts = Texts(brought, sought, WordWeights(sought))
    words = WordPoints(brought, sought, texts.weights)
    pairs = make_pairs(mentors, mentees, words, lambda done, of: told.within(0, PAIRS, done, of))
    ties = draw_ties(seed, [each.id for each in mentors], [each.id for each in mentees])
    honoured, refused = sort_pins(pins, bans, mentors, mentees)
    problem = MatchProblem(pairs, ties, frozenset(honoured), frozenset(bans))
    best = problem.best(lambda done, of: told.within(PAIRS, BEST, done, of))
    told.reach(BEST)
    scores = problem.scores
    by_greed = figures(scores, problem.solve(lambda scores, places: greedy(scores, places, ties)))
    told.reach(GREEDY)
    by_sum = figures(scores, problem.solve(highest_sum))
    told.reach(HIGHEST_SUM)
    costs = change_costs(problem, best, lambda done, of: told.within(HIGHEST_SUM, COSTS, done, of))
    told.reach(COSTS)
    places = sum(max(0, each.capacity) for each in mentors)
    result = MatchResult(
        seed=seed,
        suggestions=suggestions(problem, best, texts),
        left_out=left_out(problem, best),
        fairness=Fairness(len(mentors), len(mentees), places, figures(scores, best), by_greed, by_sum),
        refused=refused,
        costs=costs,
    )
    told.reach(ALL)
    return result


def _side(applicants: Collection[Applicant], side: MatchSide) -> tuple[Applicant, ...]:
    """In order of their ids. Raises ValueError."""
    people = tuple(sorted((each for each in applicants if each.side is side), key=lambda each: each.id))
    if len({each.id for each in people}) < len(people):
        raise ValueError(f"two of the {side}s have the same id")
    return people
