"""What a change costs is the difference between two matchings."""

from collections import Counter
from dataclasses import replace
from random import Random

from server.matching.rules.model import MOST_COSTS, Ban, MatchResult, Pin
from server.matching.solving.matching import match
from tests.server.matching.drawn_people import draw


def mentors_of(result: MatchResult) -> dict[int, int]:
    return {each.mentee: each.mentor for each in result.suggestions}


def test_a_cost_is_the_difference_of_two_results() -> None:
    random, seen = Random(40), Counter[str]()
    for _ in range(60):
        given = draw(random, 6, 9)
        # Of two refused pins none takes the other's place.
        result = match(given.applicants, given.pins, given.bans, 3)
        honoured = {each for each in given.pins if each not in {refused.pin for refused in result.refused}}
        priced = {(ban.mentor, ban.mentee) for ban in given.bans if ban.priced}
        assert [cost.change for cost in result.costs] == [*sorted(honoured), *(Ban(*pair) for pair in sorted(priced))]
        for cost in result.costs:
            change = cost.change
            pins = honoured - {change}
            bans = [
                ban
                for ban in given.bans
                if isinstance(change, Pin) or (ban.mentor, ban.mentee) != (change.mentor, change.mentee)
            ]
            other = match(given.applicants, pins, bans, 3)
            assert (cost.with_it, cost.without_it) == (result.fairness.result, other.fairness.result)
            own, others = mentors_of(result), mentors_of(other)
            assert cost.moved == sum(own.get(mentee) != others.get(mentee) for mentee in own | others)
            seen["moved" if cost.moved else "not moved"] += 1
            seen["pin" if isinstance(change, Pin) else "ban"] += 1
    assert min(seen.values()) > 5
    assert len(seen) == 4


def test_only_so_many_are_priced() -> None:
    given = draw(Random(41), 8, 12, ruled=False)
    bans = [Ban(mentor, 100) for mentor in range(2 * MOST_COSTS)]
    costs = match(given.applicants, (), bans, 1).costs
    assert [cost.change for cost in costs] == bans[:MOST_COSTS]
    assert all(cost.with_it == cost.without_it and cost.moved == 0 for cost in costs)
    assert match(given.applicants, (), [replace(ban, priced=False) for ban in bans], 1).costs == ()
