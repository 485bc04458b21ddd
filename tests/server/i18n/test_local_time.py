"""Days and clocks in a zone, also when its clocks change."""

from datetime import UTC, date, datetime, time

from server.i18n.local_time import day_in, next_clock


def test_the_day_is_that_of_the_zone():
    assert day_in("Asia/Tokyo", datetime(2026, 11, 24, 15, tzinfo=UTC)) == date(2026, 11, 25)
    assert day_in("America/New_York", datetime(2026, 11, 24, 4, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_next_time_on_the_clock_is_later():
    eight = time(8)
    assert next_clock(eight, "Europe/Berlin", datetime(2026, 11, 24, 6, 59, tzinfo=UTC)) == datetime(
        2026, 11, 24, 7, tzinfo=UTC
    )
    assert next_clock(eight, "Europe/Berlin", datetime(2026, 11, 24, 7, tzinfo=UTC)) == datetime(
        2026, 11, 25, 7, tzinfo=UTC
    )


def test_it_stays_the_same_on_the_clock_when_the_clocks_change():
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_clock(time(8), "Europe/Berlin", before) == datetime(2026, 3, 29, 6, tzinfo=UTC)
