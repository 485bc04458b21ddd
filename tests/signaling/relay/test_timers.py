"""What time brings to a peer: consent runs out, a handshake is repeated, and the relay asks to be woken in time."""

from signaling.packet import Packet
from signaling.relay import timers
from signaling.relay.events import PeerDisconnected, PeerLost
from signaling.relay.rtcp.transport_feedback import INTERVAL
from signaling.relay.timers import Alarm
from signaling.relay.transport.secure_transport import SILENCE_SECONDS
from tests.signaling.relay.browser import TWCC, Browser, Line, rtp

Pair = tuple[Browser, Browser]


def test_an_alarm_rings_at_the_earliest() -> None:
    alarm = Alarm()
    assert alarm.due is None
    for when in (5.0, 3.0, 4.0):
        alarm.set(when)
    assert alarm.due == 3.0


def test_the_next_is_silence_and_then_consent(line: Line) -> None:
    line.join(Browser("mentor"))
    peer = line.relay._peers["mentor"]
    line.wait(1.0)
    silent = peer.last_received + SILENCE_SECONDS
    assert timers.deadline(peer) == silent
    assert list(timers.run(peer, silent)) == [PeerDisconnected("mentor")]
    assert timers.deadline(peer) == peer.agent.expires()
    assert list(timers.run(peer, peer.agent.expires())) == [PeerLost("mentor", "consent expired")]


def test_feedback_wakes_the_relay_in_time(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    line.wait(1.0)
    mentor.rtcp.clear()
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111, extensions={TWCC: b"\0\1"}))
    assert line.relay.deadline() == line.now + INTERVAL
    line.wait(INTERVAL)
    assert [packet[1] for packet in mentor.rtcp] == [205]


def test_an_unfinished_handshake_has_its_timer(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    line.send(mentor, mentor.check())
    # OpenSSL counts by its own clock, and begins with a second.
    line.relay.receive(Packet(mentor.shake_hands()[0]), mentor.address, line.now)
    line.relay.outgoing()
    peer = line.relay._peers["mentor"]
    assert peer.dtls_due is not None
    assert timers.deadline(peer) == peer.dtls_due
    assert list(timers.run(peer, peer.dtls_due)) == []


def test_media_alone_is_no_consent(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    for second in range(31):
        line.wait(1.0)
        if second < 29:
            line.say(mentor, rtp(mentor.ssrcs(0)[0], second, payload_type=111))
    assert PeerLost("mentor", "consent expired") in line.happened


def test_checks_keep_consent(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    for _ in range(9):
        line.wait(10)
        line.send(mentor, mentor.check())
    assert not [event for event in line.happened if isinstance(event, PeerLost)]


def test_a_browser_that_never_comes_is_lost(line: Line) -> None:
    line.open(Browser("mentor"))
    line.wait(31)
    assert line.happened == [PeerLost("mentor", "consent expired")]
    assert line.relay.deadline() is None
