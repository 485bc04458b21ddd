"""What goes on in the calls, as numbers."""

from dataclasses import dataclass

from signaling.hub.serving_relay import ServingRelay


@dataclass(frozen=True, slots=True)
class RelayCounts:
    """Of one relay process: whether it serves calls and takes new ones, its connections of browsers, and the packets it
    refused, received and sent since it started.

    `delay` and `longest_delay`: for how many seconds it kept a packet in the last second, the mean and the longest.
    `loss`: the share of packets that its peers lose now, the mean.
    """

    up: bool
    draining: bool
    connections: int
    dropped: int
    received: int
    sent: int
    delay: float
    longest_delay: float
    loss: float


@dataclass(frozen=True, slots=True)
class HubCounts:
    """Calls with somebody in them, people in calls, each relay process, and how many the hub has seen die, or end."""

    calls: int
    people: int
    relays: tuple[RelayCounts, ...]
    relays_lost: int


def counts_of(relay: ServingRelay) -> RelayCounts:
    """As its latest heartbeat says."""
    beat = relay.beat
    seen = (beat.dropped, beat.received, beat.sent, beat.delay, beat.longest, beat.loss)
    return RelayCounts(relay.up, relay.draining, relay.peers, *seen)
