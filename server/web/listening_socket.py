"""Opening the socket at which the pages listen."""

import errno
import os
import socket

ALL_IPV6 = "::"
ALL_IPV4 = "0.0.0.0"  # noqa: S104 the only address left where there is no IPv6
NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
HELPS = {
    errno.EADDRINUSE: "Another program listens there: end it, or set another FIRESIDE_PORT.",
    errno.EACCES: "Ports below 1024 need special rights: set a higher FIRESIDE_PORT.",
    errno.EADDRNOTAVAIL: "This machine does not have that address: set another FIRESIDE_HOST.",
}


def open_listening_socket(host: str, port: int, backlog: int) -> socket.socket:
    """`::` takes IPv4 as well, and IPv4 alone on a machine without IPv6. Raises OSError with what helps."""
    try:
        try:
            return _open(host, port, backlog)
        except OSError as error:
            if host != ALL_IPV6 or error.errno not in NO_IPV6:
                raise
            return _open(ALL_IPV4, port, backlog)
    except OSError as error:
        known = isinstance(error.errno, int) and error.errno > 0
        why = os.strerror(error.errno or 0) if known else str(error.strerror or error)
        helps = HELPS.get(error.errno or 0, "Set another FIRESIDE_HOST or FIRESIDE_PORT.")
        raise OSError(
            f"port {port} of {host} cannot be opened for the pages: {why}. {helps} Nothing was changed."
        ) from error


def _open(host: str, port: int, backlog: int) -> socket.socket:
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
