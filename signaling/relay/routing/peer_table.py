"""Finding the peer of a datagram: by ufrag in a connectivity check, by proven address for all else."""

from signaling.packet import Address
from signaling.relay.routing.peer import Peer


class PeerTable:
    """Both look-ups. They follow what the peers' ICE agents have proven."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, Peer] = {}
        self.by_address: dict[Address, Peer] = {}

    def add(self, peer: Peer) -> None:
        """From now on connectivity checks may name this peer."""
        self.by_ufrag[peer.agent.ufrag] = peer

    def claim(self, peer: Peer, source: Address) -> None:
        """The peer has just proven this address; no other peer has it any more."""
        owner = self.by_address.get(source)
        if owner is peer:
            return
        if owner is not None:
            owner.agent.forget(source)
        self.by_address[source] = peer
        for address in peer.agent.take_evicted():
            self.by_address.pop(address, None)

    def remove(self, peer: Peer) -> None:
        """Forget the peer with all its addresses."""
        del self.by_ufrag[peer.agent.ufrag]
        for address in peer.agent.proven:
            self.by_address.pop(address, None)
