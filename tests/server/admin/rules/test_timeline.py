"""The order of a catch-up's moments."""

from datetime import UTC, datetime, timedelta

from server.admin.rules.timeline import Happening, Moment, in_order

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_oldest_first_and_in_one_moment_choices_before_what_follows_from_them():
    accepted = Moment(NOON, Happening.CHOSE, "Sam", "accepted", 2)
    allowed = Moment(NOON, Happening.CHOSE, "Sam", "allowed_phone", 3)
    emailed, earlier = Moment(NOON, Happening.EMAILED, "Maya"), Moment(NOON - timedelta(hours=1), Happening.LATE)
    assert in_order([emailed, allowed, accepted, earlier]) == (earlier, accepted, allowed, emailed)
