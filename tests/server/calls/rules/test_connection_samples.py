"""Samples of a connection as they are kept, by the minute, and which calls they make poor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.calls.rules.connection_samples import (
    PART,
    POOR_SAMPLES,
    ConnectionSample,
    by_minute,
    part_of,
    read_part,
    was_poor,
    write_sample,
)

JOINED = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD = ConnectionSample(JOINED, 0.003, 0.045, 310, 900)
POOR, SILENT = replace(GOOD, loss=0.2), ConnectionSample(JOINED, None, None, 0, 0)


def test_a_sample_is_read_as_it_was_written() -> None:
    at = JOINED + PART + timedelta(seconds=20)
    assert part_of(JOINED, at) == 1
    assert write_sample(replace(GOOD, at=at), JOINED) == "20,3,45,310,900;"
    assert read_part("20,3,45,310,900;", 1, JOINED) == (replace(GOOD, at=at),)


def test_what_was_not_measured_stays_unknown() -> None:
    assert write_sample(SILENT, JOINED) == "0,,,0,0;"
    assert read_part("0,,,0,0;", 0, JOINED) == (SILENT,)


def test_a_browser_that_sends_nothing_has_a_poor_connection() -> None:
    assert [each.grade for each in (GOOD, POOR, SILENT)] == ["good", "poor", "poor"]


def test_a_poor_minute_makes_a_poor_call() -> None:
    assert was_poor([GOOD, *[POOR] * POOR_SAMPLES])
    assert not was_poor([*[GOOD] * 90, *[SILENT] * (POOR_SAMPLES - 1)])


def test_a_minute_has_the_means_and_the_worst_grade() -> None:
    samples = [replace(each, at=JOINED + timedelta(seconds=10 * n)) for n, each in enumerate([GOOD, POOR] * 4)]
    first, second = by_minute(samples)
    assert (first.at, second.at) == (JOINED, JOINED + timedelta(minutes=1))
    assert (first.grade, first.rate_in) == ("poor", 310)
    assert (first.loss, first.round_trip) == (pytest.approx(0.1015), pytest.approx(0.045))
