"""RFC 7983's ranges, each byte looked at."""

from signaling.relay.transport.demux import DTLS, IS_RTCP, KIND, MEDIA, STUN, UNKNOWN


def test_first_bytes() -> None:
    ranges = {STUN: range(0, 4), DTLS: range(20, 64), MEDIA: range(128, 192)}
    for first in range(256):
        assert KIND[first] == next((kind for kind, span in ranges.items() if first in span), UNKNOWN)


def test_second_bytes_of_rtcp() -> None:
    assert [second for second in range(256) if IS_RTCP[second]] == list(range(192, 224))
