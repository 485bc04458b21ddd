"""Times as people say them, in the reader's zone."""

from datetime import UTC, datetime

import pytest
from jinja2 import Environment, StrictUndefined

from server.web.render import clock, day, moment, zone_name

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def said(filter_name, time, zone):
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    environment.filters.update(day=day, moment=moment)
    return environment.from_string(f"{{{{ time|{filter_name}(zone) }}}}").render(time=time, zone=zone, now=NOW)


@pytest.mark.parametrize(
    ("time", "zone", "expected"),
    [
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "Europe/London", "Tuesday 24 November, 15:00"),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Stockholm", "Wednesday 25 November, 00:30"),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "Asia/Kolkata", "Tuesday 24 November, 20:30"),
        (datetime(2027, 7, 1, 15, tzinfo=UTC), "Europe/London", "Thursday 1 July 2027, 16:00"),
    ],
)
def test_a_moment_in_each_zone(time, zone, expected):
    assert said("moment", time, zone) == expected


def test_before_and_after_the_clocks_change():
    assert clock(datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "Europe/London") == "00:59"
    assert clock(datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Europe/London") == "02:00"


def test_zones_by_their_cities():
    assert zone_name("America/New_York") == "New York time"
    assert zone_name("UTC") == "UTC"
