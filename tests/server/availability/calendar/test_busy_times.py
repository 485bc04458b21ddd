import tracemalloc
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import process_time

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from server.availability.calendar.busy_times import MOST_TIMES, BusyTimesReader
from server.availability.calendar.sanitize import NotACalendar
from server.catchups.calendar.event import Status, invitation
from tests.server.availability.calendar.files import busy_times, entry, file_of, read
from tests.server.catchups.calendar.an_event import AGREED, an_event

SINCE = datetime(2026, 10, 19, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=14)
STOCKHOLM = "Europe/Stockholm"


def busy(*entries: str, zone: str = STOCKHOLM) -> list[str]:
    times = busy_times(file_of(*entries), zone, SINCE, UNTIL)
    return [f"{start:%d %H:%M}-{end:%d %H:%M}" for start, end in times]


def test_busy_times_are_found() -> None:
    assert busy(
        entry("UID:1", "DTSTART:20261020T090000Z", "DTEND:20261020T100000Z"),
        entry("UID:2", "DTSTART;TZID=America/New_York:20261021T090000", "DURATION:PT30M"),
        entry("DTSTART:20261022T090000Z", "DURATION:PT1H"),
        entry("DTSTART:20261023T090000Z", "DTEND:20261023T100000Z", "DURATION:PT5H"),
    ) == ["20 09:00-20 10:00", "21 13:00-21 13:30", "22 09:00-22 10:00", "23 09:00-23 10:00"]


def test_our_own_invitations_are_read() -> None:
    event = an_event(start=datetime(2026, 10, 20, 9, 0, tzinfo=UTC))
    assert busy_times(invitation(event), STOCKHOLM, SINCE, UNTIL) == ((event.start, event.end),)
    cancelled = invitation(an_event(start=event.start, status=Status.CANCELLED))
    assert busy_times(cancelled, STOCKHOLM, SINCE, UNTIL) == ()
    assert busy_times(invitation(AGREED), STOCKHOLM, SINCE, UNTIL) == ()


def test_whole_days_and_bare_times_are_the_persons_own() -> None:
    whole = entry("UID:1", "DTSTART;VALUE=DATE:20261025")
    two = entry("UID:2", "DTSTART;VALUE=DATE:20261028", "DTEND;VALUE=DATE:20261030")
    bare = entry("UID:3", "DTSTART:20261031T090000", "DTEND:20261031T100000")
    unknown = entry("UID:4", "DTSTART;TZID=Customized Time Zone:20261031T110000", "DURATION:PT1H")
    assert busy(whole, two, bare, unknown) == [
        "24 22:00-25 23:00",
        "27 23:00-29 23:00",
        "31 08:00-31 09:00",
        "31 10:00-31 11:00",
    ]
    assert busy(whole, bare, zone="Asia/Kolkata") == ["24 18:30-25 18:30", "31 03:30-31 04:30"]


def test_what_is_free_or_cancelled_or_takes_no_time_is_left_out() -> None:
    at = "DTSTART:20261020T090000Z"
    assert busy(
        entry("UID:1", at, "DURATION:PT1H", "TRANSP:TRANSPARENT"),
        entry("UID:2", at, "DURATION:PT1H", "STATUS:CANCELLED"),
        entry("UID:3", at),
        entry("UID:4", at, "DTEND:20261020T080000Z"),
    ) == []  # fmt: skip


def test_times_that_touch_are_one_and_end_with_the_window() -> None:
    assert busy(
        entry("UID:1", "DTSTART:20260101T000000Z", "DTEND:20261019T060000Z"),
        entry("UID:2", "DTSTART:20261020T090000Z", "DURATION:PT1H"),
        entry("UID:3", "DTSTART:20261020T100000Z", "DURATION:PT1H"),
        entry("UID:4", "DTSTART:20261020T093000Z", "DURATION:PT10M"),
        entry("UID:5", "DTSTART:20261101T200000Z", "DTEND:20991231T000000Z"),
    ) == ["19 00:00-19 06:00", "20 09:00-20 11:00", "01 20:00-02 00:00"]


def test_repeats_follow_the_clocks_and_their_exceptions() -> None:
    """Summer time ends on the 25th: nine o'clock stays nine o'clock."""
    weekly = (
        "UID:1",
        "DTSTART;TZID=Europe/Stockholm:20160104T090000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
    )
    assert busy(entry(*weekly)) == ["19 07:00-19 08:00", "21 07:00-21 08:00", "26 08:00-26 09:00", "28 08:00-28 09:00"]
    moved = entry(
        "UID:1", "RECURRENCE-ID;TZID=Europe/Stockholm:20261021T090000", "DTSTART:20261022T120000Z", "DURATION:PT2H"
    )
    off = entry(
        "UID:1", "RECURRENCE-ID;TZID=Europe/Stockholm:20261026T090000", "DTSTART:20261026T080000Z", "STATUS:CANCELLED"
    )
    left_out = "EXDATE;TZID=Europe/Stockholm:20261019T090000,20261028T090000"
    added = "RDATE;TZID=Europe/Stockholm:20261030T090000"
    assert busy(entry(*weekly, left_out, added), moved, off) == ["22 12:00-22 14:00", "30 08:00-30 09:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;UNTIL=20261021T090000Z", ["19", "20", "21"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ["27"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["30"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["30"]),
        ("FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=22", ["22"]),
        ("FREQ=WEEKLY;COUNT=461;BYDAY=SU", ["25", "01"]),
        ("FREQ=WEEKLY;COUNT=460;BYDAY=SU", ["25"]),
    ],
)
def test_rules_that_people_use_are_followed(rule: str, days: list[str]) -> None:
    times = busy(entry("UID:1", "DTSTART:20180102T090000Z", "DURATION:PT1H", f"RRULE:{rule}"))
    assert [time[:2] for time in times] == days


def test_an_entry_that_cannot_be_read_is_left_out_but_not_a_whole_calendar() -> None:
    broken = entry("UID:1", "DTSTART:tomorrow", "DURATION:PT1H")
    assert busy(broken, entry("UID:2", "DTSTART:20261020T090000Z", "DURATION:PT1H")) == ["20 09:00-20 10:00"]
    assert busy() == []
    with pytest.raises(NotACalendar):
        busy(broken)


def test_more_times_than_we_keep_are_refused() -> None:
    apart = [SINCE + timedelta(minutes=5 * number) for number in range(MOST_TIMES + 1)]
    entries = [entry(f"UID:{at}", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT1M") for at in apart]
    assert len(busy(*entries[1:])) == MOST_TIMES
    with pytest.raises(NotACalendar) as refusal:
        busy(*entries)
    assert refusal.value.sentence == "This calendar has more entries than we can read. Please choose one with fewer."


ONE_HOUR = ("DTSTART:20260101T090000Z", "DURATION:PT1H")


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ((*ONE_HOUR, "RRULE:FREQ=SECONDLY"), 1),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY;INTERVAL=0"), 1),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), 500),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"), 500),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY"), 500),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))), 500),
        (("DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=999999999"), 500),
        (("DTSTART:00010101T090000Z", "DTEND:99991231T000000Z", "RRULE:FREQ=DAILY"), 500),
        ((*ONE_HOUR, "RRULE:FREQ=DAILY", "RECURRENCE-ID;RANGE=THISANDFUTURE:99990101T090000Z"), 500),
    ],
)
def test_hostile_repeats_end_soon(lines: tuple[str, ...], count: int) -> None:
    """In seconds of the processor, where following them would take hours or for ever."""
    file = file_of(*[entry(f"UID:{number}", *lines) for number in range(count)])
    began = process_time()
    try:
        times = busy_times(file, STOCKHOLM, SINCE, UNTIL)
    except NotACalendar:
        times = ()
    assert len(times) <= MOST_TIMES
    assert process_time() - began < 20


def zone_of(*lines: str, name: str = "Customized Time Zone") -> str:
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"])


def observance(kind: str, *lines: str) -> str:
    return "\r\n".join([f"BEGIN:{kind}", *lines, f"END:{kind}"])


EASTERN = (
    observance(
        "STANDARD",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11",
    ),
    observance(
        "DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3",
    ),
)


@pytest.mark.parametrize("name", ["Eastern Standard Time 1", "Customized Time Zone", "(UTC-05:00) Eastern Time"])
def test_a_zone_that_only_the_file_explains_is_read_as_it_explains_it(name: str) -> None:
    """Nine o'clock stays nine o'clock when these clocks change, on the 1st of November."""
    weekly = entry(
        "UID:1",
        f'DTSTART;TZID="{name}":20250901T090000',
        f'DTEND;TZID="{name}":20250901T100000',
        "RRULE:FREQ=WEEKLY;BYDAY=SU,MO",
        f'EXDATE;TZID="{name}":20261026T090000',
    )
    for file in ((zone_of(*EASTERN, name=name), weekly), (weekly, zone_of(*EASTERN, name=name))):
        assert busy(*file) == ["19 13:00-19 14:00", "25 13:00-25 14:00", "01 14:00-01 15:00"]


def test_a_windows_name_with_a_number_is_that_name_where_the_file_does_not_explain_it() -> None:
    assert busy(entry("UID:1", "DTSTART;TZID=Eastern Standard Time 1:20261020T090000", "DURATION:PT1H")) == [
        "20 13:00-20 14:00"
    ]


def test_zones_explained_by_a_file_are_bounded_and_not_remembered() -> None:
    """Nor do they reach the next person's calendar, which may use the same name."""
    rules = ("FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=2", "FREQ=DAILY", "rubbish")
    evil = [
        zone_of(
            observance("STANDARD", "DTSTART:16010101T000000", f"RRULE:{rule}", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900")
        )
        for rule in rules
    ]
    bare = entry("UID:4", "DTSTART;TZID=Customized Time Zone:20261020T110000", "DURATION:PT1H")
    for zone in evil:
        assert busy(zone, bare) == ["20 09:00-20 10:00"]
    good = zone_of(observance("STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900"))
    assert busy(good, bare) == ["20 02:00-20 03:00"]
    assert busy(bare) == ["20 09:00-20 10:00"]


def test_free_and_busy_times_are_read() -> None:
    part = "\r\n".join(
        [
            "BEGIN:VFREEBUSY",
            "DTSTART:20261001T000000Z",
            "DTEND:20261101T000000Z",
            "FREEBUSY;FBTYPE=BUSY:20261020T090000Z/20261020T100000Z,20261021T090000Z/PT30M",
            "FREEBUSY:20261022T090000Z/20261022T0",
            " 93000Z",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261023T090000Z/PT1H",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261024T090000Z/PT1H",
            "FREEBUSY;FBTYPE=FREE:20261025T090000Z/PT1H",
            "FREEBUSY:20250101T000000Z/PT1H,rubbish",
            "END:VFREEBUSY",
        ]
    )
    found = read(file_of(part), STOCKHOLM, SINCE, UNTIL)
    assert [f"{start:%d %H:%M}-{end:%H:%M}" for start, end in found.times] == [
        *("20 09:00-10:00", "21 09:00-09:30", "22 09:00-09:30", "23 09:00-10:00", "24 09:00-10:00")
    ]
    assert found.skipped == 1


DECLINED = "ATTENDEE;PARTSTAT=DECLINED;CN=Noor:mailto:Noor@Example.org"


@pytest.mark.parametrize(
    ("lines", "blocks"),
    [
        ([DECLINED], False),
        (["ATTENDEE;PARTSTAT=DECLINED;EMAIL=noor@example.org:urn:uuid:1"], False),
        (['ATTENDEE;CN="A:B";PARTSTAT=declined:MAILTO:noor@exam', " ple.org"], False),
        ([DECLINED.replace("DECLINED", "ACCEPTED")], True),
        ([DECLINED.replace("Noor@", "sam@")], True),
    ],
)
def test_an_invitation_that_its_owner_declined_does_not_block(lines: list[str], blocks: bool) -> None:
    times = ("DTSTART:20261020T090000Z", "DURATION:PT1H")
    file = file_of(entry("UID:1", *times, "TRANSP:OPAQUE", *lines))
    assert bool(busy_times(file, STOCKHOLM, SINCE, UNTIL, "noor@example.org")) == blocks


def test_the_owner_may_be_named_by_the_calendar_and_may_decline_one_time_of_many() -> None:
    """As Google names a person's own calendar; any other name says nothing."""
    daily = ("UID:1", "DTSTART:20261020T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    one = ("UID:1", "RECURRENCE-ID:20261021T090000Z", "DTSTART:20261021T090000Z", "DURATION:PT1H", DECLINED)
    assert busy("X-WR-CALNAME:noor@example.org", entry(*daily), entry(*one)) == [
        "20 09:00-20 10:00",
        "22 09:00-22 10:00",
    ]
    assert len(busy("X-WR-CALNAME:Work", entry(*daily), entry(*one))) == 3


def test_repeats_within_days_all_count() -> None:
    hourly = entry("UID:1", "DTSTART:20240101T090000Z", "DURATION:PT15M", "RRULE:FREQ=HOURLY;INTERVAL=2")
    assert len(busy(hourly)) == 14 * 12
    office = entry("UID:1", "DTSTART:20240101T090000Z", "DURATION:PT15M", "RRULE:FREQ=HOURLY;BYDAY=MO;BYHOUR=9,10")
    assert busy(office) == ["19 09:00-19 09:15", "19 10:00-19 10:15", "26 09:00-26 09:15", "26 10:00-26 10:15"]
    half = entry("UID:1", "DTSTART:20240101T090000Z", "DURATION:PT15M", "RRULE:FREQ=MINUTELY;INTERVAL=30")
    assert len(busy(half)) == 14 * 48


BROKEN_DESCRIPTION = (
    "DESCRIPTION:Agenda",
    "Start: 15:00",
    "End: 17:00",
    "END: of the day",
    "END:lunch",
    "Begin: early",
    "DTSTART: some time",
    "",
    "STATUS:CANCELLED? no",
)


def test_raw_lines_of_a_broken_description_refuse_nothing() -> None:
    """Some exports break descriptions into lines of their own, which look like properties."""
    event = entry("UID:1", "DTSTART:20261020T090000Z", "DURATION:PT1H", *BROKEN_DESCRIPTION)
    found = read(file_of(event, entry("UID:2", "DTSTART:20261021T090000Z", "DURATION:PT1H")), STOCKHOLM, SINCE, UNTIL)
    assert (len(found.times), found.skipped) == (2, 0)


@pytest.mark.parametrize(
    ("broken", "skipped"),
    [
        (entry("UID:1", "DTSTART:tomorrow"), 1),
        (entry("UID:1", "SUMMARY:no time"), 1),
        (entry("UID:1", "DTSTART:20261399T090000Z"), 1),
        ("BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261021T090000Z", 1),
        (entry("UID:1", "DTSTART:20261020T093000Z", "BEGIN:VALARM", "TRIGGER:-PT5M"), 0),
    ],
)
def test_an_entry_that_cannot_be_read_is_skipped_and_counted(broken: str, skipped: int) -> None:
    good = entry("UID:2", "DTSTART:20261020T090000Z", "DURATION:PT1H")
    found = read(file_of(broken, good), STOCKHOLM, SINCE, UNTIL)
    assert (len(found.times), found.skipped) == (1, skipped)


def test_a_large_calendar_is_read_in_little_memory() -> None:
    """Years of meetings of which few are to come: what is over is not kept."""
    old = "".join(
        entry(
            f"UID:{number}",
            f"DTSTART:{SINCE - timedelta(days=20, hours=number):%Y%m%dT%H%M%SZ}",
            "DURATION:PT1H",
            "DESCRIPTION:" + "x" * 700,
        )
        + "\r\n"
        for number in range(6000)
    ).encode()
    reader = BusyTimesReader(STOCKHOLM, "", SINCE, UNTIL)
    start, _, _ = file_of(entry("UID:1", "DTSTART:20261020T090000Z", "DURATION:PT1H"), "").partition(b"END:VCALENDAR")
    tracemalloc.start()
    for piece in (start, old, old, b"END:VCALENDAR\r\n"):
        for at in range(0, len(piece), 65536):
            reader.take(piece[at : at + 65536])
    found = reader.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found.times), found.skipped) == (1, 0)
    assert 2 * len(old) > 8_000_000
    assert peak < 3_000_000


DAYS = st.dates(date(2014, 1, 1), date(2026, 12, 31))
FITTING = st.builds(
    lambda frequency, interval, by, end: f"FREQ={frequency};INTERVAL={interval}{by}{end}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 4),
    st.sampled_from(["", "", ";BYDAY=MO,TH", ";BYMONTHDAY=29", ";BYMONTH=2,10,11", ";BYDAY=WE;BYSETPOS=1"]),
    st.one_of(
        st.just(""),
        st.integers(1, 900).map(";COUNT={}".format),
        DAYS.map(lambda day: f";UNTIL={day:%Y%m%d}T235959Z"),
    ),
)


@given(DAYS, FITTING, st.sampled_from([STOCKHOLM, "America/New_York", "Australia/Lord_Howe"]), st.integers(0, 23))
@settings(deadline=None, max_examples=150)
def test_beginning_near_finds_the_same_times_as_beginning_at_the_beginning(
    day: date, rule: str, zone: str, hour: int
) -> None:
    """Against the library alone, which walks all the way. The first of all times may not be one of the rule's."""
    file = file_of(
        entry("UID:1", f"DTSTART;TZID={zone}:{day:%Y%m%d}T{hour:02}1500", "DURATION:PT1H30M", f"RRULE:{rule}")
    )
    expected = {
        (max(each["DTSTART"].dt.astimezone(UTC), SINCE), min(each["DTEND"].dt.astimezone(UTC), UNTIL))
        for each in recurring_ical_events.of(Calendar.from_ical(file)).between(SINCE, UNTIL)
    }
    assert set(busy_times(file, STOCKHOLM, SINCE, UNTIL)) == {each for each in expected if each[0] < each[1]}


NUMBERS = st.integers(-1, 10**6) | st.integers(1, 31)
MOMENTS = st.one_of(
    st.datetimes().map(lambda at: f"{at.year:04}{at:%m%dT%H%M%S}"),
    st.datetimes(SINCE.replace(tzinfo=None), UNTIL.replace(tzinfo=None)).map(lambda at: f"{at:%Y%m%dT%H%M%S}Z"),
    st.dates().map(lambda day: f"{day.year:04}{day:%m%d}"),
    st.text(max_size=8),
)
FREQUENCIES = [f"FREQ={name}" for name in ("SECONDLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")]
COUNTED = ["INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYHOUR", "BYYEARDAY", "BYWEEKNO", "BYEASTER"]
PARTS = st.one_of(
    st.sampled_from([*FREQUENCIES, "WKST=SU", "RSCALE=X", "BYDAY=MO", "BYDAY=-5SU", "BYDAY=53TU,MO", "BYDAY="]),
    st.tuples(st.sampled_from(COUNTED), st.lists(NUMBERS, min_size=1, max_size=4)).map(
        lambda part: f"{part[0]}={','.join(map(str, part[1]))}"
    ),
    MOMENTS.map("UNTIL={}".format),
    st.sampled_from(["BYSETPOS=-1", "BYSETPOS=366"]),
)
TIMES = ["DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID", "UID", "SEQUENCE"]
GIVEN = ["", ";VALUE=DATE", ";VALUE=PERIOD", ";TZID=Europe/Paris", ";TZID=No/Where", ";RANGE=THISANDFUTURE"]
LINES = st.one_of(
    st.builds("{}{}:{}".format, st.sampled_from(TIMES), st.sampled_from(GIVEN), MOMENTS | st.just("20261020,x")),
    st.sampled_from(["DURATION:PT1H", "DURATION:P9999D", "DURATION:-P1W", "DURATION:x", "SEQUENCE:99", "UID:1"]),
    st.lists(PARTS, min_size=1, max_size=5).map(lambda parts: "RRULE:" + ";".join(parts)),
    st.text(max_size=30),
)
EVENTS = st.builds(
    lambda start, lines: entry("UID:1", f"DTSTART:{start}", *lines), MOMENTS, st.lists(LINES, max_size=6)
)
FILES = st.one_of(
    st.lists(EVENTS, max_size=5).map(lambda events: file_of(*events)),
    st.binary(max_size=300),
    st.tuples(st.lists(EVENTS, max_size=2), st.integers(0, 400), st.binary(max_size=20)).map(
        lambda cut: file_of(*cut[0])[: cut[1]] + cut[2] + file_of(*cut[0])[cut[1] :]
    ),
)


@given(FILES)
@settings(deadline=timedelta(seconds=10), max_examples=400)
def test_any_file_gives_times_in_order_or_one_named_refusal(file: bytes) -> None:
    try:
        times = busy_times(file, STOCKHOLM, SINCE, UNTIL)
    except NotACalendar:
        return
    assert len(times) <= MOST_TIMES
    assert all(SINCE <= start < end <= UNTIL for start, end in times)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(times))
