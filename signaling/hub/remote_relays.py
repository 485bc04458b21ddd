"""The relay processes of other machines: connections come and go with the list of those that serve now."""

import asyncio
from collections.abc import Collection

from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import RelayAddress
from signaling.hub.remote_relay import RemoteRelay
from signaling.hub.serving_relay import Listener


class RemoteRelays:
    """`connections` are ordered by machine and number."""

    def __init__(self, identity: MachineIdentity, listener: Listener) -> None:
        self._identity = identity
        self._listener = listener
        self.connections: list[RemoteRelay] = []

    async def follow(self, addresses: Collection[RelayAddress]) -> bool:
        """From now on connect to these, and to no other; whether there is one less than before."""
        wanted = set(addresses)
        kept = [each for each in self.connections if each.address in wanted]
        gone = [each for each in self.connections if each.address not in wanted]
        new = wanted - {each.address for each in kept}
        kept += [RemoteRelay(address, self._identity, self._listener) for address in new]
        self.connections = sorted(kept, key=lambda each: (each.address.machine, each.address.number))
        await asyncio.gather(*(each.close() for each in gone))
        return bool(gone)
