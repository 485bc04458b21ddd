"""The least that a relay of SRTP needs: libsrtp's unprotect and protect of each packet, in place.

    python -m bench.floor CALLS PROFILE

The same packets as bench/load.py sends, of as many sessions, in batches of 5. First one batch after another, then a
batch every 0.5 ms, as at 10,000 packets/s: a processor that slept in between is slower. Prints JSON.
"""

import json
import os
import sys
import time

from bench.load import SIZE
from signaling.packet import Packet
from signaling.relay.transport.aiortc_parts import PROFILES, SrtpProfile
from signaling.relay.transport.srtp import LENGTH, Srtp, protect, unprotect
from tests.signaling.relay.browser import rtp

BATCH = 5
PACE = 0.0005
EACH = 300


def main() -> None:
    peers, profile = 2 * int(sys.argv[1]), PROFILES[sys.argv[2].encode()]
    print(json.dumps({"tight_us": measure(peers, profile, 0.0), "paced_us": measure(peers, profile, PACE)}))


def measure(peers: int, profile: SrtpProfile, pace: float) -> float:
    """CPU microseconds a packet."""
    sessions = []
    for _ in range(peers):
        key, other = (os.urandom(profile.key + profile.salt) for _ in range(2))
        sessions.append((Srtp(profile, other, key), Srtp(profile, key, other)))
    packets = []
    for number in range(EACH):
        for browser, relay in sessions:
            packet = rtp(7, number, payload_type=96, extensions={2: b"abc", 3: b"ab"}, payload=b"")
            packets.append((relay, browser, Packet(packet + bytes(SIZE - 16 - len(packet)))))
            browser.protect(packets[-1][2])
    used = 0.0
    for first in range(0, len(packets), BATCH):
        work = [(relay.inbound, relay.outbound, packet) for relay, _, packet in packets[first : first + BATCH]]
        time.sleep(pace)
        began = time.thread_time()
        for reading, writing, packet in work:
            LENGTH[0] = packet.length
            unprotect(reading, packet.pointer, LENGTH)
            protect(writing, packet.pointer, LENGTH)
        used += time.thread_time() - began
        assert LENGTH[0] == packet.length, "a packet was refused"
    return 1e6 * used / len(packets)


if __name__ == "__main__":
    main()
