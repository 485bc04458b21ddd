"""A relay process that also writes down each payload that it forwards, as it is after SRTP: what a relay could read.

    python tests/tapping_relay.py --control PATH …

One line a payload into the file that TAPPED names: the kind, whether it is redundant audio, and the bytes in hex.
"""

import os

from signaling.packet import Packet
from signaling.relay.routing.track import Downlink
from signaling.relay.rtp.headers import HeaderLayout
from signaling.worker.main import main

rewrite = Downlink.rewrite
TAPPED = open(os.environ["TAPPED"], "a", buffering=1)  # noqa: SIM115  # as long as the process lives


def tapped(self: Downlink, packet: Packet, layout: HeaderLayout, numbers: tuple[int, int, int], now: float) -> bool:
    track = self.track
    if track is not None and self.original is None:
        redundant = packet.data[1] & 0x7F == track.media.red
        payload = bytes(packet.data[layout.start : packet.length])
        TAPPED.write(f"{track.media.kind} {int(redundant)} {payload.hex()}\n")
    return rewrite(self, packet, layout, numbers, now)


Downlink.rewrite = tapped  # type: ignore[method-assign]

if __name__ == "__main__":
    raise SystemExit(main())
