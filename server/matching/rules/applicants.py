"""What the solver is given of a scheme's members, and how its week is told in the reader's zone."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.availability.rules import DAY, WEEKDAYS, WeeklyHours
from server.matching.rules.model import WEEK_SLOTS, Applicant, Ban, MatchSide, Pin, SharedHour
from server.schemes.rules.sign_ups import SignUp

SLOT = timedelta(minutes=30)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """A member: `membership_id` names them to the solver too. `not_with` are ids of memberships. `places` is how many
    mentees they would take, `waits` whether they wait for a mentor."""

    membership_id: int
    said: SignUp
    not_with: frozenset[int]
    places: int
    waits: bool


def week_of(at: datetime) -> date:
    """The Monday of the reference week: that after `at`, in UTC."""
    day = at.astimezone(UTC).date()
    return day + timedelta(days=WEEKDAYS - day.weekday())


def slots_of(hours: Iterable[WeeklyHours], zone: str, week: date) -> frozenset[int]:
    """The half-hours of the reference week (UTC, from the Monday `week`) that lie wholly within these hours."""
    local, monday = ZoneInfo(zone), datetime.combine(week, time(), UTC)
    free: set[int] = set()
    for each in hours:
        # The day before and the day after the week, in local time, may reach into it.
        for weekday in (each.weekday - WEEKDAYS, each.weekday, each.weekday + WEEKDAYS):
            midnight = datetime.combine(week + timedelta(days=weekday), time())
            begins = _instant(midnight, each.begins, local)
            ends = _instant(midnight, each.ends, local)
            first, last = -((monday - begins) // SLOT), (ends - monday) // SLOT
            free.update(range(max(0, first), min(WEEK_SLOTS, last)))
    return frozenset(free)


def _instant(midnight: datetime, minute: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minute, DAY)
    return (midnight + timedelta(days=days, minutes=rest)).replace(tzinfo=zone).astimezone(UTC)


def applicants_of(candidates: Iterable[MatchCandidate], week: date) -> tuple[Applicant, ...]:
    """Those who wait: mentors with a place left, and mentees without a mentor. Who is both is there twice."""
    found = []
    for each in candidates:
        slots = slots_of(each.said.hours, each.said.zone, week)
        if each.said.role.mentors and each.places > 0:
            found.append(_applicant(each, MatchSide.MENTOR, slots))
        if each.said.role.is_mentored and each.waits:
            found.append(_applicant(each, MatchSide.MENTEE, slots))
    return tuple(found)


def _applicant(candidate: MatchCandidate, side: MatchSide, slots: frozenset[int]) -> Applicant:
    """What somebody wrote as a wish is for those who run the scheme: no key is made of it."""
    said, brings = candidate.said, side is MatchSide.MENTOR
    return Applicant(
        id=candidate.membership_id,
        side=side,
        languages=frozenset(said.languages),
        slots=slots,
        media=frozenset(medium.value for medium in said.media),
        topics=said.brings if brings else said.seeks,
        words=said.brings_words if brings else said.seeks_words,
        capacity=candidate.places,
        not_with=candidate.not_with,
        department=said.department,
        other_department=said.other_department,
    )


def digest_of(applicants: Collection[Applicant], pins: Collection[Pin], bans: Collection[Ban]) -> str:
    """SHA-256 (hex) of all that goes into a run but the seed: the same for the same, in whatever order it comes."""
    content = [
        sorted((_plain(each) for each in applicants), key=lambda each: (each["id"], each["side"])),
        sorted((pin.mentor, pin.mentee) for pin in pins),
        sorted((ban.mentor, ban.mentee, ban.priced) for ban in bans),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _plain(applicant: Applicant) -> Mapping[str, object]:
    values = asdict(applicant)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A stretch of the week in the reader's zone, from `begins` to `ends`: minutes from the midnight of `weekday`."""

    weekday: int
    begins: int
    ends: int


def local_times(times: Iterable[SharedHour], week: date, zone: str) -> tuple[LocalTime, ...]:
    """From Monday on. What goes over midnight ends after 1440."""
    local, monday = ZoneInfo(zone), datetime.combine(week, time(), UTC)
    found = []
    for each in times:
        begins = (monday + each.begins * SLOT).astimezone(local)
        minute = begins.hour * 60 + begins.minute
        found.append(LocalTime(begins.weekday(), minute, minute + each.slots * 30))
    return tuple(sorted(found, key=lambda each: (each.weekday, each.begins)))
