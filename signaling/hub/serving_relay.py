"""What the hub needs of a relay process that serves calls, on this machine or on another."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from signaling.protocol import control

MAX_UNREAD = 8 * 1024 * 1024


class ServingRelay(Protocol):
    """`relay` names the life of the process, and is empty while none is known; `owned`: whether this hub keeps the
    record of who is in its calls."""

    relay: str
    peers: int
    beat: control.Heartbeat
    draining: bool
    owned: bool

    @property
    def up(self) -> bool:
        """Whether it serves calls now."""

    def post(self, message: control.HubMessage) -> None:
        """Send a message, if connected."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Called with what happens on a connection. `lost` gets the unix time at which the relay process fell silent."""

    receive: Callable[[ServingRelay, control.RelayMessage], None]
    disconnected: Callable[[ServingRelay], None]
    lost: Callable[[ServingRelay, float], None]


def post_to(writer: asyncio.StreamWriter, message: control.HubMessage) -> None:
    """Send a message. A relay process that does not read is disconnected, so that this does not fill the memory."""
    if writer.is_closing():
        return
    if writer.transport.get_write_buffer_size() > MAX_UNREAD:
        writer.transport.abort()
    else:
        writer.write(control.encode(message))
