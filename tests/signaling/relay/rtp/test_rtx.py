"""A retransmission holds its original, by number and by content."""

import pytest

from signaling.packet import Packet
from signaling.relay.rtp import rtx
from tests.signaling.relay.browser import rtp

START = 12


def repeating(payload: bytes, *, padded: bool = False) -> Packet:
    packet = Packet(rtp(9, 40, payload_type=97, marker=True, payload=payload))
    packet.data[0] |= 0x20 if padded else 0
    return packet


def test_what_was_wrapped_is_unwrapped() -> None:
    said = rtp(7, 901, payload_type=96, payload=b"content")
    packet = Packet(said)
    rtx.wrap(packet, START)
    assert bytes(packet) == said[:START] + b"\x03\x85content"
    assert rtx.original(packet, START) == 901
    assert rtx.unwrap(packet, START, 96, 7) == said


def test_the_original_has_its_own_number_type_and_ssrc() -> None:
    assert rtx.unwrap(repeating(b"\x03\x85content"), START, 96, 7) == rtp(
        7, 901, payload_type=96, marker=True, payload=b"content"
    )


def test_the_repeated_number_is_shifted_around_its_end() -> None:
    packet = repeating(b"\xff\xffcontent")
    assert rtx.shift_original(packet, START, 3)
    assert bytes(packet)[START:] == b"\0\2content"


@pytest.mark.parametrize(
    ("payload", "padded", "taken"), [(b"", False, True), (b"\0\0\0\4", True, True), (b"\7", False, False)]
)
def test_without_an_original_nothing_is_shifted(payload: bytes, padded: bool, taken: bool) -> None:
    packet = repeating(payload, padded=padded)
    before = bytes(packet)
    assert rtx.original(packet, START) is None
    assert rtx.shift_original(packet, START, 3) is taken
    assert bytes(packet) == before
