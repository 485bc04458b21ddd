"""Transport-wide feedback from the relay to a sender (draft-holmer-rmcat-transport-wide-cc-extensions-01).

Between two peers the receiver's own feedback passes through, and the relay stops as soon as it arrives. A sender who is
still alone, or who has several receivers, would get none, and a receiver that has just started is slow to send some. A
browser whose first bandwidth probes get no feedback keeps a small picture for most of a minute.
"""

from struct import Struct

INTERVAL = 0.05
MAX_SPAN = 400
_TICKS = 4000
_REFERENCE = 256
_HEADER = Struct("!BBHIIHH")
_HALF = Struct("!H")
_SIGNED = Struct("!h")
_SMALL, _LARGE = 1, 2


class TransportFeedback:
    """When one sender's packets arrived since the last feedback. `due` is when the next feedback must be sent."""

    __slots__ = ("_arrivals", "_count", "_newest", "due")

    def __init__(self) -> None:
        self.due: float | None = None
        self._arrivals: dict[int, float] = {}
        self._newest: int | None = None
        self._count = 0

    def add(self, number: int, now: float) -> None:
        """A packet with this 16-bit transport-wide sequence number arrived at `now`, seconds."""
        newest = number if self._newest is None else self._newest
        step = ((number - newest + 0x8000) & 0xFFFF) - 0x8000
        if abs(step) >= MAX_SPAN:
            self.clear()
            newest, step = number, 0
        whole = newest + step
        self._newest = max(newest, whole)
        if whole > self._newest - MAX_SPAN:
            self._arrivals.setdefault(whole, now)
        if self.due is None:
            self.due = now + INTERVAL

    def clear(self) -> None:
        """Forget all arrivals."""
        self._arrivals.clear()
        self._newest = None
        self.due = None

    def report(self, ours: int, ssrc: int) -> bytes:
        """The feedback about all packets added since the last one; empty when there are none."""
        self.due = None
        arrivals, self._arrivals = self._arrivals, {}
        if not arrivals:
            return b""
        first = max(min(arrivals), max(arrivals) - MAX_SPAN)
        reference = int(arrivals[min(arrivals)] * _TICKS) // _REFERENCE
        symbols, deltas = _symbols(arrivals, range(first, max(arrivals) + 1), reference * _REFERENCE)
        body = _chunks(symbols) + deltas
        body += bytes(-len(body) % 4)
        head = _HEADER.pack(0x8F, 205, 4 + len(body) // 4, ours, ssrc, first & 0xFFFF, len(symbols))
        times = (reference & 0xFFFFFF) << 8 | self._count & 0xFF
        self._count += 1
        return head + times.to_bytes(4, "big") + body


def _symbols(arrivals: dict[int, float], numbers: range, at: int) -> tuple[list[int], bytes]:
    symbols: list[int] = []
    deltas = bytearray()
    for number in numbers:
        arrived = arrivals.get(number)
        if arrived is None:
            symbols.append(0)
            continue
        ticks = int(arrived * _TICKS)
        delta = max(-0x8000, min(0x7FFF, ticks - at))
        at += delta
        small = 0 <= delta <= 0xFF
        symbols.append(_SMALL if small else _LARGE)
        deltas += bytes([delta]) if small else _SIGNED.pack(delta)
    return symbols, bytes(deltas)


def _chunks(symbols: list[int]) -> bytes:
    out = bytearray()
    for start in range(0, len(symbols), 7):
        vector = 0b11
        for symbol in (symbols[start : start + 7] + [0] * 7)[:7]:
            vector = vector << 2 | symbol
        out += _HALF.pack(vector)
    return bytes(out)
