"""ICE-TCP in the core: an address is an address, whatever it came by; the browser's nomination decides."""

from signaling.packet import Address, Packet
from tests.signaling.relay.browser import Browser, Network, rtp

BY_TCP: Address = ("tcp", "192.0.2.7", 40001)


def test_the_answer_prefers_udp(network: Network) -> None:
    browser = network.join(Browser("maya"))
    candidates = [line for line in browser.answer.splitlines() if line.startswith("a=candidate")]
    udp, tcp = [line.split() for line in candidates]
    assert (udp[2], tcp[2], tcp[-2:]) == ("udp", "tcp", ["tcptype", "passive"])
    assert int(udp[3]) > int(tcp[3])


def test_media_leaves_by_udp_when_both_work(network: Network) -> None:
    """TCP may be proven first; what the browser nominates (UDP, by priority) takes over, whatever comes by TCP then."""
    mentor, mentee = Browser("maya", port=40001), Browser("sam", port=40002)
    network.browsers[BY_TCP] = network.open(mentor)
    network.send(mentor, mentor.check(nominate=False), source=BY_TCP)
    network.send(mentor, mentor.check(nominate=True))
    network.send(mentor, *mentor.handshake())
    assert mentor.connected
    network.join(mentee)
    network.pair(mentor, mentee)
    network.send(mentor, mentor.check(nominate=False), source=BY_TCP)
    network.relay.receive(
        Packet(mentee.protect(rtp(mentee.ssrcs(0)[0], 1, payload_type=111))), mentee.address, network.now
    )
    assert [address for _, address in network.relay.outgoing()] == [mentor.address]


def test_a_closed_connection_loses_its_address(network: Network) -> None:
    mentor, mentee = network.join(Browser("maya", port=40001)), network.join(Browser("sam", port=40002))
    network.pair(mentor, mentee)
    network.browsers[BY_TCP] = mentor
    network.send(mentor, mentor.check(), source=BY_TCP)
    network.relay.lose_address(BY_TCP)
    network.relay.lose_address(("tcp", "203.0.113.9", 9))
    sound = rtp(mentee.ssrcs(0)[0], 1, payload_type=111)
    network.relay.receive(Packet(mentee.protect(sound)), mentee.address, network.now)
    assert [address for _, address in network.relay.outgoing()] == [mentor.address]
    network.send(mentor, mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)), source=BY_TCP)
    assert network.relay.counters["address not proven"] == 1
    assert mentee.rtp == []
