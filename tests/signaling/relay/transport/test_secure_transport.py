"""A leg's transport: nothing leaves or enters but encrypted, silence is noticed."""

from signaling.packet import LONGEST, Packet
from signaling.relay.events import PeerDisconnected, PeerReconnected
from tests.signaling.relay.browser import Browser, Line, rtp

Pair = tuple[Browser, Browser]


def test_what_is_sent_reaches_the_browser_encrypted(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    said = rtp(7, 1, payload_type=111)
    packet = Packet(said)
    line.relay._peers["mentor"].send_rtp(packet)
    assert bytes(packet)[12:] != said[12:]
    line.pump()
    assert mentor.rtp == [said]


def test_nothing_leaves_before_an_address_is_proven_and_dtls_is_done(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    peer = line.relay._peers["mentor"]
    peer.send(b"anything")
    assert line.relay.outgoing() == []
    line.send(mentor, mentor.check())
    peer.send_rtp(Packet(rtp(7, 1, payload_type=111)))
    peer.send_rtcp(b"\x80\xc9\0\1\0\0\0\7")
    assert line.relay.outgoing() == []
    assert line.relay.figures("mentor").packets_out == 0


def test_media_before_dtls_is_dropped(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    line.send(mentor, mentor.check(), rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert line.relay.counters == {"rtp before dtls": 1}


def test_a_replayed_packet_is_not_carried_twice(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    line.send(mentor, mentor.sent[-1])
    assert len(mentee.rtp) == 1
    assert line.relay.counters == {"srtp refused": 1}


def test_a_number_is_sent_once(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    for payload in (b"first", b"second"):
        line.relay._peers["mentor"].send_rtp(Packet(rtp(7, 1, payload_type=111, payload=payload)))
    line.pump()
    assert [packet[12:] for packet in mentor.rtp] == [b"first"]
    assert line.relay.counters == {"srtp not sent": 1}


def test_a_compound_that_fits_no_packet_is_left_out(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    line.relay._peers["mentor"].send_rtcp(bytes(LONGEST + 1))
    line.pump()
    assert mentor.rtcp == []


def test_silence_is_noticed_and_ends_with_the_next_check(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    line.wait(2.4)
    assert PeerDisconnected("mentor") not in line.happened
    line.wait(0.2)
    assert line.happened[-1] == PeerDisconnected("mentor")
    line.send(mentor, mentor.check())
    assert line.happened[-1] == PeerReconnected("mentor")
