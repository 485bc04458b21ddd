"""The sockets of the pages: opened here, or those that systemd passed."""

import json
import os
import socket
import subprocess
import sys

import pytest

from server.listening import listening_sockets

# Started as systemd starts a service: the sockets from descriptor 3 on, and the variables that say so.
PASSING = (
    "import json, os, sys; from server.listening import listening_sockets;"
    "passed = [int(each) for each in sys.argv[2:]];"
    "[os.dup2(each, 100 + at) for at, each in enumerate(passed)];"
    "[os.dup2(100 + at, 3 + at) for at in range(len(passed))];"
    "os.environ.update(LISTEN_FDS=str(len(passed)), LISTEN_PID=str(os.getpid() + int(sys.argv[1])));"
    "found = listening_sockets('127.0.0.1', 0);"
    "print(json.dumps([[each.getsockname()[1] for each in found], [each.get_inheritable() for each in found],"
    " 'LISTEN_FDS' in os.environ]))"
)


def found_by_a_process(*sockets: socket.socket, another: int = 0) -> list[object]:
    descriptors = [each.fileno() for each in sockets]
    command = [sys.executable, "-c", PASSING, str(another), *map(str, descriptors)]
    done = subprocess.run(command, pass_fds=descriptors, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_those_of_systemd_are_used():
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = [each.getsockname()[1] for each in (first, second)]
        assert found_by_a_process(first, second) == [ports, [False, False], False]


def test_those_that_are_meant_for_another_process_are_not():
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports, _, _ = found_by_a_process(other, another=1)
        assert ports != [other.getsockname()[1]]


def test_without_any_one_is_opened():
    [opened] = listening_sockets("127.0.0.1", 0, {})
    with opened, socket.create_connection(opened.getsockname()):
        assert opened.family is socket.AF_INET


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} of 127.0.0.1 cannot be opened.*Nothing was changed"):
            listening_sockets("127.0.0.1", port, dict(os.environ))
