"""The relay sends again what a receiver lost, and requests what never arrived from the sender, once."""

import struct

import pytest
from aiortc import rtp as wire

from signaling.packet import Packet
from signaling.relay.rate_limit import RETRANSMISSION_RATE
from signaling.relay.rtp.packet_cache import RETRY_SECONDS, SIZE, PacketCache
from tests.signaling.relay.browser import TWCC, Browser, Network, rtp


def nack(ssrc: int, first: int, more: int = 0) -> bytes:
    return struct.pack("!BBHIIHH", 0x81, 205, 3, 1, ssrc, first, more)


def asked(sender: Browser) -> list[list[int]]:
    """The numbers that the relay requested from a sender, by request."""
    found = [each for compound in sender.rtcp for each in wire.RtcpPacket.parse(compound)]
    return [each.lost for each in found if isinstance(each, wire.RtcpRtpfbPacket)]


@pytest.fixture
def three(network: Network) -> list[Browser]:
    """a is seen by b and c."""
    people = [network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people[1:]:
        network.relay.seat(one.name, 0, "a")
    network.pump()
    for one in people:
        one.rtcp.clear()
    return people


def test_packets_are_kept_for_a_while() -> None:
    cache = PacketCache()
    for number in range(65_500, 65_536 + SIZE):
        cache.add(number & 0xFFFF, Packet(bytes([number & 0xFF])), 1.0)
    assert cache.find(0) == b"\0"
    assert cache.find(65_535) is None
    assert cache.find(SIZE - 1) == bytes([(SIZE - 1) & 0xFF])


def test_a_number_is_not_requested_too_often() -> None:
    cache = PacketCache()
    assert cache.may_request(7, 1.0)
    assert not cache.may_request(7, 1.0 + RETRY_SECONDS / 2)
    assert cache.may_request(7, 1.0 + 2 * RETRY_SECONDS)
    for number in range(3 * SIZE):
        cache.may_request(number, 2.0)
    assert len(cache._requested) == SIZE


def test_one_receivers_loss_is_repaired_by_the_relay(network: Network, three: list[Browser]) -> None:
    sender, first, second = three
    media = sender.ssrcs(1)[0]
    for number in (900, 901, 902):
        payload = bytes([number & 0xFF]) * 9
        network.say(sender, rtp(media, number, payload_type=96, extensions={TWCC: b"ab"}, payload=payload))
    before = len(second.rtp)
    slot, again = first.ssrcs(4, answer=True)
    first.rtp.clear()
    network.say(first, nack(slot, 901, 1))
    sent = [wire.RtpPacket.parse(packet) for packet in first.rtp]
    assert [(packet.ssrc, packet.payload_type) for packet in sent] == [(again, 97)] * 2
    assert [packet.payload for packet in sent] == [
        struct.pack("!H", number) + bytes([number & 0xFF]) * 9 for number in (901, 902)
    ]
    assert sent[1].sequence_number == sent[0].sequence_number + 1
    assert sender.rtcp == []
    assert len(second.rtp) == before


def test_what_never_arrived_is_requested_once(network: Network, three: list[Browser]) -> None:
    sender, first, second = three
    media, rtx = sender.ssrcs(1)
    network.say(sender, rtp(media, 900, payload_type=96), rtp(media, 902, payload_type=96))
    for one in (first, second):
        network.say(one, nack(one.ssrcs(4, answer=True)[0], 901))
    asked = [packet for compound in sender.rtcp for packet in wire.RtcpPacket.parse(compound)]
    assert [packet.lost for packet in asked] == [[901]]
    for one in (first, second):
        one.rtp.clear()
    network.say(first, nack(first.ssrcs(4, answer=True)[0], 902))
    network.say(sender, rtp(rtx, 40, payload_type=97, payload=b"\x03\x85repair"))
    repairs = [wire.RtpPacket.parse(packet) for packet in first.rtp]
    assert repairs[-1].payload == b"\x03\x85repair"
    assert repairs[-1].sequence_number == (repairs[0].sequence_number + 1) & 0xFFFF
    assert wire.RtpPacket.parse(second.rtp[-1]).payload == b"\x03\x85repair"


def test_a_lost_packet_is_requested_before_any_receiver_misses_it(network: Network, three: list[Browser]) -> None:
    sender, first, _ = three
    media, rtx = sender.ssrcs(1)
    network.say(sender, rtp(media, 900, payload_type=96), rtp(media, 902, payload_type=96))
    assert asked(sender) == [[901]]
    network.say(first, nack(first.ssrcs(4, answer=True)[0], 901))
    assert asked(sender) == [[901]]
    network.say(sender, rtp(rtx, 40, payload_type=97, payload=b"\x03\x85repair"))
    network.wait(1.0)
    assert asked(sender) == [[901]]
    assert [packet[12:] for packet in first.rtp][-1] == b"\x03\x85repair"


def test_a_retransmission_that_is_lost_too_is_sent_again(network: Network, three: list[Browser]) -> None:
    sender, first, _ = three
    media, rtx = sender.ssrcs(1)
    network.say(sender, rtp(media, 900, payload_type=96, stamp=1), rtp(media, 902, payload_type=96, stamp=3))
    network.say(sender, rtp(rtx, 40, payload_type=97, stamp=2, marker=True, payload=b"\x03\x85repair"))
    first.rtp.clear()
    network.say(first, nack(first.ssrcs(4, answer=True)[0], 901))
    [again] = [wire.RtpPacket.parse(packet) for packet in first.rtp]
    assert (again.payload, again.timestamp, again.marker) == (b"\x03\x85repair", 2, 1)


def test_between_two_a_retransmission_has_no_transport_wide_number(
    network: Network, pair: tuple[Browser, Browser]
) -> None:
    mentor, mentee = pair
    media, extensions = mentor.ssrcs(1)[0], {TWCC: b"ab"}
    network.say(mentor, rtp(media, 900, payload_type=96, extensions=extensions))
    network.say(mentee, nack(mentee.ssrcs(4, answer=True)[0], 900))
    came, again = mentee.rtp
    assert came[12:20] == bytes([0xBE, 0xDE, 0, 1, TWCC << 4 | 1]) + b"ab\0"
    assert again[12:20] == bytes([0xBE, 0xDE, 0, 1]) + bytes(4)
    assert mentor.rtcp == []


def test_retransmissions_to_one_peer_are_bounded(network: Network, pair: tuple[Browser, Browser]) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(1)[0], 900, payload_type=96))
    slot = mentee.ssrcs(4, answer=True)[0]
    mentee.rtp.clear()
    network.say(mentee, *(nack(slot, 900) for _ in range(2 * RETRANSMISSION_RATE)))
    assert len(mentee.rtp) == RETRANSMISSION_RATE
