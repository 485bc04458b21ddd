"""A peer's transport: everything is encrypted, and silence is noticed."""

import pytest

from signaling.packet import LONGEST, Packet
from signaling.relay.events import PeerDisconnected, PeerReconnected
from signaling.relay.transport.dtls import Dtls
from tests.signaling.relay.browser import Browser, Network, rtp

Pair = tuple[Browser, Browser]


def test_what_is_sent_reaches_the_browser_encrypted(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    said = rtp(7, 1, payload_type=111)
    packet = Packet(said)
    network.relay._peers["mentor"].send_rtp(packet)
    assert bytes(packet)[12:] != said[12:]
    network.pump()
    assert mentor.rtp == [said]


def test_nothing_leaves_before_an_address_is_proven_and_dtls_is_done(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    peer = network.relay._peers["mentor"]
    peer.flush_dtls(network.now)
    assert network.relay.outgoing() == []
    network.send(mentor, mentor.check())
    peer.send_rtp(Packet(rtp(7, 1, payload_type=111)))
    peer.send_rtcp(b"\x80\xc9\0\1\0\0\0\7")
    assert network.relay.outgoing() == []
    assert network.relay.figures("mentor").packets_out == 0


def test_a_handshake_is_answered_where_it_comes_from(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check may have come by a way by which nothing goes back, as from a second network of the browser's."""
    dead = ("udp", "198.18.0.9", 9)
    mentor = network.open(Browser("mentor"))
    network.send(mentor, mentor.check(nominate=False), source=dead)
    network.send(mentor, mentor.check(nominate=False))
    network.astray.clear()
    network.send(mentor, *mentor.handshake())
    assert (mentor.connected, network.astray) == (True, [])
    # What comes again by time goes there, too; close_notify goes where media goes.
    peer = network.relay._peers["mentor"]
    monkeypatch.setattr(Dtls, "outgoing", lambda _: [b"\x16again"])
    peer.dtls_due = network.now
    peer.expire_dtls(network.now)
    network.relay.close_peer("mentor")
    assert [address for _, address in network.relay.outgoing()] == [mentor.address, dead]


def test_media_before_dtls_is_dropped(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    network.send(mentor, mentor.check(), rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert network.relay.counters == {"rtp before dtls": 1}


def test_a_replayed_packet_is_not_carried_twice(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    network.send(mentor, mentor.sent[-1])
    assert len(mentee.rtp) == 1
    assert network.relay.counters == {"srtp refused": 1}


def test_a_number_is_sent_once(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    for payload in (b"first", b"second"):
        network.relay._peers["mentor"].send_rtp(Packet(rtp(7, 1, payload_type=111, payload=payload)))
    network.pump()
    assert [packet[12:] for packet in mentor.rtp] == [b"first"]
    assert network.relay.counters == {"srtp not sent": 1}


def test_a_compound_that_fits_no_packet_is_left_out(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    network.relay._peers["mentor"].send_rtcp(bytes(LONGEST + 1))
    network.pump()
    assert mentor.rtcp == []


def test_silence_is_noticed_and_ends_with_the_next_check(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    network.wait(2.4)
    assert PeerDisconnected("mentor") not in network.happened
    network.wait(0.2)
    assert network.happened[-1] == PeerDisconnected("mentor")
    network.send(mentor, mentor.check())
    assert network.happened[-1] == PeerReconnected("mentor")
