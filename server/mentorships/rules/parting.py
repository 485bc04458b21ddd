"""What becomes of what the two shared once their mentorship has ended: each decides about what they wrote, and what
they kept together is erased when both say so. Without a word it is kept as long as the server keeps such data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """What one of them said: whether it is erased, and when they said it. None while they said nothing."""

    erases: bool | None = None
    at: datetime | None = None

    def since(self, ended_at: datetime | None) -> bool | None:
        """What they said about the end that stands; what was said about an earlier one counts no more."""
        if self.at is None or (ended_at is not None and self.at < ended_at):
            return None
        return self.erases


def both_erase(one: Shared, other: Shared, ended_at: datetime | None) -> bool:
    """Whether what they kept together is erased."""
    return bool(one.since(ended_at) and other.since(ended_at))
