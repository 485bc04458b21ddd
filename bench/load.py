"""Load for a relay: calls of two real DTLS-SRTP peers each, who send at a steady rate and count what they receive.

    python -m bench.load CONTROL CALLS SECONDS PROFILE [BURST]

drives the relay process behind the control socket CONTROL. With `direct` instead, the same packets go directly from
socket to socket, which measures the generator itself; with `echo` they go through bench/echo.py and back, which
measures the system. A peer sends BURST packets at once, as browsers send the packets of a picture; 1 by default.
Prints its figures as JSON.
"""

import json
import select
import socket
import struct
import subprocess
import sys
import time
from array import array
from pathlib import Path
from statistics import quantiles
from typing import Any

from signaling.protocol import control, messages
from signaling.seat import Seat
from tests.signaling.relay.browser import TWCC, Browser, rtp

RATE = 250
SIZE = 1000
PROOF_EVERY = 100
DRAIN = 0.5


class Peer:
    """One end of a call: a synthetic browser behind a socket of its own, sending RATE packets a second."""

    def __init__(self, name: str, profile: bytes) -> None:
        self.name = name
        self.browser = Browser(name, profile=profile)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.other = self
        self.packets: list[bytes] = []
        self.sent_at = array("d")
        self.delays = array("d")
        self.proven = 0

    def connect(self, answer: str, port: int) -> None:
        """ICE and DTLS with the relay."""
        self.browser.answer = answer
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(5)
        self.socket.send(self.browser.check())
        self.browser.receive(self.socket.recv(2048))
        flight = self.browser.handshake()
        while not self.browser.connected:
            for datagram in flight:
                self.socket.send(datagram)
            flight = self.browser.receive(self.socket.recv(2048))
        for datagram in flight:
            self.socket.send(datagram)
        # An empty receiver report, as browsers send before their first report.
        self.socket.send(self.browser.protect(struct.pack("!BBHI", 0x80, 201, 1, 1)))

    def prepare(self, count: int) -> None:
        """Create and encrypt in advance all packets that will be sent."""
        browser = self.browser
        media, kind = browser.ssrcs(1)[0], browser.payload_type(1, "VP8")
        sent_time = browser.extension(1, "abs-send-time")
        for number in range(count):
            extensions = {sent_time: b"abc", TWCC: struct.pack("!H", number)}
            packet = rtp(media, number, payload_type=kind, stamp=360 * number, extensions=extensions, payload=b"")
            packet += bytes(SIZE - 16 - len(packet))
            self.packets.append(browser.protect(packet) if browser.connected else packet)
        self.sent_at = array("d", bytes(8 * count))

    def report(self) -> None:
        """Send transport-wide feedback, as browsers do; from then on the relay leaves it to the receivers."""
        downlink = self.browser.ssrcs(4, answer=True)[0]
        feedback = struct.pack("!BBHIIHH", 0x8F, 205, 5, 1, downlink, 0, 1) + bytes(4) + b"\x20\x01\0\0"
        self.socket.send(self.browser.protect(feedback))

    def read(self) -> None:
        """Read all that has arrived."""
        while True:
            try:
                datagram = self.socket.recv(2048)
            except BlockingIOError:
                return
            now = time.perf_counter()
            if 192 <= datagram[1] < 224 or datagram[0] < 128:
                continue
            number = datagram[2] << 8 | datagram[3]
            self.delays.append(now - self.other.sent_at[number])
            if self.browser.connected and number % PROOF_EVERY == 0:
                self.browser.receive(datagram)
                self.proven += self.browser.rtp.pop().endswith(bytes(SIZE - 100))


class Process:
    """A process whose CPU time and memory are measured."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def cpu(self) -> float:
        """CPU seconds of the process so far, as the scheduler counts them."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> int:
        """Bytes of memory that the process does not share."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


class Relay(Process):
    """The control socket of a relay process, from the hub's side."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")
        self.say(control.Greet(control.VERSION))
        greeting = self.hear(control.Greeting)
        super().__init__(greeting.pid, greeting.port)

    def say(self, *said: control.HubMessage) -> None:
        self.socket.sendall(b"".join(map(control.encode, said)))

    def hear(self, wanted: type[Any]) -> Any:
        while not isinstance(heard := control.parse_relay(self.lines.readline()), wanted):
            pass
        return heard

    def enter(self, call: str, peer: Peer) -> None:
        """Seat a peer in a call."""
        enter = messages.Enter(peer.browser.offer, True, True)
        self.say(control.Opened(peer.name, Seat(call, peer.name, peer.name)))
        self.say(*(control.BrowserMessage(peer.name, messages.raw(each)) for each in (messages.Hello(1), enter)))
        while (told := json.loads(bytes(self.hear(control.Deliver).message)))["type"] != "entered":
            assert told["type"] != "error", told
        peer.connect(told["answer"], self.port)


def main() -> None:
    where, calls, seconds, profile = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4].encode()
    burst = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    pairs = [(Peer(f"a{call}", profile), Peer(f"b{call}", profile)) for call in range(calls)]
    peers = [peer for pair in pairs for peer in pair]
    relay = Relay(where) if where not in ("direct", "echo") else None
    command = [sys.executable, "-m", "bench.echo"]
    echo = subprocess.Popen(command, stdout=subprocess.PIPE) if where == "echo" else None  # noqa: S603  # our own
    measured: Process | None = relay
    if echo is not None and echo.stdout is not None:
        measured = Process(**json.loads(echo.stdout.readline()))
    empty = measured.memory() if measured else 0
    for call, (near, far) in enumerate(pairs):
        near.other, far.other = far, near
        if relay is not None:
            relay.enter(str(call), near)
            relay.enter(str(call), far)
        elif measured is not None:
            near.other, far.other = near, far
            near.socket.connect(("127.0.0.1", measured.port))
            far.socket.connect(("127.0.0.1", measured.port))
        else:
            near.socket.connect(far.socket.getsockname())
            far.socket.connect(near.socket.getsockname())
    for peer in peers:
        peer.prepare(int(RATE * seconds))
        peer.socket.setblocking(False)
    first = RATE // 4 if relay else 0
    last = first + (int(RATE * seconds) - first) // burst * burst
    if relay is not None:
        # One packet each, so that each downlink has its source; then the receivers begin to report.
        run(peers, 0, 1, 1)
        for peer in peers:
            peer.report()
        run(peers, 1, first, 1)
    for peer in peers:
        del peer.delays[:]
    before = measured.cpu() if measured else 0.0
    took = run(peers, first, last, burst)
    used = measured.cpu() - before if measured else 0.0
    full = measured.memory() if measured else 0
    if echo is not None:
        echo.kill()
    sent = len(peers) * (last - first)
    delays = [1000 * each for peer in peers for each in peer.delays]
    marks = quantiles(delays, n=100)
    figures = {
        "sent": sent,
        "lost": sent - len(delays),
        "proven": sum(peer.proven for peer in peers),
        "rate": sent / took,
        "cpu_us": 1e6 * used / sent,
        "p50_ms": marks[49],
        "p99_ms": marks[98],
        "bytes_a_call": (full - empty) / calls,
    }
    print(json.dumps(figures))


def run(peers: list[Peer], first: int, last: int, burst: int) -> float:
    """Send the packets numbered `first` up to `last` of each peer, `burst` at once and evenly spread, and read what
    arrives. Returns the seconds that the sending took."""
    poll = select.epoll()
    reading = {peer.socket.fileno(): peer for peer in peers}
    for number in reading:
        poll.register(number, select.EPOLLIN)
    count, done = len(peers) * (last - first), 0
    began = time.perf_counter()
    every = 1 / (RATE * len(peers))
    while done < count:
        now = time.perf_counter()
        while done < count and began + (done - done % burst) * every <= now:
            turn, which = divmod(done // burst, len(peers))
            number, peer = turn * burst + done % burst, peers[which]
            peer.sent_at[first + number] = time.perf_counter()
            peer.socket.send(peer.packets[first + number])
            done += 1
        for number, _ in poll.poll(max(0.0, began + done * every - time.perf_counter())):
            reading[number].read()
    took = time.perf_counter() - began
    end = time.monotonic() + DRAIN
    while (left := end - time.monotonic()) > 0:
        for number, _ in poll.poll(left):
            reading[number].read()
    return took


if __name__ == "__main__":
    main()
