"""Redundant audio is unwrapped to its newest block, and a lie about lengths is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.packet import Packet
from signaling.relay.rtp.red import unwrap

START = 12


def wrapped(payload: bytes) -> Packet:
    return Packet(bytes(START) + payload)


@given(st.lists(st.binary(max_size=60), max_size=3), st.binary(max_size=60))
def test_the_newest_block_remains(older: list[bytes], newest: bytes) -> None:
    heads = b"".join(b"\xef" + (len(block) & 0x3FF).to_bytes(3, "big") for block in older)
    packet = wrapped(heads + b"\x6f" + b"".join(older) + newest)
    assert unwrap(packet, START)
    assert bytes(packet) == bytes(START) + newest


@pytest.mark.parametrize(
    "payload", [b"", b"\xef", b"\xef\0\0", b"\xef\0\0\1", b"\xef\0\0\2\x6fa", b"\xef\0\3\xff\x6f" * 9]
)
def test_what_does_not_fit_is_refused(payload: bytes) -> None:
    packet = wrapped(payload)
    assert not unwrap(packet, START)
    assert bytes(packet) == bytes(START) + payload
