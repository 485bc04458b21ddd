"""Times as people write them: in their own zone and language, with the weekday."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_datetime, format_skeleton, format_time, format_timedelta

from server.i18n.catalog import ENGLISH, Language
from server.i18n.texts import N_

HALF_A_YEAR = timedelta(days=182)
NOON = time(12)
NO_BREAK = "\N{NO-BREAK SPACE}"

# Babel's own long forms of these languages, without the year; English without its comma.
DAYS = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM", "ar": "EEEE، d MMMM"}


def day(time: datetime, zone: str, language: Language, now: datetime) -> str:
    """Tuesday 24 November; with the year when it is more than half a year before or after `now`."""
    year = " y" if abs(time - now) > HALF_A_YEAR else ""
    return format_datetime(_local(time, zone), DAYS[language.code] + year, locale=language.locale)


def iso_day(text: str, language: Language, now: datetime) -> str:
    """As `day`, of a day that is written as ISO 8601 says."""
    return day(datetime.combine(date.fromisoformat(text), NOON, UTC), "UTC", language, now)


def short_day(day: date, language: Language) -> str:
    """24 Nov"""
    return format_skeleton("MMMd", day, locale=language.locale)


def dated_weekday(day: date, language: Language) -> str:
    """Tue 24 Nov"""
    return format_skeleton("MMMEd", day, locale=language.locale)


def month(time: datetime, zone: str, language: Language) -> str:
    """March 2027"""
    return format_skeleton("yMMMM", _local(time, zone), locale=language.locale)


def clock(time: datetime, zone: str, language: Language) -> str:
    """15:00, or as the language writes it: 3:00 م, without a line break."""
    return time_of_day(_local(time, zone).time(), language)


def weekday(number: int, language: Language) -> str:
    """Its name as it stands alone; 0 is Monday."""
    return str(language.locale.days["stand-alone"]["wide"][number])


def time_of_day(clock: time, language: Language) -> str:
    """15:00, of no day and no zone."""
    return format_time(clock, "short", locale=language.locale).replace(" ", NO_BREAK)


def moment(time: datetime, zone: str, language: Language, now: datetime) -> str:
    """Tuesday 24 November, 15:00"""
    return language.say(N_("%(day)s, %(clock)s"), day=day(time, zone, language, now), clock=clock(time, zone, language))


def wait(until: datetime, language: Language, now: datetime) -> str:
    """in 3 minutes, rounded up"""
    minutes = max(1, -((now - until) // timedelta(minutes=1)))
    return format_timedelta(
        timedelta(minutes=minutes), granularity="minute", threshold=1, add_direction=True, locale=language.locale
    )


def ago(time: datetime, language: Language, now: datetime) -> str:
    """5 minutes ago"""
    return format_timedelta(time - now, granularity="minute", add_direction=True, locale=language.locale)


def zone_name(zone: str, language: Language) -> str:
    """Stockholm time, for Europe/Stockholm."""
    return "UTC" if zone == "UTC" else language.say(N_("%(city)s time"), city=city(zone, language))


def field_time(time: datetime, zone: str) -> str:
    """2026-11-24T16:00, as a form's field for a time has it."""
    return _local(time, zone).isoformat(timespec="minutes")


def _local(time: datetime, zone: str) -> datetime:
    """The local time without its zone: Babel would apply its own rules to some zones."""
    return time.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def city(zone: str, language: Language) -> str:
    """Stockholm, for Europe/Stockholm, as the language writes it."""
    own = zone.rsplit("/", 1)[-1].replace("_", " ")
    if language is ENGLISH:
        return own
    known = (language.locale.time_zones.get(name, {}) for name in _names(zone))
    return next((names["city"] for names in known if "city" in names), own)


def _names(zone: str) -> tuple[str, ...]:
    """All names of a zone: Babel has the city of some zones under an earlier name."""
    aliases: Mapping[str, str] = get_global("zone_aliases")
    present = aliases.get(zone, zone)
    return (present, *(earlier for earlier, now in aliases.items() if now == present))
