"""What the live call reports to the server: who joined, who left, who is present."""

from dataclasses import dataclass

from signaling.quality import UNMEASURED, Quality


@dataclass(frozen=True, slots=True)
class Joined:
    """An attendance began. `attendance`, `call` and `person` are ids; `at` is unix time in seconds."""

    attendance: str
    call: str
    person: str
    at: float


@dataclass(frozen=True, slots=True)
class Left:
    """An attendance ended. `at` is unix time in seconds: when the person was last heard.

    `why`: left, replaced, removed, browser lost, relay lost, over.
    """

    attendance: str
    call: str
    person: str
    at: float
    why: str
    speaking_seconds: float
    quality: Quality = UNMEASURED


@dataclass(frozen=True, slots=True)
class Present:
    """All attendances that go on at `at` (unix time, seconds), in every relay process."""

    attendances: tuple[str, ...]
    at: float


News = Joined | Left | Present
