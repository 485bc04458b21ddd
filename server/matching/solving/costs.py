"""What each pin and each ban costs: the matching is made again without it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from server.matching.rules.model import MOST_COSTS, Ban, ChangeCost, Pin
from server.matching.solving.optimum import MentorOf
from server.matching.solving.problem import MatchProblem, figures


def change_costs(problem: MatchProblem, best: MentorOf, step: Callable[[int, int], None]) -> tuple[ChangeCost, ...]:
    """Of the pins and then the bans that are to be priced, in order of their ids, at most MOST_COSTS.

    `best` is the matching with all of them, `step` is told how many of how many are done.
    """
    priced = {Ban(ban.mentor, ban.mentee) for ban in problem.bans if ban.priced}
    changes: list[Pin | Ban] = [*sorted(problem.pins), *sorted(priced)]
    costs = []
    for done, change in enumerate(changes[:MOST_COSTS]):

        def within(*_: int, done: int = done) -> None:
            step(done, min(MOST_COSTS, len(changes)))

        without = _without(problem, change)
        other = without.best(within)
        with_it, without_it = figures(problem.scores, best), figures(without.scores, other)
        costs.append(ChangeCost(change, with_it, without_it, int(np.count_nonzero(best != other))))
    return tuple(costs)


def _without(problem: MatchProblem, change: Pin | Ban) -> MatchProblem:
    if isinstance(change, Pin):
        return replace(problem, pins=problem.pins - {change})
    pair = (change.mentor, change.mentee)
    return replace(problem, bans=frozenset(ban for ban in problem.bans if (ban.mentor, ban.mentee) != pair))
