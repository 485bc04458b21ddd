"""What a relay process says of itself every second."""

from signaling.protocol import control
from signaling.relay.relay import Relay
from signaling.sockets.ports import Ports
from signaling.worker.rooms import Rooms


def heartbeat(relay: Relay, ports: Ports, rooms: Rooms) -> control.Heartbeat:
    """Its delays are those since the last heartbeat."""
    dropped = sum(relay.counters.values()) + sum(ports.counters.values())
    delay, longest = (round(each, 6) for each in ports.traffic.take_delays())
    traffic = ports.traffic.received, ports.traffic.sent
    return control.Heartbeat(rooms.peers, dropped, *traffic, delay, longest, round(rooms.loss, 4))
