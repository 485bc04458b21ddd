"""Starts Fireside's processes by fork from a process that has imported all of it: importing costs as much processor
time as most tests. Each is otherwise a process as any, with its own environment, folder and output.

    python -P tests/fork_server.py DESCRIPTOR

The descriptor is one end of a Unix socket pair that keeps packets apart. A request is JSON, [arguments, environment,
folder or null, umask or null], with three descriptors: stdout, stderr, and where to write the process id and later the
exit status, a line each.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from typing import NoReturn

LARGEST_REQUEST = 128 * 1024
# What `fireside demo` and `fireside serve` import.
MODULES = ("server.cli", "server.demo", "server.app", "server.serving", "server.page_processes")


def main() -> None:
    """Serves requests until the other end is closed; processes that were started go on."""
    gc.disable()
    for module in MODULES:
        importlib.import_module(module)
    gc.freeze()
    requests = socket.socket(fileno=int(sys.argv[1]))
    started: dict[int, tuple[int, int]] = {}
    while True:
        ready, _, _ = select.select([requests, *started], [], [])
        for process in set(ready) - {requests}:
            pid, report = started.pop(process)
            _, status = os.waitpid(pid, 0)
            os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
            os.close(report)
            os.close(process)
        if requests in ready:
            packet, descriptors, _, _ = socket.recv_fds(requests, LARGEST_REQUEST, 3)
            if not packet:
                return
            stdout, stderr, report = descriptors
            pid = os.fork()
            if pid == 0:
                requests.close()
                os.close(report)
                for process, (_, other) in started.items():
                    os.close(process)
                    os.close(other)
                _become(*json.loads(packet), stdout, stderr)
            os.close(stdout)
            os.close(stderr)
            os.write(report, b"%d\n" % pid)
            started[os.pidfd_open(pid)] = (pid, report)


def _become(
    arguments: list[str], environment: dict[str, str], folder: str | None, umask: int | None, *output: int
) -> NoReturn:
    """The process that was asked for."""
    for number, descriptor in enumerate(output, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if folder is not None:
        os.chdir(folder)
    if umask is not None:
        os.umask(umask)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["fireside", *arguments]
    from server.__main__ import main as run

    try:
        run()
    except SystemExit as end:
        # As the interpreter does it, whose way out ends in the middle of this program.
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = 1 if isinstance(end.code, str) else end.code or 0
    else:
        status = 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
