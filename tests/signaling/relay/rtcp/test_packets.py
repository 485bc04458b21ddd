"""RTCP packets that the relay writes, read by aiortc's own parser."""

import struct

from aiortc import rtp as wire
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.rtcp.packets import nack, nack_numbers, sdes, split_compound


def test_a_nack_names_up_to_seventeen_numbers_in_a_word() -> None:
    numbers = [65_534, 65_535, 3, 14, 15, 400]
    block = nack(1, 7, numbers)
    assert block[:12] == struct.pack("!BBHII", 0x81, 205, 5, 1, 7)
    assert list(nack_numbers(block)) == numbers


def test_a_description_is_what_others_read() -> None:
    (packet,) = wire.RtcpPacket.parse(sdes(7, "0123456789abcdef"))
    assert [(chunk.ssrc, chunk.items) for chunk in packet.chunks] == [(7, [(1, b"0123456789abcdef")])]


@given(st.binary(max_size=200))
def test_blocks_stay_inside(packet: bytes) -> None:
    at = 0
    for _, count, start, end in split_compound(packet, len(packet)):
        assert at <= start < end <= len(packet)
        assert count < 32
        at = end
