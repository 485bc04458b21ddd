"""The chat of one call, pure: kept in memory for who comes late, and gone with the call. It is never stored."""

from collections import deque

from signaling.protocol.messages import Chat, ChatLine, Refusal
from signaling.rate_limit import TokenBucket
from signaling.seat import Seat

# Lines a second, and at once.
RATE = 1.0
BURST = 10
MAX_LINES = 200
# Characters of all lines together; the oldest are forgotten first.
MAX_KEPT = 1024 * 1024


class ChatLog:
    """The latest lines of a call, oldest first."""

    def __init__(self) -> None:
        self.lines: deque[ChatLine] = deque()
        self._kept = 0
        self._buckets: dict[str, TokenBucket] = {}

    def add(self, seat: Seat, message: Chat, now: float, at: float) -> ChatLine:
        """Keep a line; `at` is unix time. One that was sent again is returned as it was kept.

        Raises Refusal: too_often.
        """
        known = next((line for line in self.lines if (line.id, line.person) == (message.id, seat.person)), None)
        if known is not None:
            return known
        if not self._buckets.setdefault(seat.person, TokenBucket(BURST, RATE, now)).take(now):
            raise Refusal("too_often", "Too many chat messages at once.", "chat")
        line = ChatLine(message.id, seat.person, seat.name, round(at, 3), message.content)
        self.lines.append(line)
        self._kept += len(line.content)
        while len(self.lines) > MAX_LINES or self._kept > MAX_KEPT:
            self._kept -= len(self.lines.popleft().content)
        return line
