"""The socket at which the pages listen."""

import errno
import socket

ALL_IPV6 = "::"
ALL_IPV4 = "0.0.0.0"  # noqa: S104 the only address left where there is no IPv6
NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """`::` takes IPv4 as well, and IPv4 alone on a machine without IPv6. Raises OSError."""
    try:
        return _listen(host, port, backlog)
    except OSError as error:
        if host != ALL_IPV6 or error.errno not in NO_IPV6:
            raise
        return _listen(ALL_IPV4, port, backlog)


def _listen(host: str, port: int, backlog: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != ALL_IPV6))
        listening.bind(address)
        listening.listen(backlog)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
