"""One leg's own bookkeeping."""

from signaling.packet import Packet
from tests.signaling.relay.browser import LEVEL, Browser, Line, rtp

Pair = tuple[Browser, Browser]


def test_figures_count_both_ways(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    before = line.relay.figures("mentee")
    line.say(mentor, *(rtp(mentor.ssrcs(0)[0], number, payload_type=111) for number in range(5)))
    after = line.relay.figures("mentee")
    assert line.relay.figures("mentor").packets_in == 5
    assert after.packets_out - before.packets_out == 5
    assert after.bytes_out - before.bytes_out == line.relay.figures("mentor").bytes_in


def test_only_the_microphone_speaks(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    for number in range(6):
        loud = {LEVEL: b"\x05"}
        stamp = 960 * number
        line.say(
            mentor,
            rtp(mentor.ssrcs(0)[0], number, payload_type=111, stamp=stamp, extensions=loud),
            rtp(mentor.ssrcs(1)[0], number, payload_type=96, stamp=stamp, extensions=loud),
        )
    assert line.relay.figures("mentor").speaking_seconds == 0.1


def test_reporters_are_bounded(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    for ssrc in range(100):
        line.say(mentor, b"\x80\xc9\0\1" + ssrc.to_bytes(4, "big"))
    assert line.relay.counters == {"rtcp of unknown ssrc": 36}


def test_a_buffer_is_sent_on_without_a_copy(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    packet = Packet(mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)))
    line.relay.receive(packet, mentor.address, line.now)
    ((sent, _),) = line.relay.outgoing()
    assert sent is packet
