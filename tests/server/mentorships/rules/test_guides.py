"""Which guide helps whom, and that it stays away once it was put away."""

from itertools import product

from server.mentorships.rules.guides import RECOMMENDATIONS, TEXTS, Guide, GuideMoment, guide_for


def test_each_has_a_few_sentences():
    assert TEXTS.keys() == set(Guide)
    assert all(1 < len(text.sentences) <= 3 for text in TEXTS.values())
    assert all(said.keys() == {"mentor", "mentee"} for _, said in RECOMMENDATIONS.values())


def test_where_each_helps():
    for role in ("mentor", "mentee"):
        found = {moment: guide_for(role, GuideMoment(*moment), ()) for moment in product((False, True), repeat=3)}
        for (has_met, missed, not_now), guide in found.items():
            expected = "missed" if missed else "not_now" if not_now else None if has_met else "first"
            assert guide == (expected and f"{role}_{expected}")


def test_it_stays_away():
    before = GuideMoment(has_met=False, missed=False, not_now=False)
    assert guide_for("mentor", before, {Guide.MENTOR_FIRST}) is None
    assert guide_for("mentee", before, {Guide.MENTOR_FIRST}) is Guide.MENTEE_FIRST
