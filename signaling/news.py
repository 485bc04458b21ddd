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

    `why`: left, replaced, removed, browser lost, relay lost, over.
    """

    attendance: str
    call: str
    person: str
    at: float
    why: str
    quality: Quality = UNMEASURED


class Present(Record, frozen=True):
    """All attendances that go on at `at` (unix time, seconds), in every relay process."""

    attendances: tuple[str, ...]
    at: float


News = Joined | Left | Present


class StoreAway(Exception):
    """Nothing can be stored now. It is no fault of the news: it is delivered again, in order."""
