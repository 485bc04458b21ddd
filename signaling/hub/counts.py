"""What goes on in the calls, as numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelayCounts:
    """Of one relay process: whether it serves calls and takes new ones, its connections of browsers, and the packets it
    refused since it started."""

    up: bool
    draining: bool
    connections: int
    dropped: int


@dataclass(frozen=True, slots=True)
class HubCounts:
    """Calls with somebody in them, people in calls, each relay process, and how many the hub has seen die, or end."""

    calls: int
    people: int
    relays: tuple[RelayCounts, ...]
    relays_lost: int
