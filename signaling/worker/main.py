"""The start of a relay process: rooms and relay core behind one port number, UDP and TCP, controlled by a hub.

    python -m signaling.worker.main --control PATH --bind ADDRESS --port N --public A,B --stun HOST:PORT \
        --lonely SECONDS --drain SECONDS [--json-log]

It outlives the hub that started it and waits for the next one. It ends by itself when it was without a hub for
`--lonely` seconds and nobody is in a call. SIGTERM lets it drain: it asks for no new calls, and ends with the last
present one, or after `--drain` seconds.
"""

import argparse
import asyncio
import fcntl
import gc
import logging
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from signaling.log_lines import JsonLines
from signaling.protocol import control
from signaling.relay.relay import Candidate, Relay
from signaling.sockets.addresses import announced_addresses
from signaling.sockets.detect import Detector, MappedAddress
from signaling.sockets.local import listen
from signaling.sockets.media_loop import MediaLoop
from signaling.sockets.ports import Ports
from signaling.sockets.tcp import raise_descriptor_limit
from signaling.worker.relay_process import RelayProcess

log = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s relay: %(message)s"
TAKEN = 3
NO_PORT = 4


def main() -> int:
    """Run the process; the exit status is TAKEN when another one serves this control path, or NO_PORT."""
    options = _read_options()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if options.json_log else logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    raise_descriptor_limit()
    lock = os.open(f"{options.control}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.warning("another relay process serves %s", options.control)
        return TAKEN
    try:
        ports = Ports(options.bind, options.port)
    except OSError as error:
        log.error("port %d of %s cannot be opened: %s", options.port, options.bind or "every address", error)
        return NO_PORT
    # What is there already lasts: the collector need not look at it again and again, at the cost of delay.
    gc.collect()
    gc.freeze()
    with asyncio.Runner(loop_factory=MediaLoop) as runner:
        runner.run(_run(options, ports))
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m signaling.worker.main")
    parser.add_argument("--control", type=Path, required=True, help="path of the Unix socket")
    parser.add_argument("--bind", default="::", help="address of the port; :: is every address")
    parser.add_argument("--port", type=int, default=0, help="UDP and TCP port; 0 takes a free one")
    parser.add_argument("--public", default="", help="addresses to announce, separated by commas")
    parser.add_argument("--stun", default="", help="HOST:PORT of a STUN server to ask for this port's public address")
    parser.add_argument("--lonely", type=float, default=60.0, help="end after this many seconds without a hub")
    parser.add_argument("--drain", type=float, default=7200.0, help="end this many seconds after SIGTERM at the latest")
    parser.add_argument("--json-log", action="store_true", help="log each line as JSON")
    return parser.parse_args()


async def _run(options: argparse.Namespace, ports: Ports) -> None:
    public = [each.strip() for each in options.public.split(",") if each.strip()]
    addresses = announced_addresses(options.bind, public, ports.families)
    relay = Relay(list(_candidates(addresses, ports.port)))
    detector = None
    if options.stun:
        detector = Detector(
            options.stun,
            ports.families,
            ports.send,
            lambda found: relay.announce(list(_candidates(addresses, ports.port, found))),
        )
    control_socket = listen(options.control)
    settings = control.settings_text(options.bind, options.port, options.public, options.stun)
    try:
        await RelayProcess(ports, relay, settings, options.lonely, options.drain, detector).run(control_socket)
    finally:
        with suppress(OSError):
            options.control.unlink()


def _candidates(addresses: Iterable[str], port: int, found: Iterable[MappedAddress] = ()) -> Iterator[Candidate]:
    """UDP first. An address that STUN found is announced with our own port, which a router may forward to us, and on
    UDP also with the port that STUN saw."""
    ips = list(dict.fromkeys([*addresses, *(each.ip for each in found)]))
    pairs = [(ip, port) for ip in ips] + [(each.ip, each.port) for each in found]
    yield from (Candidate("udp", *pair) for pair in dict.fromkeys(pairs))
    yield from (Candidate("tcp", ip, port) for ip in ips)


if __name__ == "__main__":
    raise SystemExit(main())
