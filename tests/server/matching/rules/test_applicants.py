"""What the solver is given, and how its week is told in a reader's zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.availability.rules import WeeklyHours, free_times
from server.matching.rules.applicants import (
    LocalTime,
    MatchCandidate,
    applicants_of,
    digest_of,
    local_times,
    slots_of,
    week_of,
)
from server.matching.rules.model import Ban, MatchSide, Pin, SharedHour
from server.schemes.rules.memberships import MembershipRole
from tests.server.actors import NOW
from tests.server.schemes.a_scheme import MENTEE, MENTOR

# The clocks change in Europe on the Sunday of the first, and there is no change in the second.
WEEKS = (date(2026, 3, 23), date(2026, 11, 30))
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe")
SPANS = st.tuples(st.integers(0, 6), st.integers(0, 47), st.integers(1, 48)).map(
    lambda each: WeeklyHours(each[0], each[1] * 30, min(48, each[1] + each[2]) * 30)
)


@given(hours=SPANS, zone=st.sampled_from(ZONES))
def test_a_slot_is_a_half_hour_in_which_a_call_could_take_place(hours, zone):
    """Held against the free times of the product, in a week in which no clock changes."""
    week = WEEKS[1]
    monday = datetime(week.year, week.month, week.day, tzinfo=UTC)
    slots = slots_of((hours,), zone, week)
    minutes = free_times(
        (hours,), (), (), zone, 30, monday, monday + timedelta(weeks=1), step=timedelta(minutes=15), limit=9_999
    )
    starts = {(at - monday) / timedelta(minutes=30) for at in minutes}
    assert slots == {int(each) for each in starts if each == int(each)}


@given(hours=SPANS, zone=st.sampled_from(ZONES))
def test_slots_lie_within_the_week_when_clocks_change(hours, zone):
    assert all(0 <= each < 336 for each in slots_of((hours,), zone, WEEKS[0]))


def test_hours_are_told_in_the_readers_zone():
    times = (SharedHour(34, 4), SharedHour(0, 2))
    assert local_times(times, WEEKS[1], "Europe/Berlin") == (LocalTime(0, 60, 120), LocalTime(0, 1080, 1200))
    assert local_times(times[1:], WEEKS[1], "America/New_York") == (LocalTime(6, 1140, 1200),)


def test_the_week_is_the_one_after():
    assert week_of(NOW) == date(2026, 11, 30)
    assert week_of(datetime(2026, 11, 29, 23, tzinfo=UTC)) == date(2026, 11, 30)


def candidate(number, said, **more):
    return MatchCandidate(number, said, frozenset(), **({"places": 1, "waits": True} | more))


def test_who_waits_is_an_applicant_once_for_each_side():
    both = replace(MENTEE, role=MembershipRole.BOTH, brings_words="A team.", capacity=1)
    found = applicants_of(
        [
            candidate(1, MENTOR, places=2),
            candidate(2, MENTEE),
            candidate(3, both),
            candidate(4, MENTOR, places=0),
            candidate(5, MENTEE, waits=False),
        ],
        WEEKS[1],
    )
    assert [(each.id, each.side) for each in found] == [
        (1, MatchSide.MENTOR),
        (2, MatchSide.MENTEE),
        (3, MatchSide.MENTOR),
        (3, MatchSide.MENTEE),
    ]
    assert (found[0].capacity, found[0].words, found[1].words) == (2, MENTOR.brings_words, MENTEE.seeks_words)
    assert (found[2].words, found[3].words) == ("A team.", MENTEE.seeks_words)


def test_wishes_in_words_are_not_used():
    said = replace(MENTEE, wishes="A woman, please.")
    [found] = applicants_of([candidate(1, said)], WEEKS[1])
    assert (found.wishes, found.says) == (frozenset(), frozenset())


def test_the_digest_is_the_same_in_any_order_and_changes_with_what_goes_in():
    found = applicants_of([candidate(1, MENTOR), candidate(2, MENTEE), candidate(3, MENTEE)], WEEKS[1])
    pins, bans = [Pin(1, 2)], [Ban(1, 3)]
    digest = digest_of(found, pins, bans)
    assert digest_of(found[::-1], pins, bans) == digest
    others = {
        digest_of(found[:2], pins, bans),
        digest_of(found, [], bans),
        digest_of(found, pins, []),
        digest_of(found, pins, [replace(bans[0], priced=False)]),
        digest_of((replace(found[0], words="x"), *found[1:]), pins, bans),
    }
    assert len(others - {digest}) == 5
