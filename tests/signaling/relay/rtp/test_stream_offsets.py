"""An outgoing stream stays continuous when its source changes."""

from signaling.relay.rtp.stream_offsets import StreamOffsets


def carry(offsets: StreamOffsets, source: int, number: int, stamp: int, now: float) -> tuple[int, int]:
    if offsets.source != source:
        offsets.rebase(source, number, stamp, now)
    number, stamp = (number + offsets.shift) & 0xFFFF, (stamp + offsets.timestamp_shift) & 0xFFFFFFFF
    offsets.advance(number, stamp, now)
    return number, stamp


def test_the_first_source_keeps_its_numbers() -> None:
    offsets = StreamOffsets(90000)
    assert carry(offsets, 1, 65535, 500, 1.0) == (65535, 500)
    assert carry(offsets, 1, 0, 600, 1.1) == (0, 600)


def test_the_next_source_continues_where_the_last_ended() -> None:
    offsets = StreamOffsets(90000)
    carry(offsets, 1, 65534, 4_294_967_000, 1.0)
    carry(offsets, 1, 65535, 4_294_967_000, 1.0)
    assert carry(offsets, 2, 300, 7, 3.0) == (0, (4_294_967_000 + 180_000) & 0xFFFFFFFF)
    assert carry(offsets, 2, 301, 97, 3.001) == (1, (4_294_967_000 + 180_090) & 0xFFFFFFFF)


def test_a_late_packet_changes_nothing() -> None:
    offsets = StreamOffsets(48000)
    carry(offsets, 1, 10, 1000, 1.0)
    carry(offsets, 1, 8, 800, 1.0)
    assert carry(offsets, 2, 50, 0, 1.0) == (11, 1001)
