"""What the header of a sender's packets becomes for one receiver: payload types and header-extension ids differ."""

from __future__ import annotations

from collections.abc import Collection

from signaling.relay.rtp.headers import TRANSPORT_CC, Layout, Patch
from signaling.relay.sdp.offer import OfferedMedia

MAX_PATCHES = 64
_NOTHING = bytes(256)


class HeaderMap:
    """`second_bytes`: by a packet's second byte, marker and payload type, the one to send, or 0 for none. `wrapped`:
    the sender's payload type of redundant audio, when the receiver does not take it. `ids`: the sender's extension ids
    and the receiver's; `counted` is the sender's id of transport-wide numbers, 0 for none. `patches`: by layout, what
    to write where."""

    __slots__ = ("counted", "ids", "patches", "second_bytes", "wrapped")

    def __init__(self) -> None:
        self.second_bytes = _NOTHING
        self.wrapped: int | None = None
        self.ids: dict[int, int] = {}
        self.counted = 0
        self.patches: dict[Layout, tuple[Patch, ...]] = {}

    @classmethod
    def between(
        cls, sender: OfferedMedia, receiver: OfferedMedia, left_out: Collection[str], *, rtx: bool
    ) -> HeaderMap:
        """From a line of the sender's to one of the receiver's, or from retransmissions to such; extensions whose URI
        is `left_out` do not pass."""
        made = cls()
        made.wrapped = sender.red if receiver.red is None else None
        made.second_bytes = _second_bytes(sender, receiver, rtx)
        made.ids = {
            number: receiver.extensions[uri]
            for uri, number in sender.extensions.items()
            if uri in receiver.extensions and uri not in left_out
        }
        made.counted = sender.extensions.get(TRANSPORT_CC, 0)
        return made

    def learn(self, layout: Layout) -> tuple[Patch, ...]:
        """The patches of a layout not seen before, remembered."""
        if len(self.patches) >= MAX_PATCHES:
            self.patches.clear()
        patches = self.patches[layout] = layout.patches(self.ids)
        return patches


def _second_bytes(sender: OfferedMedia, receiver: OfferedMedia, rtx: bool) -> bytes:
    if rtx:
        pairs: list[tuple[int | None, int | None]] = [(sender.rtx, receiver.rtx)]
    else:
        red = receiver.codec if receiver.red is None else receiver.red
        pairs = [(sender.codec, receiver.codec), (sender.red, red)]
    table = bytearray(256)
    for here, there in pairs:
        if here is not None and there is not None:
            table[here], table[0x80 | here] = there, 0x80 | there
    return bytes(table)
