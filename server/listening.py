"""The sockets at which the pages are served: opened here, or received from systemd.

systemd (and whatever speaks its protocol) passes open sockets as file descriptors from 3 on, and says how many in
LISTEN_FDS; see sd_listen_fds(3). It keeps them while the server restarts: who connects then waits and is not refused.
"""

import os
import socket
from collections.abc import MutableMapping

from server.web.connections import BACKLOG
from server.web.listening_socket import open_listening_socket

FIRST = 3


def listening_sockets(
    host: str, port: int, environment: MutableMapping[str, str] = os.environ
) -> tuple[socket.socket, ...]:
    """Those that systemd passed, else one at this address. Raises OSError when that cannot be opened."""
    return _passed_sockets(environment) or (open_listening_socket(host, port, BACKLOG),)


def _passed_sockets(environment: MutableMapping[str, str]) -> tuple[socket.socket, ...]:
    """Taken once: the variables are removed, so that no process that is started here believes it got them."""
    names = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")
    pid, count, _ = (environment.pop(name, "") for name in names)
    if pid != str(os.getpid()) or not count.isdecimal():
        return ()
    sockets = tuple(socket.socket(fileno=descriptor) for descriptor in range(FIRST, FIRST + int(count)))
    for each in sockets:
        each.set_inheritable(False)
        each.setblocking(False)
    return sockets
