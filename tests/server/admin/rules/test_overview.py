"""The weeks of the overview, and the lengths of its bars."""

from datetime import UTC, date, datetime
from itertools import pairwise

from server.admin.rules.overview import WEEKS, Week, last_weeks, share


def test_weeks_go_from_monday_to_sunday_up_to_the_one_that_goes_on():
    weeks = last_weeks(datetime(2026, 11, 29, 12, tzinfo=UTC), "UTC")
    assert (len(weeks), weeks[-1]) == (WEEKS, Week(date(2026, 11, 23), date(2026, 11, 29)))
    assert all((later.first - earlier.last).days == 1 for earlier, later in pairwise(weeks))


def test_the_week_is_that_of_the_zone():
    """Late on a Sunday it is Monday elsewhere."""
    now = datetime(2026, 11, 29, 20, tzinfo=UTC)
    assert last_weeks(now, "Asia/Tokyo")[-1].first == date(2026, 11, 30)


def test_a_bar_is_a_share_of_a_hundred():
    assert (share(1, 3), share(0, 0)) == (33.3, 0.0)
