"""Which of this machine's addresses a datagram came to, so that the answer leaves from that one (RFC 3542, ip(7)).

A socket that is bound to every address else sends from the one that the route prefers, and a browser that sent to
another takes no answer from it. Linux only; elsewhere the route decides.
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
PLACES = {socket.AF_INET: 20, socket.AF_INET6: 16}

Ancillary = list[tuple[int, int, bytes]]


def ask(opened: socket.socket) -> bool:
    """Let this socket tell; False where it need not, being bound to one address, or cannot."""
    if sys.platform != "linux" or opened.getsockname()[0] not in ("0.0.0.0", "::"):  # noqa: S104  # compared only
        return False
    if opened.family == socket.AF_INET:
        opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    else:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    return True


def control(family: socket.AddressFamily, ip: str) -> bytes:
    """The control message, as it lies in memory, that lets a datagram leave from `ip`; '' leaves it to the route."""
    [(level, kind, content)] = ancillary(family, ip)
    return (_HEAD.pack(_HEAD.size + len(content), level, kind) + content).ljust(SIZES[family], b"\0")


def ancillary(family: socket.AddressFamily, ip: str) -> Ancillary:
    """The same for `sendmsg`."""
    packed = socket.inet_pton(family, ip) if ip else bytes(16)
    if family == socket.AF_INET:
        return [(socket.IPPROTO_IP, _IP_PKTINFO, _V4.pack(0, packed[:4]))]
    return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, _V6.pack(packed, 0))]


def read(family: socket.AddressFamily, received: Sequence[tuple[int, int, bytes]]) -> str:
    """The own address in what `recvmsg` brought, '' when it is not told."""
    at, size = (4, 4) if family == socket.AF_INET else (0, 16)
    return next((socket.inet_ntop(family, content[at : at + size]) for _, _, content in received), "")
