"""A matching as a whole, of people drawn at random: it is the best there is, its reasons are true, it keeps secrets."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from server.matching.rules.common_ground import kept_apart, visible_bar
from server.matching.rules.model import (
    HOUR_SLOTS,
    MOST_WORDS,
    NEXT_BEST,
    TERMS,
    WEEK_SLOTS,
    Applicant,
    Ban,
    LeftOutReason,
    MatchingCancelled,
    MatchResult,
    MatchSide,
    Pin,
    Suggestion,
)
from server.matching.rules.words import read_words
from server.matching.solving.matching import match
from tests.server.matching.drawn_people import Given, all_matchings, draw, reference_scores

SMALL = 1000


def run(given: Given, seed: int = 1) -> MatchResult:
    return match(given.applicants, given.pins, given.bans, seed)


def test_it_works() -> None:
    week = frozenset({30, 31, 32})
    ana = Applicant(
        1, MatchSide.MENTOR, frozenset({"en", "ar"}), week, frozenset({"video"}), frozenset({7}), "I led a finance team"
    )
    ben = Applicant(
        2,
        MatchSide.MENTEE,
        frozenset({"ar"}),
        week,
        frozenset({"video", "phone"}),
        frozenset({7, 8}),
        "budgets, finance",
    )
    result = match((ana, ben), (), (), 5)
    (suggestion,) = result.suggestions
    assert (suggestion.mentor, suggestion.mentee, suggestion.first_choice, suggestion.pinned) == (1, 2, True, False)
    assert suggestion.reasons.topics == (7,)
    assert suggestion.reasons.words == ("finance",)
    assert [(time.begins, time.slots) for time in suggestion.reasons.times] == [(30, 3)]
    assert suggestion.reasons.languages == ("ar",)
    assert result.seed == 5
    assert result.left_out == ()


def test_nobody_is_nobody() -> None:
    result = match((), (), (), 1)
    assert (result.suggestions, result.left_out, result.fairness.result.worst) == ((), (), None)


def test_it_is_never_worse_than_the_best_of_all_by_its_own_measure() -> None:
    """Every set of pairs that could be at once is tried: most pairs, then the highest lowest score of those that are
    not pinned, then the highest sum."""
    random, matched = Random(16), 0
    for _ in range(SMALL):
        given = draw(random)
        result = run(given, random.randrange(100))
        scores, refused = reference_scores(given), {each.pin for each in result.refused}
        pinned = {(pin.mentor, pin.mentee) for pin in given.pins if pin not in refused}
        free = {pair for pair in scores if pair[1] not in {mentee for _, mentee in pinned}}
        places = Counter({each.id: each.capacity for each in given.side(MatchSide.MENTOR).values()})
        places.subtract(mentor for mentor, _ in pinned)
        mentees = sorted({mentee for _, mentee in free})
        best = max(measure(pairs, scores) for pairs in all_matchings(mentees, dict(places), free))
        own = {(each.mentor, each.mentee) for each in result.suggestions}
        assert pinned <= own
        assert measure(tuple(own - pinned), scores) == best, given
        matched += len(own)
    assert matched > SMALL


def measure(pairs: tuple[tuple[int, int], ...], scores: dict[tuple[int, int], int]) -> tuple[int, int, int]:
    own = [scores[pair] for pair in pairs]
    return len(own), min(own, default=0), sum(own)


def test_the_same_comes_out_of_the_same_in_whatever_order() -> None:
    random = Random(17)
    for seed in range(60):
        given = draw(random, 8, 12)
        shuffled = [random.sample(each, len(each)) for each in (given.applicants, given.pins, given.bans)]
        assert match(*shuffled, seed) == run(given, seed)


def test_the_seed_decides_between_equals() -> None:
    """Each of four mentees alike gets the only mentor with some of the seeds; the same seed says the same again."""
    alike = [
        Applicant(number, side, frozenset({"en"}), frozenset({1, 2}), frozenset({"video"}))
        for number, side in enumerate([MatchSide.MENTOR, *[MatchSide.MENTEE] * 4])
    ]
    chosen = [match(alike, (), (), seed).suggestions[0].mentee for seed in range(40)]
    assert set(chosen) == {1, 2, 3, 4}
    assert chosen == [match(alike, (), (), seed).suggestions[0].mentee for seed in range(40)]


def test_every_suggestion_keeps_the_rules_and_its_reasons_are_true() -> None:
    random, seen = Random(18), 0
    for _ in range(250):
        given = draw(random, 6, 9)
        mentors, mentees = given.side(MatchSide.MENTOR), given.side(MatchSide.MENTEE)
        result = run(given)
        scores = reference_scores(given)
        taken = Counter(each.mentor for each in result.suggestions)
        assert all(count <= mentors[mentor].capacity for mentor, count in taken.items())
        assert len({each.mentee for each in result.suggestions}) == len(result.suggestions)
        for each in result.suggestions:
            mentor, mentee = mentors[each.mentor], mentees[each.mentee]
            assert visible_bar(mentor, mentee) is None
            assert not kept_apart(mentor, mentee)
            assert (mentor.id, mentee.id) not in {(ban.mentor, ban.mentee) for ban in given.bans}
            check_reasons(each, mentor, mentee)
            check_score(each, scores, taken, mentors)
            seen += 1
    assert seen > 500


def check_reasons(suggestion: Suggestion, mentor: Applicant, mentee: Applicant) -> None:
    reasons = suggestion.reasons
    assert all((reasons.languages, reasons.media, reasons.times))
    assert set(reasons.topics) == mentor.topics & mentee.topics
    assert set(reasons.languages) == mentor.languages & mentee.languages
    assert set(reasons.media) == mentor.media & mentee.media
    for time in reasons.times:
        assert time.slots >= HOUR_SLOTS
        for at in range(time.begins, time.begins + time.slots):
            assert at % WEEK_SLOTS in mentor.slots
            assert at % WEEK_SLOTS in mentee.slots
    assert len(reasons.words) <= MOST_WORDS
    for word in reasons.words:
        assert word in mentee.words
        assert read_words(word).counts.keys() <= read_words(mentor.words).counts.keys()
    assert set(reasons.mentee_wishes) <= mentee.wishes & mentor.says
    assert set(reasons.mentor_wishes) <= mentor.wishes & mentee.says


def check_score(
    suggestion: Suggestion, scores: dict[tuple[int, int], int], taken: Counter[int], mentors: dict[int, Applicant]
) -> None:
    assert suggestion.points.keys() == TERMS.keys()
    assert all(0 <= points <= TERMS[term] for term, points in suggestion.points.items())
    assert suggestion.score == sum(suggestion.points.values()) == scores[suggestion.mentor, suggestion.mentee]
    others = {mentor: score for (mentor, mentee), score in scores.items() if mentee == suggestion.mentee}
    del others[suggestion.mentor]
    assert suggestion.first_choice == (suggestion.score >= max(others.values(), default=0))
    ranked = sorted(others.items(), key=lambda other: (-other[1], other[0]))[:NEXT_BEST]
    assert [(each.mentor, each.score) for each in suggestion.next_best] == ranked
    assert all(each.free == (taken[each.mentor] < mentors[each.mentor].capacity) for each in suggestion.next_best)


def test_with_whom_somebody_does_not_want_to_be_shows_nowhere() -> None:
    """It comes out the same whether one of the two said it, or the other, or they were refused to each other before."""
    random, kept = Random(19), 0
    for _ in range(150):
        given = draw(random, 6, 9, ruled=False)
        mentors, mentees = given.side(MatchSide.MENTOR), given.side(MatchSide.MENTEE)
        apart = [
            (one, other)
            for one in mentors
            for other in mentees
            if other in mentors[one].not_with or one in mentees[other].not_with
        ]
        open_ = tuple(replace(each, not_with=frozenset()) for each in given.applicants)
        result = run(given)
        assert result == match(open_, (), [Ban(*pair, priced=False) for pair in apart], 1)
        by_mentees = [
            replace(each, not_with=frozenset(one for one, other in apart if other == each.id))
            if each.side is MatchSide.MENTEE
            else each
            for each in open_
        ]
        assert result == run(Given(tuple(by_mentees)))
        kept += len(apart)
    assert kept > 100


def test_why_somebody_is_left_out_is_true_and_of_what_others_may_know() -> None:
    random, reasons = Random(20), Counter[LeftOutReason]()
    for _ in range(150):
        given = draw(random, 5, 6)
        result = run(given)
        sides = {side: given.side(side) for side in MatchSide}
        everybody = {(each.side, each.id) for each in given.applicants}
        matched = {(MatchSide.MENTOR, each.mentor) for each in result.suggestions}
        matched |= {(MatchSide.MENTEE, each.mentee) for each in result.suggestions}
        assert {(each.side, each.id) for each in result.left_out} == everybody - matched
        assert len(result.left_out) == len(everybody - matched)
        for each in result.left_out:
            mentor_side = each.side is MatchSide.MENTOR
            person, others = sides[each.side][each.id], sides[MatchSide.MENTEE if mentor_side else MatchSide.MENTOR]
            pairs = [
                (person, other) if mentor_side else (other, person)
                for other in others.values()
                if other.id != person.id
            ]
            bars = {visible_bar(*pair) for pair in pairs}
            if mentor_side and person.capacity == 0:
                assert each.reason is LeftOutReason.NO_PLACE
            elif None in bars:
                assert each.reason is LeftOutReason.NOT_THIS_TIME
            else:
                # The last of the rules, in their order, to which somebody came.
                order = [LeftOutReason.NO_LANGUAGE, LeftOutReason.NO_HOUR, LeftOutReason.NO_MEDIUM]
                met = [order.index(LeftOutReason(bar.value)) for bar in bars if bar is not None]
                assert each.reason is order[max(met, default=0)]
            reasons[each.reason] += 1
    assert reasons.keys() == set(LeftOutReason)


def test_a_mentor_with_enough_places_takes_several_and_never_more() -> None:
    people = [
        Applicant(number, side, frozenset({"en"}), frozenset({1, 2}), frozenset({"video"}), capacity=3)
        for number, side in enumerate([MatchSide.MENTOR, *[MatchSide.MENTEE] * 5])
    ]
    result = match(people, (), (), 1)
    assert [each.mentor for each in result.suggestions] == [0, 0, 0]
    assert [each.reason for each in result.left_out] == [LeftOutReason.NOT_THIS_TIME] * 2


def test_figures_stand_beside_those_of_simpler_ways() -> None:
    """None matches more; none that matches as many has a better worst pair; none has more than the highest sum."""
    random, better = Random(21), Counter[str]()
    for _ in range(200):
        fairness = run(draw(random, 6, 9, ruled=False)).fairness
        own, greedy, highest = fairness.result, fairness.greedy, fairness.highest_sum
        for other in (greedy, highest):
            assert own.matched >= other.matched
            assert own.matched > other.matched or (own.worst or 0) >= (other.worst or 0)
            assert highest.total >= own.total
        better["more than greedy"] += own.matched > greedy.matched
        better["worst above the highest sum's"] += own.matched == highest.matched and (own.worst or 0) > (
            highest.worst or 0
        )
    assert min(better.values()) > 2, better


def test_progress_only_grows_and_ends_at_a_hundred() -> None:
    given = draw(Random(22), 40, 60)
    told: list[int] = []
    match(given.applicants, given.pins, given.bans, 1, told.append)
    assert told == sorted(set(told))
    assert told[-1] == 100


@pytest.mark.parametrize("after", [0, 1, 3, 8])
def test_it_can_be_cancelled_at_every_step(after: int) -> None:
    given = draw(Random(22), 40, 60)
    asked = iter(range(1000))
    with pytest.raises(MatchingCancelled):
        match(given.applicants, (Pin(0, 1),), (Ban(1, 1),), 1, cancelled=lambda: next(asked) >= after)


def test_two_with_the_same_id_on_one_side_are_refused() -> None:
    one = Applicant(1, MatchSide.MENTOR, frozenset({"en"}), frozenset({1, 2}), frozenset({"video"}))
    with pytest.raises(ValueError, match="the same id"):
        match((one, one), (), (), 1)


def test_the_server_does_not_load_what_only_matching_needs() -> None:
    code = (
        "import sys, server.__main__, server.app, server.page_process;"
        "print([name for name in ('numpy', 'scipy', 'server.matching.solving') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_matching_needs_nothing_of_the_server() -> None:
    code = (
        "import sys, server.matching.solving.matching;"
        "print([name for name in ('aiohttp', 'sqlalchemy', 'server.db', 'server.web') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
