"""A token bucket, pure."""

from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """Holds at most `size` tokens, gains `rate` a second; starts full. `now` is in seconds."""

    size: float
    rate: float
    now: float
    tokens: float = -1.0

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self, now: float) -> bool:
        """Take a token, if there is one."""
        self.tokens = min(self.size, self.tokens + (now - self.now) * self.rate)
        self.now = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
