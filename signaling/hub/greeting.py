"""How a hub gets to a relay process of another machine: through that machine's door, until the process greets it."""

import asyncio

from signaling.codec import MalformedMessage
from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import RelayAddress
from signaling.hub.silence import heard_within
from signaling.protocol import control

CONNECTS_WITHIN = 3.0
# A relay process sends a heartbeat every second.
SILENT_FOR = 3.0


class NotReached(Exception):
    """A relay process cannot be reached; the message says why."""


async def reach(address: RelayAddress, identity: MachineIdentity) -> None:
    """Connect as a hub does, and hang up after the greeting. Raises NotReached."""
    try:
        reader, writer = await connect(address, identity)
        try:
            async with heard_within(SILENT_FOR):
                await read_greeting(reader, address)
        finally:
            writer.transport.abort()
    except (OSError, TimeoutError, ValueError, MalformedMessage) as error:
        raise NotReached(str(error) or "no answer") from error


async def connect(
    address: RelayAddress, identity: MachineIdentity
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection through the door to the relay process, which has been greeted as one that observes.

    Raises OSError, TimeoutError, or ValueError for a certificate that is none.
    """
    async with asyncio.timeout(CONNECTS_WITHIN):
        context = identity.client_context(address.certificate)
        reader, writer = await asyncio.open_connection(address.host, address.port, ssl=context, limit=control.MAX_LINE)
    writer.write(control.encode(control.Through(address.relay)))
    writer.write(control.encode(control.Greet(address.protocol, observes=True)))
    return reader, writer


async def read_greeting(reader: asyncio.StreamReader, address: RelayAddress) -> None:
    """Take the greeting of the relay process. Raises OSError, ValueError, or MalformedMessage for another's."""
    line = await reader.readline()
    if not line:
        raise ConnectionError("it hangs up")
    greeting = control.parse_relay(line)
    if not isinstance(greeting, control.Greeting) or greeting.relay != address.relay:
        raise MalformedMessage("it is another one")
    if greeting.version != address.protocol:
        raise MalformedMessage(f"it speaks version {greeting.version}")
