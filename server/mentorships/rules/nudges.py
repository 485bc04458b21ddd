"""When a mentor is reminded of a mentorship in which nobody has been in touch for a while. The mentee is told nothing.

Quotas hold it back: once in AGAIN for a mentorship, and once in QUOTA for a mentor, however many mentees they have.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.i18n.local_time import next_clock

SILENCE = timedelta(days=28)
AGAIN = timedelta(days=28)
QUOTA = timedelta(days=7)
NOT_THIS_MONTH = timedelta(days=31)
LOOK_AGAIN = timedelta(days=1)
# No email comes at other hours of the mentor's day.
BEGINS, ENDS = time(9), time(18)

REACHING_OUT = "reaching_out"


@dataclass(frozen=True, slots=True)
class Lull:
    """How long the two have not been in touch: `since` their last message, offer or catch-up.

    `plans`: something is agreed or waits for an answer. `later`: from when one of them would like to be asked again.
    `nudged_at` is when the mentor last got such an email about anybody, this or one that their scheme asked for.
    """

    since: datetime
    plans: bool
    later: datetime | None
    nudged_at: datetime | None


def nudge_at(lull: Lull, zone: str, now: datetime) -> datetime:
    """From when on the mentor may be reminded, as things stand: now, or when to look again."""
    if lull.plans:
        return now + LOOK_AGAIN
    earliest = [now, lull.since + SILENCE]
    if lull.later is not None:
        earliest.append(lull.later)
    if lull.nudged_at is not None:
        earliest.append(lull.nudged_at + QUOTA)
    return awake(max(earliest), zone)


def awake(at: datetime, zone: str) -> datetime:
    """This time, or the next one that is not in the quiet hours."""
    if BEGINS <= at.astimezone(ZoneInfo(zone)).time() < ENDS:
        return at
    return next_clock(BEGINS, zone, at)
