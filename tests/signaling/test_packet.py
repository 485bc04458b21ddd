"""A packet's buffer stays where it is."""

import pytest

from signaling.packet import SIZE, Packet


def test_a_packet_holds_its_datagram() -> None:
    packet = Packet(b"datagram")
    assert bytes(packet) == b"datagram"
    assert len(packet) == 8
    other = packet.copy()
    other.data[0] = 0
    assert bytes(packet) == b"datagram"
    assert other.memory_address != packet.memory_address


def test_its_buffer_cannot_move() -> None:
    packet = Packet()
    with pytest.raises(BufferError):
        packet.data.append(1)
    assert len(packet.data) == SIZE
    packet.data[:4] = b"even"
    assert packet.pointer[0] == b"e"
