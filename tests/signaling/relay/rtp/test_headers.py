"""Both forms of header extensions are parsed and patched within bounds; the layouts of a stream are kept and found."""

import struct

import pytest
from aiortc import rtp as wire
from hypothesis import given
from hypothesis import strategies as st

from signaling.packet import Packet
from signaling.relay.rtp import headers
from signaling.relay.rtp.headers import AUDIO_LEVEL, MAX_LAYOUTS, TRANSPORT_CC, HeaderLayout, LayoutCache, payload_end
from tests.signaling.relay.browser import LEVEL, MID, TWCC, rtp

IDS = {1: 5, 3: 3, 4: 14}
FIXED = struct.pack("!BBHII", 0x90, 96, 1, 2, 3)


def one_byte(*elements: tuple[int, bytes], tail: bytes = b"payload") -> bytearray:
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in elements)
    return block(0xBEDE, body, tail)


def two_byte(*elements: tuple[int, bytes], tail: bytes = b"payload") -> bytearray:
    return block(0x1000, b"".join(bytes([number, len(value)]) + value for number, value in elements), tail)


def block(profile: int, body: bytes, tail: bytes = b"payload") -> bytearray:
    body += bytes(-len(body) % 4)
    return bytearray(FIXED + struct.pack("!HH", profile, len(body) // 4) + body + tail)


def read(packet: bytearray) -> list[tuple[int, bytes]]:
    """As aiortc reads it."""
    parsed = struct.unpack_from("!HH", packet, 12)
    return list(wire.unpack_header_extensions(parsed[0], bytes(packet[16 : 16 + 4 * parsed[1]])))


def map_extensions(packet: bytearray, ids: dict[int, int]) -> None:
    for start, end, content in HeaderLayout(packet, len(packet)).patches(ids):
        assert end - start == len(content)
        packet[start:end] = content


def find_extension(packet: bytearray, number: int) -> bytes | None:
    found = HeaderLayout(packet, len(packet)).find(number)
    return None if found is None else bytes(packet[found.start : found.end])


def test_ids_are_mapped_in_the_one_byte_form() -> None:
    packet = one_byte((1, b"ab"), (2, b"cde"), (3, b"f"), (4, b"g" * 16))
    map_extensions(packet, IDS)
    assert read(packet) == [(5, b"ab"), (3, b"f"), (14, b"g" * 16)]
    assert packet.endswith(b"payload")


def test_ids_are_mapped_in_the_two_byte_form() -> None:
    packet = two_byte((1, b"ab"), (2, b""), (9, b"cde"), (3, b""), (4, b"g" * 30))
    map_extensions(packet, IDS)
    assert read(packet) == [(5, b"ab"), (3, b""), (14, b"g" * 30)]


def test_what_cannot_be_read_becomes_padding() -> None:
    for packet in (
        block(0xBEDE, b"\x31\1\2\xf0\1\2\3\4"),
        block(0xBEDE, b"\x31\1\2\x4f\1\2\3\4"),
        block(0xBEDE, b"\x31\1\2\x02\1\2\3\4"),
    ):
        map_extensions(packet, IDS)
        assert read(packet) == [(3, b"\1\2")]
    for packet in (block(0x1000, b"\3\2\1\2\4\x30\1\2"), block(0x1000, b"\3\2\1\2\0\0\0\4")):
        map_extensions(packet, IDS)
        assert read(packet) == [(3, b"\1\2")]
    strange = block(0x1234, b"abcd")
    map_extensions(strange, IDS)
    assert strange == block(0x1234, bytes(4))


def test_an_extension_is_found_in_both_forms() -> None:
    for make in (one_byte, two_byte):
        packet = make((2, b"cde"), (4, b"mid"))
        assert find_extension(packet, 4) == b"mid"
        assert find_extension(packet, 3) is None
        assert find_extension(packet, 0) is None
    assert find_extension(bytearray(b"\x80" + FIXED[1:]), 4) is None
    assert find_extension(block(0x1234, b"\x40a"), 4) is None


def test_packets_of_one_layout_are_recognised_and_no_others() -> None:
    packet = one_byte((1, b"ab"), (3, b"f"))
    layout = HeaderLayout(packet, len(packet))
    assert layout.read_structure(one_byte((1, b"cd"), (3, b"g"), tail=b"other")) == layout.structure
    others = [
        one_byte((1, b"ab"), (4, b"f")),
        one_byte((1, b"a"), (3, b"fg")),
        one_byte((3, b"f"), (1, b"ab")),
        one_byte((1, b"ab"), (3, b"f"), (2, b"x")),
        two_byte((1, b"ab"), (3, b"")),
        block(0xBEDE, b"\x11ab\x30f\x20"),
        bytearray(b"\x80" + bytes(30)),
        bytearray(b"\x91" + packet[1:] + bytes(4)),
    ]
    assert [each for each in others if layout.read_structure(each) == layout.structure] == []


def test_where_the_payload_begins_and_ends() -> None:
    packet = one_byte((1, b"ab"))
    assert HeaderLayout(packet, len(packet)).start == 20
    for length in (19, 13, 11, 0):
        with pytest.raises(ValueError, match="longer than the packet"):
            HeaderLayout(packet, length)
    with_sources = bytearray(b"\x82" + FIXED[1:] + bytes(8) + b"x")
    assert HeaderLayout(with_sources, len(with_sources)).start == 20
    padded = bytearray(b"\xa0" + FIXED[1:] + b"abc\0\0\3")
    assert payload_end(padded, 12, len(padded)) == 15
    padded[-1] = 200
    assert payload_end(padded, 12, len(padded)) == 12


@given(st.binary(min_size=1, max_size=120), st.sampled_from([0xBEDE, 0x1000, 0x100F, 0]), st.integers(0, 15))
def test_no_header_leads_out_of_its_block(body: bytes, profile: int, sources: int) -> None:
    packet = block(profile, body)
    packet[0] |= sources
    before = bytes(packet)
    try:
        layout = HeaderLayout(packet, len(packet))
    except ValueError:
        return
    found = find_extension(packet, 4)
    assert found is None or found in before[: layout.start]
    map_extensions(packet, IDS)
    assert len(packet) == len(before)
    assert packet[layout.start :] == before[layout.start :]
    assert packet[: headers.FIXED] == before[: headers.FIXED]


def packet(**values: bytes) -> Packet:
    """With the header extensions of these names."""
    ids = {"level": LEVEL, "number": TWCC, "mid": MID}
    return Packet(rtp(7, 1, payload_type=111, extensions={ids[name]: value for name, value in values.items()}))


@pytest.fixture
def layouts() -> LayoutCache:
    return LayoutCache({AUDIO_LEVEL: LEVEL, TRANSPORT_CC: TWCC})


def test_level_and_number_are_found_where_the_packet_has_them(layouts: LayoutCache) -> None:
    both = packet(level=b"\x05", number=b"ab")
    layouts.find_layout(both)
    assert both.data[layouts.level_at] == 5
    assert both.data[layouts.twcc_at : layouts.twcc_at + 2] == b"ab"
    layouts.find_layout(packet(mid=b"1"))
    assert (layouts.level_at, layouts.twcc_at) == (0, 0)
    # Of another size than the RFCs give them, they are something else.
    layouts.find_layout(packet(level=b"\x05\x05", number=b"a"))
    assert (layouts.level_at, layouts.twcc_at) == (0, 0)


def test_a_layout_is_walked_once(layouts: LayoutCache) -> None:
    first = layouts.find_layout(packet(level=b"\x05"))
    assert layouts.find_layout(packet(mid=b"1")) is layouts.layout is not first
    assert layouts.find_layout(packet(level=b"\x22")) is layouts.layout is first


def test_few_are_remembered(layouts: LayoutCache) -> None:
    first = layouts.find_layout(packet(mid=b"1"))
    for size in range(2, 2 + MAX_LAYOUTS):
        layouts.find_layout(packet(mid=b"1" * size))
    assert layouts.find_layout(packet(mid=b"1")) is not first


def test_a_header_longer_than_its_packet_changes_nothing(layouts: LayoutCache) -> None:
    before = layouts.find_layout(packet(level=b"\x05"))
    with pytest.raises(ValueError, match="longer than the packet"):
        layouts.find_layout(Packet(b"\x8f" + bytes(20)))
    assert layouts.layout is before
