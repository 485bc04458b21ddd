"""What an export of the session history can hold of each row, and as what it is written."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.admin.queries.sessions import HistoryRow
from server.i18n.catalog import Language
from server.web.csv_file import SEPARATORS, CsvTable
from server.web.json_file import JsonTable
from server.web.xlsx_file import XlsxTable

Table = CsvTable | JsonTable | XlsxTable
Value = str | int | float | datetime | None

# Times are in the zone of the view. Each row is a booking, or an offer that became none.
COLUMNS: Mapping[str, Callable[[HistoryRow, ZoneInfo], Value]] = {
    "booking": lambda row, zone: row.key.id if row.key.booked else None,
    "offer": lambda row, zone: None if row.key.booked else row.key.id,
    "mentor": lambda row, zone: row.mentor_name,
    "mentee": lambda row, zone: row.mentee_name,
    "state": lambda row, zone: row.state.value,
    "start": lambda row, zone: _local(row.start, zone),
    "minutes": lambda row, zone: row.minutes,
    "medium": lambda row, zone: " ".join(row.media),
    "offered": lambda row, zone: _local(row.offered_at, zone),
    "agreed": lambda row, zone: _local(row.agreed_at, zone),
    "mentor_minutes_in_call": lambda row, zone: _minutes_in_call(row, row.people[0]),
    "mentee_minutes_in_call": lambda row, zone: _minutes_in_call(row, row.people[1]),
    "mentor_says": lambda row, zone: _said_by(row, row.people[0]),
    "mentee_says": lambda row, zone: _said_by(row, row.people[1]),
}

FORMATS: Mapping[str, Callable[[Language, datetime], Table]] = {
    "xlsx": lambda language, now: XlsxTable(now),
    "csv": lambda language, now: CsvTable(SEPARATORS[language.list_separator]),
    "json": lambda language, now: JsonTable(),
}


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(microsecond=0) if at else None


def _minutes_in_call(row: HistoryRow, person_id: int) -> float | None:
    """The minutes that they were in the call, of the times that have ended; None when they never were."""
    stays = [each.left_at - each.joined_at for each in row.attendances if each.person_id == person_id and each.left_at]
    return round(sum(stays, timedelta()) / timedelta(minutes=1), 1) if stays else None


def _said_by(row: HistoryRow, person_id: int) -> str | None:
    return next((each.outcome.value for each in row.reports if each.person_id == person_id), None)
