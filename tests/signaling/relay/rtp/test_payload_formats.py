"""Retransmissions and redundant audio are wrapped and unwrapped; wrong lengths are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.packet import Packet
from signaling.relay.rtp.payload_formats import original_number, shift_original, unwrap_red, unwrap_rtx, wrap_rtx
from tests.signaling.relay.browser import rtp

START = 12


def repeating(payload: bytes, *, padded: bool = False) -> Packet:
    packet = Packet(rtp(9, 40, payload_type=97, marker=True, payload=payload))
    packet.data[0] |= 0x20 if padded else 0
    return packet


def test_what_was_wrapped_is_unwrapped() -> None:
    said = rtp(7, 901, payload_type=96, payload=b"content")
    packet = Packet(said)
    wrap_rtx(packet, START)
    assert bytes(packet) == said[:START] + b"\x03\x85content"
    assert original_number(packet, START) == 901
    assert unwrap_rtx(packet, START, 96, 7) == said


def test_the_original_has_its_own_number_type_and_ssrc() -> None:
    assert unwrap_rtx(repeating(b"\x03\x85content"), START, 96, 7) == rtp(
        7, 901, payload_type=96, marker=True, payload=b"content"
    )


def test_the_repeated_number_is_shifted_around_its_end() -> None:
    packet = repeating(b"\xff\xffcontent")
    assert shift_original(packet, START, 3)
    assert bytes(packet)[START:] == b"\0\2content"


@pytest.mark.parametrize(
    ("payload", "padded", "taken"), [(b"", False, True), (b"\0\0\0\4", True, True), (b"\7", False, False)]
)
def test_without_an_original_nothing_is_shifted(payload: bytes, padded: bool, taken: bool) -> None:
    packet = repeating(payload, padded=padded)
    before = bytes(packet)
    assert original_number(packet, START) is None
    assert shift_original(packet, START, 3) is taken
    assert bytes(packet) == before


def wrapped(payload: bytes) -> Packet:
    return Packet(bytes(START) + payload)


@given(st.lists(st.binary(max_size=60), max_size=3), st.binary(max_size=60))
def test_the_newest_block_remains(older: list[bytes], newest: bytes) -> None:
    structure = b"".join(b"\xef" + (len(block) & 0x3FF).to_bytes(3, "big") for block in older)
    packet = wrapped(structure + b"\x6f" + b"".join(older) + newest)
    assert unwrap_red(packet, START)
    assert bytes(packet) == bytes(START) + newest


@pytest.mark.parametrize(
    "payload", [b"", b"\xef", b"\xef\0\0", b"\xef\0\0\1", b"\xef\0\0\2\x6fa", b"\xef\0\3\xff\x6f" * 9]
)
def test_what_does_not_fit_is_refused(payload: bytes) -> None:
    packet = wrapped(payload)
    assert not unwrap_red(packet, START)
    assert bytes(packet) == bytes(START) + payload
