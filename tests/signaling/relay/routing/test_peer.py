"""What one peer counts and bounds."""

from signaling.packet import Packet
from tests.signaling.relay.browser import LEVEL, Browser, Network, rtp

Pair = tuple[Browser, Browser]


def test_figures_count_both_ways(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    before = network.relay.figures("mentee")
    network.say(mentor, *(rtp(mentor.ssrcs(0)[0], number, payload_type=111) for number in range(5)))
    after = network.relay.figures("mentee")
    assert network.relay.figures("mentor").packets_in == 5
    assert after.packets_out - before.packets_out == 5
    assert after.bytes_out - before.bytes_out == network.relay.figures("mentor").bytes_in


def test_only_the_microphone_speaks(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    for number in range(6):
        loud = {LEVEL: b"\x05"}
        stamp = 960 * number
        network.say(
            mentor,
            rtp(mentor.ssrcs(0)[0], number, payload_type=111, stamp=stamp, extensions=loud),
            rtp(mentor.ssrcs(1)[0], number, payload_type=96, stamp=stamp, extensions=loud),
        )
    assert network.relay.figures("mentor").speaking_seconds == 0.1


def test_reporters_are_bounded(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    for ssrc in range(100):
        network.say(mentor, b"\x80\xc9\0\1" + ssrc.to_bytes(4, "big"))
    assert network.relay.counters == {"rtcp of unknown ssrc": 36}


def test_a_buffer_is_sent_on_without_a_copy(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    packet = Packet(mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)))
    network.relay.receive(packet, mentor.address, network.now)
    ((sent, _),) = network.relay.outgoing()
    assert sent is packet
