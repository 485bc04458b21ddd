"""Bursts pass, floods do not, and a pause earns no more than a burst."""

from signaling.relay.allowance import BURST, RATE, Allowance


def take(allowance: Allowance, taken: int, wanted: int, now: float) -> int:
    """How many of the wanted packets pass."""
    for passed in range(wanted):
        if taken + passed >= allowance.ceiling and not allowance.raise_ceiling(now):
            return passed
    return wanted


def test_a_burst_passes_and_then_only_the_rate() -> None:
    allowance = Allowance(10.0)
    assert take(allowance, 0, 3 * BURST, 10.0) == BURST
    assert take(allowance, BURST, 3 * BURST, 10.5) == RATE // 2


def test_a_long_pause_earns_one_burst() -> None:
    allowance = Allowance(10.0)
    taken = take(allowance, 0, 3 * BURST, 10.0)
    assert take(allowance, taken, 9 * BURST, 1000.0) == BURST


def test_a_steady_stream_at_the_rate_passes_whole() -> None:
    allowance, taken = Allowance(0.0), 0
    for millisecond in range(5000):
        taken += take(allowance, taken, RATE // 1000, millisecond / 1000)
    assert taken == 5 * RATE
