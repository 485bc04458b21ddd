"""What strangers send, and how to see whether it changed anything in the relay."""

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

from OpenSSL import SSL

from signaling.packet import Address, Packet
from signaling.relay.transport.aiortc_parts import Certificate
from tests.signaling.relay.browser import Browser, Network, rtp

STRANGER: Address = ("udp", "203.0.113.66", 6666)
COOKIE = b"\x21\x12\xa4\x42"
# A fatal handshake_failure in a plaintext record of epoch 0 (RFC 6347 section 4.1, RFC 5246 section 7.2).
ALERT = bytes([21]) + b"\xfe\xfd" + bytes(8) + b"\x00\x02" + b"\x02\x28"


def client_hello(null_suite: bool = False) -> bytes:
    """A real first flight, or one that offers only a suite without encryption."""
    context = Certificate().context()
    connection = SSL.Connection(context)
    connection.set_connect_state()
    connection.set_ciphertext_mtu(1200)
    with suppress(SSL.WantReadError):
        connection.do_handshake()
    flight = connection.bio_read(4096)
    if not null_suite:
        return flight
    body = b"\xfe\xfd" + bytes(32) + b"\0\0" + struct.pack("!HH", 2, 0x0001) + b"\x01\0"
    handshake = b"\x01" + len(body).to_bytes(3, "big") + bytes(5) + len(body).to_bytes(3, "big") + body
    return b"\x16\xfe\xfd" + bytes(8) + struct.pack("!H", len(handshake)) + handshake


def snapshot(network: Network) -> Any:
    """The state of all peers."""
    relay = network.relay
    return (
        sorted(relay._table.by_ufrag),
        {address: peer.name for address, peer in relay._table.by_address.items()},
        [
            (
                name, peer.agent.selected, dict(peer.agent.proven), peer.agent.consent_at, peer.srtp is None,
                peer.dtls.complete, peer.last_received, peer.disconnected, sorted(peer.streams),
                sorted(peer.unsignaled.rejected), sorted(peer._reporters), peer.figures(),
            )
            for name, peer in relay._peers.items()
        ],
        relay.counters["internal error"],
    )  # fmt: skip


def bombard(network: Network, *datagrams: bytes, source: Address = STRANGER) -> int:
    """Send these to the relay; returns how many bytes it answered."""
    answered = 0
    for datagram in datagrams:
        network.relay.receive(Packet(datagram[:2048]), source, network.now)
        answered += sum(len(sent) for sent, _ in network.relay.outgoing())
    return answered


def carries(network: Network, sender: Browser, receiver: Browser, number: int) -> bool:
    """Whether a packet of the sender's sound arrives."""
    before = len(receiver.rtp)
    network.say(sender, rtp(sender.ssrcs(0)[0], number, payload_type=111))
    return len(receiver.rtp) == before + 1


def resident() -> int:
    """Bytes of memory that this process occupies."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
