"""SRTP and SRTCP of one peer, in place on the caller's buffer (RFC 3711, RFC 7714), by libsrtp itself.

pylibsrtp's own `protect` and `unprotect` copy each packet twice; its cffi library does not.
"""

from importlib import import_module
from typing import Any

from pylibsrtp import Policy, Session

from signaling.relay.aiortc_parts import Profile

_binding: Any = import_module("pylibsrtp._binding")
_from_buffer = _binding.ffi.from_buffer
_lib = _binding.lib
_protect, _protect_rtcp = _lib.srtp_protect, _lib.srtp_protect_rtcp
_unprotect, _unprotect_rtcp = _lib.srtp_unprotect, _lib.srtp_unprotect_rtcp
# One place for libsrtp's in-out length: the core is synchronous, so no two calls overlap.
_length: Any = _binding.ffi.new("int *")

WINDOW = 1024
# The longest tag of the profiles in use is GCM's 16 bytes; SRTCP adds a 4-byte index.
TRAILER = bytes(16)
RTCP_TRAILER = bytes(20)


class Srtp:
    """Both directions of one peer. Lengths are in bytes; -1 means refused (forged, replayed, malformed)."""

    __slots__ = ("_in", "_out", "_sessions")

    def __init__(self, profile: Profile, read_key: bytes, write_key: bytes) -> None:
        reading = _session(profile, read_key, Policy.SSRC_ANY_INBOUND)
        writing = _session(profile, write_key, Policy.SSRC_ANY_OUTBOUND)
        self._sessions = (reading, writing)
        self._in: Any = reading._srtp[0]
        self._out: Any = writing._srtp[0]

    def unprotect(self, packet: bytearray) -> int:
        """Decrypt an RTP packet in place; its new length."""
        _length[0] = len(packet)
        if _unprotect(self._in, _from_buffer(packet), _length):
            return -1
        length: int = _length[0]
        return length

    def unprotect_rtcp(self, packet: bytearray) -> int:
        """Decrypt an RTCP packet in place; its new length."""
        _length[0] = len(packet)
        if _unprotect_rtcp(self._in, _from_buffer(packet), _length):
            return -1
        length: int = _length[0]
        return length

    def protect(self, packet: bytearray, length: int) -> bool:
        """Encrypt the first `length` bytes in place; the buffer is then exactly the packet to send."""
        if len(packet) < length + 16:
            packet += TRAILER
        _length[0] = length
        if _protect(self._out, _from_buffer(packet), _length):
            return False
        if _length[0] != len(packet):
            del packet[_length[0] :]
        return True

    def protect_rtcp(self, packet: bytearray) -> bool:
        """Encrypt a compound RTCP packet in place; the buffer grows to the packet to send."""
        _length[0] = len(packet)
        packet += RTCP_TRAILER
        if _protect_rtcp(self._out, _from_buffer(packet), _length):
            return False
        del packet[_length[0] :]
        return True

    def forget(self, ssrc: int) -> None:
        """Free what libsrtp keeps for an incoming SSRC."""
        _lib.srtp_remove_stream(self._in, int.from_bytes(ssrc.to_bytes(4, "big"), "little"))


def _session(profile: Profile, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile.libsrtp)
    policy.window_size = WINDOW
    return Session(policy)
