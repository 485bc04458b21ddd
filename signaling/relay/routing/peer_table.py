"""Finding the peer of a datagram: by ufrag in a check, by proven address afterwards."""

from signaling.packet import Address
from signaling.relay.routing.peer import Peer


class Book:
    """Both look-ups, held in step with what the peers' agents have proven."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, Peer] = {}
        self.by_address: dict[Address, Peer] = {}

    def enter(self, peer: Peer) -> None:
        """A peer that checks may now name."""
        self.by_ufrag[peer.agent.ufrag] = peer

    def claim(self, peer: Peer, source: Address) -> None:
        """The peer has just proven this address; it is no longer anybody else's."""
        owner = self.by_address.get(source)
        if owner is peer:
            return
        if owner is not None:
            owner.agent.forget(source)
        self.by_address[source] = peer
        for address in peer.agent.evicted():
            self.by_address.pop(address, None)

    def strike(self, peer: Peer) -> None:
        """Forget the peer with all its addresses."""
        del self.by_ufrag[peer.agent.ufrag]
        for address in peer.agent.proven:
            self.by_address.pop(address, None)
