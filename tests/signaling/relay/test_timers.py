"""What time brings to a peer: consent runs out, a handshake is repeated, and the relay asks to be woken in time."""

import pytest

from signaling.packet import Packet
from signaling.relay import timers
from signaling.relay.events import PeerDisconnected, PeerLost
from signaling.relay.routing.peer import Peer
from signaling.relay.rtcp.transport_feedback import INTERVAL
from signaling.relay.timers import RELEASE_SECONDS
from signaling.relay.transport.secure_transport import SILENCE_SECONDS
from tests.signaling.relay.browser import TWCC, Browser, Network, rtp

Pair = tuple[Browser, Browser]


@pytest.mark.parametrize("peers", [4, 40])
def test_a_tick_looks_only_at_the_peers_that_are_due(
    network: Network, monkeypatch: pytest.MonkeyPatch, peers: int
) -> None:
    """Else the cost of all ticks grows with the square of the peers."""
    browsers = [network.join(Browser(str(number), port=40000 + number)) for number in range(peers)]
    network.wait(1.0)
    looked_at: list[Peer] = []
    deadline = timers.deadline

    def recorded(peer: Peer) -> float:
        looked_at.append(peer)
        return deadline(peer)

    monkeypatch.setattr(timers, "deadline", recorded)
    network.say(browsers[0], rtp(browsers[0].ssrcs(0)[0], 1, payload_type=111, extensions={TWCC: b"\0\1"}))
    network.wait(INTERVAL)
    assert looked_at == [network.relay._peers["0"]]


def test_the_next_is_silence_and_then_consent(network: Network) -> None:
    network.join(Browser("mentor"))
    peer = network.relay._peers["mentor"]
    network.wait(1.0)
    silent = peer.last_received + SILENCE_SECONDS
    assert timers.deadline(peer) == silent
    assert list(timers.run(peer, silent)) == [PeerDisconnected("mentor")]
    assert timers.deadline(peer) == peer.agent.expires()
    assert list(timers.run(peer, peer.agent.expires())) == [PeerLost("mentor", "consent expired")]


def test_feedback_wakes_the_relay_in_time(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    network.wait(1.0)
    mentor.rtcp.clear()
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111, extensions={TWCC: b"\0\1"}))
    assert network.relay.deadline() == network.now + INTERVAL
    network.wait(INTERVAL)
    assert [packet[1] for packet in mentor.rtcp] == [205]


def test_an_unfinished_handshake_has_its_timer(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    network.send(mentor, mentor.check())
    # OpenSSL uses its own clock, and begins with one second.
    network.relay.receive(Packet(mentor.handshake()[0]), mentor.address, network.now)
    network.relay.outgoing()
    peer = network.relay._peers["mentor"]
    assert peer.dtls_due is not None
    assert timers.deadline(peer) == peer.dtls_due
    assert list(timers.run(peer, peer.dtls_due)) == []


def test_what_only_the_handshake_needs_is_freed_once_media_came(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    network.wait(RELEASE_SECONDS)
    peers = network.relay._peers
    assert peers["mentor"].dtls._ssl is None
    assert peers["mentee"].dtls._ssl is not None, "it may not have finished: it would need our last flight again"
    mentor.ssl.shutdown()
    network.send(mentor, mentor.ssl.bio_read(65536))
    assert network.happened[-1] == PeerLost("mentor", "closed")
    network.relay.close_peer("mentee")


def test_media_alone_is_no_consent(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    for second in range(31):
        network.wait(1.0)
        if second < 29:
            network.say(mentor, rtp(mentor.ssrcs(0)[0], second, payload_type=111))
    assert PeerLost("mentor", "consent expired") in network.happened


def test_checks_keep_consent(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    for _ in range(9):
        network.wait(10)
        network.send(mentor, mentor.check())
    assert not [event for event in network.happened if isinstance(event, PeerLost)]


def test_a_browser_that_never_comes_is_lost(network: Network) -> None:
    network.open(Browser("mentor"))
    network.wait(31)
    assert network.happened == [PeerLost("mentor", "consent expired")]
    assert network.relay.deadline() is None
