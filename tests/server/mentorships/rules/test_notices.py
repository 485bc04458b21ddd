"""When an email tells of a new message."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.mentorships.rules.notices import AGAIN, READING, MessageNotice, Reader, next_notice

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT_ONCE, DAILY = Reader(notice=MessageNotice.AT_ONCE), Reader(notice=MessageNotice.DAILY)


def test_who_wants_none_gets_none() -> None:
    assert next_notice(Reader(notice=MessageNotice.NONE), "UTC", NOW) is None


def test_at_once_leaves_time_to_read_it_on_the_page() -> None:
    assert next_notice(AT_ONCE, "UTC", NOW) == NOW + READING


def test_while_they_stay_unread_the_next_one_comes_not_before_an_hour() -> None:
    told = replace(AT_ONCE, notice_at=NOW)
    assert next_notice(told, "UTC", NOW + AGAIN - timedelta(seconds=1)) is None
    assert next_notice(told, "UTC", NOW + AGAIN) is not None


def test_once_a_day_is_in_the_morning_where_the_reader_is() -> None:
    assert next_notice(DAILY, "Europe/Berlin", NOW) == datetime(2026, 11, 24, 7, tzinfo=UTC)
    early = datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert next_notice(DAILY, "Europe/Berlin", early) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    # Summer time begins in this night.
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert next_notice(DAILY, "Europe/Berlin", before) == datetime(2027, 3, 28, 6, tzinfo=UTC)


def test_one_that_waits_is_enough() -> None:
    waits = replace(DAILY, notice_at=NOW + timedelta(hours=1))
    assert next_notice(waits, "UTC", NOW) is None
    assert next_notice(waits, "UTC", NOW + timedelta(hours=1)) is not None
