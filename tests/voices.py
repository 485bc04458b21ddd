"""Peers whose packets say how loud they are (RFC 6464), as those of browsers do."""

import os
from dataclasses import dataclass

from signaling.packet import Packet
from signaling.probe.offer import OPUS
from signaling.probe.peer import PAYLOAD, ProbePeer
from signaling.relay.rtp.headers import AUDIO_LEVEL

EXTENSION = 1
# In -dBov.
LOUD, SILENT = 10, 127


@dataclass
class Voice:
    """Of one person, whatever connections they have: whether they speak now."""

    speaks: bool = False


class VoicedPeer(ProbePeer):
    """`voice` says how loud its packets are."""

    def __init__(self, voice: Voice, slots: int = 1) -> None:
        super().__init__(slots)
        self._voice = voice
        self.offer = self.offer.replace("a=mid:0\r\n", f"a=mid:0\r\na=extmap:{EXTENSION} {AUDIO_LEVEL}\r\n")

    def packet(self) -> bytes:
        assert self._srtp is not None
        self.sent += 1
        header = bytes([0x90, OPUS]) + self.sent.to_bytes(2, "big") + (960 * self.sent).to_bytes(4, "big")
        level = LOUD if self._voice.speaks else SILENT
        # One word of one-byte extensions (RFC 8285 section 4.2).
        extension = b"\xbe\xde\x00\x01" + bytes([EXTENSION << 4, level, 0, 0])
        packet = Packet(header + self._ssrc.to_bytes(4, "big") + extension + os.urandom(PAYLOAD))
        self._srtp.protect(packet)
        return bytes(packet)
