"""What the live call reports upward: who came, who went, who is present."""

from dataclasses import dataclass

from signaling.quality import NOTHING, Quality


@dataclass(frozen=True, slots=True)
class Came:
    """A stay began. `at` is unix time in seconds."""

    stay: str
    call: str
    person: str
    at: float


@dataclass(frozen=True, slots=True)
class Went:
    """A stay ended. `at` is unix time in seconds: when the person was last heard.

    `why`: left, replaced, removed, browser lost, relay lost, over.
    """

    stay: str
    call: str
    person: str
    at: float
    why: str
    speaking_seconds: float
    quality: Quality = NOTHING


@dataclass(frozen=True, slots=True)
class Present:
    """All stays that go on at `at` (unix time, seconds), in every relay."""

    stays: tuple[str, ...]
    at: float


News = Came | Went | Present
