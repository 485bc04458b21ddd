from dataclasses import replace

from server.matching.rules.model import Applicant, Ban, MatchSide, Pin, PinRefusal, RefusedPin
from server.matching.rules.pinning import sort_pins
from server.matching.solving.matching import match

WEEK, VIDEO = frozenset({1, 2}), frozenset({"video"})
MENTOR = Applicant(1, MatchSide.MENTOR, frozenset({"en"}), WEEK, VIDEO)
MENTEE = Applicant(2, MatchSide.MENTEE, frozenset({"en"}), WEEK, VIDEO)


def refused(mentee: Applicant, mentor: Applicant = MENTOR, bans: tuple[Ban, ...] = ()) -> PinRefusal | None:
    honoured, others = sort_pins([Pin(1, mentee.id)], bans, [mentor], [mentee])
    assert len(honoured) + len(others) == 1
    return others[0].reason if others else None


def test_a_pin_that_can_be_is_honoured() -> None:
    assert refused(MENTEE) is None


def test_each_rule_stands_above_a_pin() -> None:
    assert refused(MENTEE, bans=(Ban(1, 2),)) is PinRefusal.BANNED
    assert refused(replace(MENTEE, languages=frozenset({"de"}))) is PinRefusal.NO_LANGUAGE
    assert refused(replace(MENTEE, slots=frozenset({2, 3}))) is PinRefusal.NO_HOUR
    assert refused(replace(MENTEE, media=frozenset({"phone"}))) is PinRefusal.NO_MEDIUM
    assert refused(MENTEE, replace(MENTOR, capacity=0)) is PinRefusal.NO_PLACE
    assert sort_pins([Pin(9, 2)], [], [MENTOR], [MENTEE])[1] == (RefusedPin(Pin(9, 2), PinRefusal.GONE),)
    assert sort_pins([Pin(2, 1)], [], [MENTOR], [MENTEE])[1] == (RefusedPin(Pin(2, 1), PinRefusal.GONE),)


def test_what_is_not_for_others_to_know_is_not_said() -> None:
    """Not with whom, not the same department, not with oneself: all the same words."""
    here = replace(MENTOR, department="Sales")
    said = {
        refused(replace(MENTEE, not_with=frozenset({1}))),
        refused(MENTEE, replace(MENTOR, not_with=frozenset({2}))),
        refused(replace(MENTEE, department="Sales", other_department=True), here),
        refused(replace(MENTEE, id=1)),
    }
    assert said == {PinRefusal.NOT_POSSIBLE}


def test_two_pins_in_each_others_way() -> None:
    other = replace(MENTOR, id=3)
    another = replace(MENTEE, id=4)
    pins = [Pin(3, 2), Pin(1, 4), Pin(1, 2)]
    honoured, others = sort_pins(pins, [], [MENTOR, other], [MENTEE, another])
    assert honoured == (Pin(1, 2),)
    assert others == (RefusedPin(Pin(1, 4), PinRefusal.NO_PLACE), RefusedPin(Pin(3, 2), PinRefusal.MENTEE_TAKEN))


def test_a_pin_is_kept_though_it_is_the_worst_pair_and_the_rest_is_best_beside_it() -> None:
    """Without the pin both mentees would have what they seek."""
    mentors = [replace(MENTOR, topics=frozenset({7})), replace(MENTOR, id=3, topics=frozenset({8}))]
    mentees = [replace(MENTEE, topics=frozenset({7})), replace(MENTEE, id=4, topics=frozenset({8}))]
    result = match([*mentors, *mentees], [Pin(3, 2)], (), 1)
    assert [(each.mentor, each.mentee, each.pinned) for each in result.suggestions] == [(1, 4, False), (3, 2, True)]
    (cost,) = result.costs
    assert (cost.change, cost.moved) == (Pin(3, 2), 2)
    assert (cost.with_it.total, cost.without_it.total) == (2, 82)
    assert (cost.with_it.first_choices, cost.without_it.first_choices) == (0, 2)
