"""When the database's files are rewritten after an erasure. Meanwhile nothing can be written, which takes about half a
minute for each gigabyte."""

from datetime import datetime, timedelta

# That takes a moment only.
SMALL_BYTES = 200_000_000
# Calls that begin in this time from now, or began in this time before: people enter them, or may be in them.
SOON, STILL = timedelta(minutes=30), timedelta(hours=2)
WAITS = timedelta(days=1)


def may_rewrite(size: int, erased_at: datetime, call_is_near: bool, now: datetime) -> bool:
    """Whether it is done now: large files (`size` in bytes) are left alone while a call is near, for a day at most from
    the erasure on."""
    return size <= SMALL_BYTES or not call_is_near or now - erased_at >= WAITS
