"""When a mentor may be reminded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.mentorships.rules.nudges import LOOK_AGAIN, QUOTA, SILENCE, Lull, nudge_at

# A Monday, 13:00 in Stockholm.
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = Lull(since=NOW - SILENCE, plans=False, later=None, nudged_at=None)
ZONE = "Europe/Stockholm"


def test_after_weeks_of_silence_it_is_now() -> None:
    assert nudge_at(LONG_AGO, ZONE, NOW) == NOW
    assert nudge_at(replace(LONG_AGO, since=NOW - timedelta(days=1)), ZONE, NOW) == NOW + SILENCE - timedelta(days=1)


def test_who_has_plans_is_not_reminded() -> None:
    assert nudge_at(replace(LONG_AGO, plans=True), ZONE, NOW) == NOW + LOOK_AGAIN


def test_who_asked_for_another_time_is_left_alone_until_then() -> None:
    later = NOW + timedelta(days=10)
    assert nudge_at(replace(LONG_AGO, later=later), ZONE, NOW) == later
    assert nudge_at(replace(LONG_AGO, later=NOW - timedelta(days=1)), ZONE, NOW) == NOW


def test_a_mentor_gets_at_most_one_a_week() -> None:
    assert nudge_at(replace(LONG_AGO, nudged_at=NOW), ZONE, NOW) == NOW + QUOTA


def test_quiet_hours_are_the_mentors_own() -> None:
    morning = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert nudge_at(LONG_AGO, ZONE, datetime(2026, 11, 23, 17, tzinfo=UTC)) == morning
    assert nudge_at(LONG_AGO, ZONE, datetime(2026, 11, 24, 3, tzinfo=UTC)) == morning
    assert nudge_at(LONG_AGO, "America/New_York", NOW) == datetime(2026, 11, 23, 14, tzinfo=UTC)
