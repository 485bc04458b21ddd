"""Calendar files as they come from elsewhere."""

from datetime import datetime

from server.availability.calendar.busy_times import BusyTimes, BusyTimesReader
from server.availability.rules import Interval


def entry(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def file_of(*entries: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *entries, "END:VCALENDAR", ""]).encode()


def busy_times(
    file: bytes, zone: str, since: datetime, until: datetime, owner: str = "", piece: int = 4096
) -> tuple[Interval, ...]:
    """The times in the file, which is read piece by piece."""
    return read(file, zone, since, until, owner, piece).times


def read(file: bytes, zone: str, since: datetime, until: datetime, owner: str = "", piece: int = 4096) -> BusyTimes:
    reader = BusyTimesReader(zone, owner, since, until)
    for at in range(0, len(file), piece):
        reader.take(file[at : at + piece])
    return reader.finish()
