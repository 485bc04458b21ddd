"""What the live call reports to the server: who joined, who left, who is present.

A Joined or Left is made in the room, carried to the hub in a message of the control protocol, and stored by the server.
"""

from signaling.codec import Record
from signaling.quality import UNMEASURED, Quality


class Joined(Record, frozen=True, tag="joined"):
    """An attendance began. `attendance`, `call` and `person` are ids; `at` is unix time in seconds."""

    attendance: str
    call: str
    person: str
    at: float


class Left(Record, frozen=True, tag="left"):
    """An attendance ended. `at` is unix time in seconds: when the person was last heard.

    `why`: left, replaced, removed, browser lost, relay lost, moved (to another relay process), over.
    """

    attendance: str
    call: str
    person: str
    at: float
    why: str
    quality: Quality = UNMEASURED


class Sample(Record, frozen=True):
    """How good an attendance's connection was in the seconds before `at` (unix time, seconds).

    `loss` is the share of packets lost in the worse direction (0 to 1), `round_trip` is in seconds; None when nothing
    was measured. `rate_in` from the browser and `rate_out` to it are in bytes a second.
    """

    attendance: str
    at: float
    loss: float | None
    round_trip: float | None
    rate_in: float
    rate_out: float


class Present(Record, frozen=True):
    """All attendances that go on at `at` (unix time, seconds), in every relay process, and what was measured since the
    last one."""

    attendances: tuple[str, ...]
    at: float
    samples: tuple[Sample, ...] = ()


News = Joined | Left | Present


class StoreAway(Exception):
    """Nothing can be stored now. It is no fault of the news: it is delivered again, in order."""
