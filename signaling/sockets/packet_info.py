"""The local address to which a datagram was sent, so that the reply leaves from it (RFC 3542, IP_PKTINFO of ip(7)).

A socket that is bound to every address would reply from the one that the route prefers, and a browser that sent to
another address ignores such a reply. Linux only; elsewhere the route decides.
"""

import socket
import struct
import sys
from collections.abc import Sequence

_IP_PKTINFO = 8
_HEAD = struct.Struct("=QII")
_V4, _V6 = struct.Struct("=I4s4x"), struct.Struct("=16sI")
# Room for one control message of either family: 16 bytes of head, then the padded structure.
ROOM = 40
SIZES = {socket.AF_INET: 32, socket.AF_INET6: 40}
# Where in such a message the address is.
OFFSETS = {socket.AF_INET: 20, socket.AF_INET6: 16}

Ancillary = list[tuple[int, int, bytes]]


def enable(opened: socket.socket) -> bool:
    """Receive packet info on this socket; False where it is not needed (one address only) or not supported."""
    if sys.platform != "linux" or opened.getsockname()[0] not in ("0.0.0.0", "::"):  # noqa: S104  # compared only
        return False
    if opened.family == socket.AF_INET:
        opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    else:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    return True


def control_message(family: socket.AddressFamily, ip: str) -> bytes:
    """The control message, as it is in memory, for sending from `ip`; '' leaves the choice to the route."""
    [(level, kind, content)] = ancillary(family, ip)
    return (_HEAD.pack(_HEAD.size + len(content), level, kind) + content).ljust(SIZES[family], b"\0")


def ancillary(family: socket.AddressFamily, ip: str) -> Ancillary:
    """The same for `sendmsg`."""
    packed = socket.inet_pton(family, ip) if ip else bytes(16)
    if family == socket.AF_INET:
        return [(socket.IPPROTO_IP, _IP_PKTINFO, _V4.pack(0, packed[:4]))]
    return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, _V6.pack(packed, 0))]


def local_address(family: socket.AddressFamily, received: Sequence[tuple[int, int, bytes]]) -> str:
    """The local address in the ancillary data of `recvmsg`, '' if there is none."""
    at, size = (4, 4) if family == socket.AF_INET else (0, 16)
    return next((socket.inet_ntop(family, content[at : at + size]) for _, _, content in received), "")
