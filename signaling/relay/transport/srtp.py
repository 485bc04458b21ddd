"""SRTP and SRTCP of one peer, in place on a packet's buffer (RFC 3711, RFC 7714), by libsrtp.

pylibsrtp's own `protect` and `unprotect` copy each packet twice, so libsrtp is called through its cffi library. The
code that forwards RTP calls `protect` and `unprotect` directly, with LENGTH for libsrtp's in-out length: the core is
synchronous, so no two calls overlap.
"""

from importlib import import_module
from typing import Any

from pylibsrtp import Policy, Session

from signaling.packet import Packet
from signaling.relay.transport.aiortc_parts import SrtpProfile

_binding: Any = import_module("pylibsrtp._binding")
_lib = _binding.lib
protect, unprotect = _lib.srtp_protect, _lib.srtp_unprotect
_protect_rtcp, _unprotect_rtcp = _lib.srtp_protect_rtcp, _lib.srtp_unprotect_rtcp
LENGTH: Any = _binding.ffi.new("int *")

WINDOW = 1024


class Srtp:
    """Both directions of one peer; `inbound` and `outbound` are libsrtp's sessions."""

    __slots__ = ("_sessions", "inbound", "outbound")

    def __init__(self, profile: SrtpProfile, read_key: bytes, write_key: bytes) -> None:
        inbound = _session(profile, read_key, Policy.SSRC_ANY_INBOUND)
        outbound = _session(profile, write_key, Policy.SSRC_ANY_OUTBOUND)
        self._sessions = (inbound, outbound)
        self.inbound: Any = inbound._srtp[0]
        self.outbound: Any = outbound._srtp[0]

    def unprotect(self, packet: Packet) -> bool:
        """Decrypt RTP in place. False when it is refused: forged, replayed, malformed."""
        return _run(unprotect, self.inbound, packet)

    def protect(self, packet: Packet) -> bool:
        """Encrypt RTP in place. False when this sequence number was used before."""
        return _run(protect, self.outbound, packet)

    def unprotect_rtcp(self, packet: Packet) -> bool:
        """Decrypt RTCP in place. False when it is refused."""
        return _run(_unprotect_rtcp, self.inbound, packet)

    def protect_rtcp(self, packet: Packet) -> bool:
        """Encrypt a compound RTCP packet in place. False when libsrtp refuses."""
        return _run(_protect_rtcp, self.outbound, packet)

    def forget(self, ssrc: int) -> None:
        """Free what libsrtp keeps for an incoming SSRC."""
        _lib.srtp_remove_stream(self.inbound, int.from_bytes(ssrc.to_bytes(4, "big"), "little"))


def _run(function: Any, session: Any, packet: Packet) -> bool:
    LENGTH[0] = packet.length
    if function(session, packet.pointer, LENGTH):
        return False
    packet.length = LENGTH[0]
    return True


def _session(profile: SrtpProfile, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile.libsrtp)
    policy.window_size = WINDOW
    return Session(policy)
