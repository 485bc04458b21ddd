"""Bursts pass, floods do not, and after a pause only one burst more does."""

from signaling.relay.rate_limit import PACKET_RATE, RETRANSMISSION_RATE, PacketRateLimit


def take(limit: PacketRateLimit, taken: int, wanted: int, now: float) -> int:
    """How many of the wanted packets pass."""
    for passed in range(wanted):
        if taken + passed >= limit.ceiling and not limit.raise_ceiling(now):
            return passed
    return wanted


def test_a_burst_passes_and_then_only_the_rate() -> None:
    limit = PacketRateLimit(10.0)
    assert take(limit, 0, 3 * PACKET_RATE, 10.0) == PACKET_RATE
    assert take(limit, PACKET_RATE, 3 * PACKET_RATE, 10.5) == PACKET_RATE // 2


def test_a_long_pause_earns_one_burst() -> None:
    limit = PacketRateLimit(10.0)
    taken = take(limit, 0, 3 * PACKET_RATE, 10.0)
    assert take(limit, taken, 9 * PACKET_RATE, 1000.0) == PACKET_RATE


def test_a_smaller_one_holds_less() -> None:
    limit = PacketRateLimit(10.0, RETRANSMISSION_RATE)
    assert take(limit, 0, PACKET_RATE, 10.0) == RETRANSMISSION_RATE


def test_a_steady_stream_at_the_rate_passes_whole() -> None:
    limit, taken = PacketRateLimit(0.0), 0
    for millisecond in range(5000):
        taken += take(limit, taken, PACKET_RATE // 1000, millisecond / 1000)
    assert taken == 5 * PACKET_RATE
