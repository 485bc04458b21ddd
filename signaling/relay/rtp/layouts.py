"""In which header layouts the packets of one stream come, and where those have what the relay reads."""

from collections.abc import Mapping

from signaling.packet import Packet
from signaling.relay.rtp.headers import FIXED, Layout
from signaling.relay.sdp.offer import AUDIO_LEVEL, TRANSPORT_CC

MAX_LAYOUTS = 8
_BARE = Layout(b"\x80" + bytes(FIXED - 1), FIXED)


class Layouts:
    """`layout` is the latest packet's; `level_at` and `number_at` say where in it the audio level and the
    transport-wide number are, 0 for nowhere. `extensions` are the sender's ids by URI."""

    __slots__ = ("_extensions", "_known", "layout", "level_at", "number_at")

    def __init__(self, extensions: Mapping[str, int]) -> None:
        self.layout = _BARE
        self.level_at = 0
        self.number_at = 0
        self._extensions = extensions
        self._known: list[Layout] = []

    def lay_out(self, packet: Packet) -> Layout:
        """The layout of this packet, remembered for the next. Raises ValueError when it has no room for its header."""
        found = next((each for each in self._known if each.read(packet.data) == each.heads), None)
        if found is None:
            found = Layout(packet.data, packet.length)
            self._known = [found, *self._known[: MAX_LAYOUTS - 1]]
        self.layout = found
        self.level_at = _value_at(found, self._extensions.get(AUDIO_LEVEL, 0), 1)
        self.number_at = _value_at(found, self._extensions.get(TRANSPORT_CC, 0), 2)
        return found


def _value_at(layout: Layout, number: int, size: int) -> int:
    found = layout.find(number)
    return found.start if found is not None and found.end - found.start == size else 0
