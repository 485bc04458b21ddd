"""The layouts of a stream's packets: found again, bounded, and where they have what the relay reads."""

import pytest

from signaling.packet import Packet
from signaling.relay.rtp.layouts import MAX_LAYOUTS, Layouts
from signaling.relay.sdp.offer import AUDIO_LEVEL, TRANSPORT_CC
from tests.signaling.relay.browser import LEVEL, MID, TWCC, rtp


def packet(**values: bytes) -> Packet:
    """With the header extensions of these names."""
    ids = {"level": LEVEL, "number": TWCC, "mid": MID}
    return Packet(rtp(7, 1, payload_type=111, extensions={ids[name]: value for name, value in values.items()}))


@pytest.fixture
def layouts() -> Layouts:
    return Layouts({AUDIO_LEVEL: LEVEL, TRANSPORT_CC: TWCC})


def test_level_and_number_are_found_where_the_packet_has_them(layouts: Layouts) -> None:
    both = packet(level=b"\x05", number=b"ab")
    layouts.lay_out(both)
    assert both.data[layouts.level_at] == 5
    assert both.data[layouts.number_at : layouts.number_at + 2] == b"ab"
    layouts.lay_out(packet(mid=b"1"))
    assert (layouts.level_at, layouts.number_at) == (0, 0)
    # Of another size than the RFCs give them, they are something else.
    layouts.lay_out(packet(level=b"\x05\x05", number=b"a"))
    assert (layouts.level_at, layouts.number_at) == (0, 0)


def test_a_layout_is_walked_once(layouts: Layouts) -> None:
    first = layouts.lay_out(packet(level=b"\x05"))
    assert layouts.lay_out(packet(mid=b"1")) is layouts.layout is not first
    assert layouts.lay_out(packet(level=b"\x22")) is layouts.layout is first


def test_few_are_remembered(layouts: Layouts) -> None:
    first = layouts.lay_out(packet(mid=b"1"))
    for size in range(2, 2 + MAX_LAYOUTS):
        layouts.lay_out(packet(mid=b"1" * size))
    assert layouts.lay_out(packet(mid=b"1")) is not first


def test_a_header_longer_than_its_packet_changes_nothing(layouts: Layouts) -> None:
    before = layouts.lay_out(packet(level=b"\x05"))
    with pytest.raises(ValueError, match="longer than the packet"):
        layouts.lay_out(Packet(b"\x8f" + bytes(20)))
    assert layouts.layout is before
