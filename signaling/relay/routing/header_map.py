"""How the RTP header of a sender's packets is changed for one receiver: payload types and extension ids differ."""

from __future__ import annotations

from collections.abc import Collection

from signaling.relay.rtp.headers import TRANSPORT_CC, HeaderLayout, Patch
from signaling.relay.sdp.offer import MediaDescription

MAX_PATCHES = 64
_NOTHING = bytes(256)


class HeaderMap:
    """`second_bytes`: by a packet's second byte (marker and payload type), the one to send, or 0 to drop the packet.
    `red_to_unwrap`: the sender's payload type of redundant audio, when the receiver does not take it. `ids`: from the
    sender's extension ids to the receiver's; `twcc_id` is the sender's id of transport-wide sequence numbers, 0 for
    none. `patches`: by layout, what to write where."""

    __slots__ = ("ids", "patches", "red_to_unwrap", "second_bytes", "twcc_id")

    def __init__(self) -> None:
        self.second_bytes = _NOTHING
        self.red_to_unwrap: int | None = None
        self.ids: dict[int, int] = {}
        self.twcc_id = 0
        self.patches: dict[HeaderLayout, tuple[Patch, ...]] = {}

    @classmethod
    def between(
        cls, sender: MediaDescription, receiver: MediaDescription, left_out: Collection[str], *, rtx: bool
    ) -> HeaderMap:
        """From a media line of the sender's to one of the receiver's, `rtx` for their retransmissions. Extensions whose
        URI is in `left_out` do not pass."""
        made = cls()
        made.red_to_unwrap = sender.red if receiver.red is None else None
        made.second_bytes = _second_bytes(sender, receiver, rtx)
        made.ids = {
            number: receiver.extensions[uri]
            for uri, number in sender.extensions.items()
            if uri in receiver.extensions and uri not in left_out
        }
        made.twcc_id = sender.extensions.get(TRANSPORT_CC, 0)
        return made

    def add_patches(self, layout: HeaderLayout) -> tuple[Patch, ...]:
        """The patches of a layout that is not in `patches` yet; they are kept there."""
        if len(self.patches) >= MAX_PATCHES:
            self.patches.clear()
        patches = self.patches[layout] = layout.patches(self.ids)
        return patches


def _second_bytes(sender: MediaDescription, receiver: MediaDescription, rtx: bool) -> bytes:
    if rtx:
        pairs: list[tuple[int | None, int | None]] = [(sender.rtx, receiver.rtx)]
    else:
        red = receiver.codec if receiver.red is None else receiver.red
        pairs = [(sender.codec, receiver.codec), (sender.red, red)]
    table = bytearray(256)
    for theirs, ours in pairs:
        if theirs is not None and ours is not None:
            table[theirs], table[0x80 | theirs] = ours, 0x80 | ours
    return bytes(table)
