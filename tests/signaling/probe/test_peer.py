"""Two ends and the relay core between them, without sockets."""

import os
from dataclasses import replace

from signaling.packet import Address, Packet
from signaling.probe.offer import read_answer
from signaling.probe.peer import ProbePeer
from signaling.relay.events import PeerLost
from signaling.relay.relay import Candidate, Relay


class Loop:
    """`loses` says of each datagram, by its number, whether it is lost on its way to the relay."""

    def __init__(self, loses: int = 0) -> None:
        self.relay = Relay([Candidate("udp", "203.0.113.5", 8444)])
        self.now = 10.0
        self.peers: dict[Address, ProbePeer] = {}
        self.loses = loses
        for index, name in enumerate(("sender", "receiver")):
            peer = self.peers["udp", "192.0.2.7", 5000 + index] = ProbePeer()
            answer = self.relay.open_peer(name, peer.offer, slots=1, may_speak=True, may_show=True, now=self.now)
            peer.start(read_answer(answer))
        self.relay.seat("receiver", 0, "sender")
        self.sender, self.receiver = self.peers.values()

    def send(self, datagram: bytes, source: Address) -> None:
        self.loses -= 1
        if self.loses < 0:
            self.relay.receive(Packet(datagram), source, self.now)
        for packet, address in self.relay.outgoing():
            self.peers[address].receive(bytes(packet), self.now)

    def step(self, seconds: float = 0.02) -> None:
        self.now += seconds
        for address, peer in self.peers.items():
            for datagram in peer.outgoing(self.now):
                self.send(datagram, address)

    def connect(self, steps: int = 50) -> bool:
        for _ in range(steps):
            self.step()
        return self.sender.connected and self.receiver.connected


def test_packets_go_round() -> None:
    loop = Loop()
    assert loop.connect(steps=10)
    for _ in range(20):
        loop.send(loop.sender.packet(), ("udp", "192.0.2.7", 5000))
    assert (loop.sender.sent, loop.receiver.received, loop.sender.received) == (20, 20, 0)
    assert loop.sender.round_trip == 0.0


def test_a_packet_that_comes_twice_counts_once() -> None:
    loop = Loop()
    loop.connect()
    packet = loop.sender.packet()
    loop.send(packet, ("udp", "192.0.2.7", 5000))
    loop.send(packet, ("udp", "192.0.2.7", 5000))
    assert loop.receiver.received == 1


def test_lost_checks_are_sent_again() -> None:
    loop = Loop(loses=3)
    assert loop.connect(steps=100)


def test_it_talks_to_no_other_than_the_relay_of_the_answer() -> None:
    loop = Loop()
    assert loop.sender._answer is not None
    loop.sender.start(replace(loop.sender._answer, fingerprint=("sha-256", "00:" * 31 + "00")))
    assert not loop.connect()
    assert loop.receiver.connected
    assert not loop.sender.connected


def test_rubbish_changes_nothing() -> None:
    loop = Loop()
    loop.step()
    for size in (0, 1, 2, 20, 200, 3000):
        for first in (0, 1, 22, 128, 200):
            loop.sender.receive(bytes([first])[:size] + os.urandom(max(0, size - 1)), loop.now)
    assert loop.connect()


def test_it_keeps_the_relay_s_consent() -> None:
    loop = Loop()
    loop.connect()
    for _ in range(60):
        loop.step(1.0)
        loop.relay.tick(loop.now)
    assert [event for event in loop.relay.events() if isinstance(event, PeerLost)] == []
    loop.send(loop.sender.packet(), ("udp", "192.0.2.7", 5000))
    assert loop.receiver.received == 1
